// The folder through which one `dfe build` and its dispatches talk.
#ifndef DFE_BUILD_SESSION_H_
#define DFE_BUILD_SESSION_H_

#include <string>

#include "absl/status/statusor.h"
#include "dfe/dispatch/plan.h"

namespace dfe {

// Owns `<root>/sessions/<pid>-<random>` and removes it when it goes, unless
// Keep() moved it. Folders of builds that were killed are removed by the next
// one (their process is gone).
class Session {
 public:
  static absl::StatusOr<Session> Create(const std::string& root);
  Session(Session&& other) noexcept;
  Session& operator=(Session&&) = delete;
  ~Session();

  const std::string& folder() const { return folder_; }
  absl::Status WritePlan(const dispatch::Plan& plan);
  // Copies the session to `destination`, for bug reports.
  absl::Status SaveTo(const std::string& destination) const;

 private:
  explicit Session(std::string folder) : folder_(std::move(folder)) {}
  std::string folder_;
};

}  // namespace dfe

#endif  // DFE_BUILD_SESSION_H_
