// A line in a file, and a lock for as long as it is not there.
#include "dfe/dispatch/linker_answer.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>

#include "dfe/dispatch/spawn.h"

namespace dfe::dispatch {
namespace {

constexpr char kFile[] = "/linker";
constexpr std::string_view kWorks = "works\n";
constexpr std::string_view kFails = "fails\n";

bool Lock(int file, int how) {
  int failed = 0;
  do {
    failed = flock(file, how);
  } while (failed != 0 && errno == EINTR);
  return failed == 0;
}

}  // namespace

LinkerAnswer::LinkerAnswer(const std::string& session)
    : file_(open((session + kFile).c_str(),
                 O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644)) {
  if (file_.ok() && !Lock(file_.get(), LOCK_EX)) file_ = Descriptor(-1);
}

void LinkerAnswer::Say(bool works) {
  const std::string_view line = works ? kWorks : kFails;
  // Half a line is no answer.
  if (file_.ok()) (void)!write(file_.get(), line.data(), line.size());
  file_ = Descriptor(-1);
}

std::optional<bool> AwaitLinkerAnswer(const std::string& session) {
  const Descriptor file(open((session + kFile).c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.ok() || !Lock(file.get(), LOCK_SH)) return std::nullopt;
  const std::optional<std::string> line = ReadAll(file.get());
  if (line == kWorks) return true;
  if (line == kFails) return false;
  return std::nullopt;
}

}  // namespace dfe::dispatch
