// The compiles of one cargo command, in an order of ours.
//
// cargo runs as many jobs as there are cores, and takes those first that most
// packages depend on; there is no way to tell it of others. So cargo is given a
// jobserver with more tokens than that, starts nearly all that is ready, and
// each compile waits for its turn (dfe/dispatch/compile_turn.h): as many run as
// there are cores, threads of rustc included, and those with the longest way to
// the end come first (dfe/build/package_order.h). C and C++ of build scripts
// wait for turns, too; a build script itself does not, as it is mostly idle.
//
// Nothing but order and time depends on it. NUM_JOBS, which build scripts read,
// stays the number of cores.
#ifndef DFE_BUILD_COMPILE_QUEUE_H_
#define DFE_BUILD_COMPILE_QUEUE_H_

#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "dfe/build/build_command.h"
#include "dfe/build/cargo_command.h"
#include "dfe/build/cargo_config.h"
#include "dfe/dispatch/compile_turn.h"
#include "dfe/dispatch/descriptor.h"

namespace dfe {

// Jobs that cargo may have besides those that run. With 14 more on two cores
// all that is ready is started nearly always, and a compiler of C that is
// called by a path, and so not seen, is one of 16 at most.
inline constexpr int kWaitingJobs = 14;

// Why the order is to be left to cargo, or "": the user says how many jobs
// there are, somebody else's jobserver says it, or compilers are called past
// us.
std::string CompileQueueRefusal(const CargoCommand& command,
                                const std::vector<toml::table>& configs,
                                const std::vector<std::string>& environment,
                                int cores);

// Listens in the session from Start to its end, in a thread of its own.
class CompileQueue {
 public:
  // The higher, the sooner. Called by the thread.
  using Order = std::function<int64_t(const dispatch::TurnRequest&)>;

  // `cores` compiles at a time.
  CompileQueue(std::string session, int cores, Order order);
  CompileQueue(const CompileQueue&) = delete;
  CompileQueue& operator=(const CompileQueue&) = delete;
  ~CompileQueue();

  // What cargo is to be run with, besides the descriptors that it inherits.
  // Errors: Unavailable; then nobody listens, and cargo's own order stays.
  absl::StatusOr<Environment> Start();

 private:
  struct Caller {
    dispatch::Descriptor connection;
    std::string said;
    bool waits = false;  // has said who it is, and has no turn
    bool runs = false;
    int64_t order = 0;
  };

  void Serve(int until);
  void Accept();
  // False if it is gone, or says what nobody says.
  bool Listen(Caller* caller);
  void GiveTurns();
  // Tokens of compilers that were killed are lost. While nothing runs all are
  // to be there.
  void ReplaceLostTokens();
  bool TakeToken();
  void ReturnToken();

  const std::string session_;
  const int cores_;
  const Order order_;
  dispatch::Descriptor listening_{-1};
  dispatch::Descriptor tokens_{-1};
  dispatch::Descriptor cargo_reads_{-1};  // cargo's own jobserver
  dispatch::Descriptor cargo_writes_{-1};
  dispatch::Descriptor stop_{-1};  // closed: the thread ends
  std::list<Caller> callers_;      // in the order in which they came
  int running_ = 0;
  std::thread thread_;
};

struct CompileQueueInput {
  bool wanted = true;
  bool is_cargo = true;  // `command` is what the user runs
  bool sees_c = true;    // dfe-cc is in the place of compilers of C
  const CargoCommand& command;
  const std::string& directory;                 // where it is run
  const std::vector<std::string>& environment;  // with which
  const std::string& workspace;                 // the folder of Cargo.lock
  const std::string& session;
  int cores = 1;
};

// A queue that goes by Cargo.lock and the sources that cargo has; none where
// the order is left to cargo. Adds to what cargo is to be run with; `said` is
// what
// --explain says of it.
std::unique_ptr<CompileQueue> StartCompileQueue(const CompileQueueInput& input,
                                                Environment* changes,
                                                std::string* said);

}  // namespace dfe

#endif  // DFE_BUILD_COMPILE_QUEUE_H_
