// Plans that are made while the build runs.
//
// A plan is made of what is on disk before the command starts. Much of it may
// not be there: headers that the build makes (tables of a generator, what a
// configure step of make leaves for later), and all that a clean build made
// anew. A file that includes such has no record, or one that does not hold any
// more. When dfe-cc gets it (dfe/dispatch/cc_late.h), the build system takes
// what it needs for made, so it is planned for then, together with all other
// files that waited for the same, or of which something is another now; their
// dfe-cc wait for that plan, too. Files of which nothing is known are for
// dfe/headers/new_calls.h.
#ifndef DFE_HEADERS_LATE_PLANS_H_
#define DFE_HEADERS_LATE_PLANS_H_

#include <filesystem>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "dfe/dispatch/descriptor.h"
#include "dfe/headers/new_calls.h"
#include "dfe/headers/project.h"
#include "dfe/headers/session_plans.h"

namespace dfe::headers {

struct LatePlansOptions {
  std::string session;  // its folder; the plan of `project` is there
  int jobs = 1;         // scans, and questions, at a time
  bool keep_objects = true;
};

// Listens in the session from Start to Stop, in threads of its own.
class LatePlans {
 public:
  // What came of it.
  struct Summary {
    int plans = 0;
    int files = 0;    // with an order of these plans
    int scanned = 0;  // of which no record held
  };

  // `project` is what the session was written from, and must outlive this.
  LatePlans(Project* project, LatePlansOptions options);
  LatePlans(const LatePlans&) = delete;
  LatePlans& operator=(const LatePlans&) = delete;
  ~LatePlans();

  // Without a socket nothing is planned late.
  void Start();
  Summary Stop();

  // True if the unit's order was written late, now or before. `key` is
  // CcInvocation::Key. For the threads, and for tests.
  bool Plan(const std::string& key);

 private:
  void Listen(int until);
  std::vector<size_t> Batch(size_t asked);
  bool IsMade(const ProjectUnit& unit) const;
  bool PlanBatch(const std::vector<size_t>& batch);
  void JoinOthers(const Project& planned);

  Project* project_;
  const LatePlansOptions options_;
  // Objects that are not older were made by this build.
  const std::filesystem::file_time_type started_;
  SessionPlans plans_;
  NewCalls new_calls_;
  std::unordered_map<std::string, size_t> numbers_;  // of units, by key

  std::mutex mutex_;           // of all that follows, and of the units
  std::vector<char> written_;  // by unit
  std::vector<char> asked_;
  Summary summary_;

  dispatch::Descriptor listening_{-1};
  dispatch::Descriptor until_{-1};
  dispatch::Descriptor stop_{-1};  // closed: the threads end
  std::vector<std::thread> threads_;
};

}  // namespace dfe::headers

#endif  // DFE_HEADERS_LATE_PLANS_H_
