// Processes that scan files as they come, and read no text twice.
//
// A file that comes alone would be scanned by a process of its own, which reads
// all its headers: a third of what they cost the compiler in C. The process of
// many files (HeaderRecorder/Scan.h) goes past text that it knows, so one is
// kept for files with the same words, and given them one by one. It takes the
// disk for what it saw first: a record that is no longer true when it is made
// ends its process, and the file is scanned by itself.
#ifndef DFE_HEADERS_SCAN_SERVERS_H_
#define DFE_HEADERS_SCAN_SERVERS_H_

#include <list>
#include <mutex>
#include <string>

#include "absl/time/time.h"
#include "dfe/dispatch/descriptor.h"
#include "dfe/headers/scan.h"

namespace dfe::headers {

// For any number of threads. The processes end with this, or with the process
// that has it.
class ScanServers {
 public:
  // At most `most` of them.
  explicit ScanServers(int most) : most_(most) {}
  ScanServers(const ScanServers&) = delete;
  ScanServers& operator=(const ScanServers&) = delete;
  ~ScanServers();

  // As ScanAll does it for one job.
  Scanned Scan(const ScanJob& job);

 private:
  struct Server {
    std::string key;  // ScanKey of its files
    int pid = 0;
    dispatch::Descriptor socket{-1};
    absl::Time started;
    bool busy = false;
  };

  std::list<Server>::iterator Take(const ScanJob& job);
  void End(std::list<Server>::iterator server);

  const int most_;
  std::mutex mutex_;
  std::list<Server> servers_;  // what was used last is at the end
};

}  // namespace dfe::headers

#endif  // DFE_HEADERS_SCAN_SERVERS_H_
