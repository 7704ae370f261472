// Calls that no plan knows: those of a makefile's first build, and others that
// a later one makes with other words.
//
// Nobody can tell how many will come, so nothing is done for the first ones but
// to remember them. Once there are many alike, some of them are scanned, and
// nodes are made for what these have in common: at most a twentieth of what was
// spent on the ones before, should none come any more. Each one that comes
// after is scanned, by a process that knows most of its text (scan_servers.h),
// and gets a node if it can have one; once enough cannot, all that were scanned
// are planned for again. Where headers cost too little for that, nothing is
// done.
#ifndef DFE_HEADERS_NEW_CALLS_H_
#define DFE_HEADERS_NEW_CALLS_H_

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "dfe/headers/project.h"
#include "dfe/headers/project_calls.h"
#include "dfe/headers/scan_servers.h"
#include "dfe/headers/session_plans.h"

namespace dfe::headers {

// For any number of threads.
class NewCalls {
 public:
  // What came of it.
  struct Summary {
    int plans = 0;
    int files = 0;  // with a node
    int scanned = 0;
  };

  // `project` tells folder and cache. Both must outlive this.
  NewCalls(const Project& project, SessionPlans* plans, int jobs);

  // Does what is to be done for the call of that name, which dfe-cc has
  // recorded. True if it has an order now.
  bool Plan(const std::string& key);

  Summary summary() const;

 private:
  // Calls with the same words.
  struct Group {
    std::vector<ProjectUnit> waiting;  // that came before there was a plan
    size_t enough = 48;                // of these, for a plan
    std::vector<ProjectUnit> scanned;  // what plans are made from
    size_t planned = 0;                // of these, when the last plan was made
    size_t since = 0;                  // came after it
    size_t strangers = 0;              // of these, that it does not suit
    bool busy = false;                 // is being planned for
    bool hopeless = false;
  };

  bool FirstPlan(std::unique_lock<std::mutex>& lock, Group* group,
                 ProjectUnit unit);
  bool PlanFor(std::unique_lock<std::mutex>& lock, Group* group,
               const std::string& asked);
  bool Scan(ProjectUnit* unit);

  const Project& project_;
  SessionPlans* plans_;
  const int jobs_;
  ScanServers servers_;
  mutable std::mutex mutex_;
  CallLoader loader_;
  std::map<std::string, Group> groups_;
  Summary summary_;
};

}  // namespace dfe::headers

#endif  // DFE_HEADERS_NEW_CALLS_H_
