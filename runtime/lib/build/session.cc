// Session folders; see the header.
#include "dfe/build/session.h"

#include <signal.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace dfe {
namespace {

namespace fs = std::filesystem;

void RemoveAbandoned(const fs::path& sessions) {
  std::error_code error;
  for (const fs::directory_entry& entry :
       fs::directory_iterator(sessions, error)) {
    const std::string name = entry.path().filename().string();
    int pid = 0;
    if (!absl::SimpleAtoi(name.substr(0, name.find('-')), &pid)) continue;
    if (kill(pid, 0) != 0 && errno == ESRCH) {
      std::error_code ignored;
      fs::remove_all(entry.path(), ignored);
    }
  }
}

}  // namespace

absl::StatusOr<Session> Session::Create(const std::string& root) {
  const fs::path sessions = fs::path(root) / "sessions";
  std::error_code error;
  fs::create_directories(sessions, error);
  RemoveAbandoned(sessions);
  std::string folder = (sessions / absl::StrCat(getpid(), "-XXXXXX")).string();
  if (mkdtemp(folder.data()) == nullptr) {
    return absl::ErrnoToStatus(errno,
                               absl::StrCat("session: ", sessions.string(),
                                            ": cannot make a folder in it"));
  }
  return Session(std::move(folder));
}

Session::Session(Session&& other) noexcept : folder_(std::move(other.folder_)) {
  other.folder_.clear();
}

Session::~Session() {
  if (folder_.empty()) return;
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

absl::Status Session::WritePlan(const dispatch::Plan& plan) {
  const std::string path = folder_ + "/plan";
  std::ofstream out(path + ".new", std::ios::binary);
  out << plan.Render();
  out.close();
  if (!out || rename((path + ".new").c_str(), path.c_str()) != 0) {
    return absl::ErrnoToStatus(errno, absl::StrCat(path, ": cannot write"));
  }
  return absl::OkStatus();
}

absl::Status Session::SaveTo(const std::string& destination) const {
  std::error_code error;
  fs::create_directories(destination, error);
  for (fs::recursive_directory_iterator at(folder_, error), end;
       !error && at != end; at.increment(error)) {
    const fs::path to =
        fs::path(destination) / at->path().lexically_relative(folder_);
    // Sockets are there as well, which mean nothing elsewhere.
    std::error_code ignored;
    if (at->is_directory(ignored)) {
      fs::create_directories(to, error);
    } else if (at->is_regular_file(ignored)) {
      fs::copy_file(at->path(), to, fs::copy_options::overwrite_existing,
                    error);
    }
    if (error) break;
  }
  if (error) {
    return absl::UnavailableError(absl::StrCat(
        destination, ": cannot save the session: ", error.message()));
  }
  return absl::OkStatus();
}

}  // namespace dfe
