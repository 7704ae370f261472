// The plans of one build: the one that was made before it, and those that are
// made while it runs. Their nodes have numbers of one kind in the session.
#ifndef DFE_HEADERS_SESSION_PLANS_H_
#define DFE_HEADERS_SESSION_PLANS_H_

#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "dfe/headers/project.h"

namespace dfe::headers {

// For any number of threads.
class SessionPlans {
 public:
  // `first` has the session's plan, and must outlive this.
  SessionPlans(const Project& first, std::string session, int jobs);

  // Plans for units that have their records, and gives them their orders. Null
  // if that cannot be written. Nodes are tried before anybody reads of them, as
  // before a build, or else built when they are needed: of files that were
  // compiled already, and are planned for in place of others.
  enum class Nodes { kTried, kWhenNeeded };
  const Project* Add(Project late, Nodes nodes);

  // A node that a unit can have although no plan was made for it; nothing if
  // there is none.
  struct Joined {
    int node = 0;      // its number in the session
    double share = 0;  // of the tokens of the unit's headers
  };
  std::optional<Joined> Join(const ProjectUnit& unit) const;

  // What a node saves at most in one more file of that group, in microseconds
  // of CPU time, and the tokens of headers in the file that it was made with:
  // 0 if the group has no nodes.
  struct Promise {
    double saved_us = 0;
    uint64_t tokens = 0;
  };
  Promise Best(const std::string& group) const;

  std::vector<std::string> banned() const;
  const std::string& session() const { return session_; }

 private:
  std::vector<const Project*> All() const;
  void LearnFailuresOfAll(Project* late);
  bool IsUsable(const Project& project, int node) const;

  const std::string session_;
  const int jobs_;
  const Project& first_;
  std::mutex add_mutex_;  // one plan is added at a time
  int tried_ = 0;
  int next_node_ = 0;
  mutable std::mutex mutex_;
  std::deque<Project> late_;
  std::vector<std::string> banned_;
};

// Tokens of all headers of a record.
uint64_t HeaderTokens(const HeaderRecord& record);

}  // namespace dfe::headers

#endif  // DFE_HEADERS_SESSION_PLANS_H_
