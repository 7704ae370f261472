// Plans that are made while the build runs.
//
// A plan is made of what is on disk before the command starts. Much of it may
// not be there: headers that the build makes (tables of a generator, what a
// configure step of make leaves for later), and all that a clean build made
// anew. A file that includes such has no record, or one that does not hold any
// more. When dfe-cc gets it (dfe/dispatch/cc_late.h), the build system takes
// what it needs for made, so it is planned for then, together with all other
// files that waited for the same, or of which something is another now; their
// dfe-cc wait for that plan, too.
#ifndef DFE_HEADERS_LATE_PLANS_H_
#define DFE_HEADERS_LATE_PLANS_H_

#include <filesystem>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "dfe/dispatch/descriptor.h"
#include "dfe/headers/disk_state.h"
#include "dfe/headers/project.h"

namespace dfe::headers {

struct LatePlansOptions {
  std::string session;  // its folder; the plan of `project` is there
  int jobs = 1;         // scans at a time
  bool keep_objects = true;
};

// Listens in the session from Start to Stop, in a thread of its own.
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

  // True if the unit's order was written by a late plan, now or before. `key`
  // is CcInvocation::Key. For the thread, and for tests.
  bool Plan(const std::string& key);

 private:
  std::vector<size_t> Batch(size_t asked);
  bool IsMade(const ProjectUnit& unit) const;
  bool PlanBatch(const std::vector<size_t>& batch);

  Project* project_;
  const LatePlansOptions options_;
  // Objects that are not older were made by this build.
  const std::filesystem::file_time_type started_;
  std::unordered_map<std::string, size_t> numbers_;  // of units, by key
  std::vector<char> written_;                        // by unit
  std::vector<char> asked_;
  int next_node_ = 0;
  Summary summary_;
  dispatch::Descriptor listening_{-1};
  dispatch::Descriptor stop_{-1};  // closed: the thread ends
  std::thread thread_;
};

}  // namespace dfe::headers

#endif  // DFE_HEADERS_LATE_PLANS_H_
