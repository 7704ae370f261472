// Names, PATH, and the record of one call.
#include "dfe/dispatch/cc_shim.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "dfe/format/envelope.h"

namespace dfe::dispatch {
namespace {

constexpr std::string_view kSignature = "dfe-call 1\n";

std::string_view Base(std::string_view path) {
  return path.substr(path.rfind('/') + 1);
}

// The name of a compiler without its version: "-12.2".
std::string_view WithoutVersion(std::string_view name) {
  const size_t dash = name.rfind('-');
  if (dash == std::string_view::npos || dash + 1 == name.size() ||
      name.find_first_not_of("0123456789.", dash + 1) !=
          std::string_view::npos) {
    return name;
  }
  return name.substr(0, dash);
}

// Calls `visit` with each folder of a PATH.
template <typename Visit>
void EachFolder(std::string_view path, Visit visit) {
  while (true) {
    const size_t end = path.find(':');
    visit(path.substr(0, end));
    if (end == std::string_view::npos) return;
    path.remove_prefix(end + 1);
  }
}

}  // namespace

bool IsShimName(std::string_view name) {
  if (IsLauncherName(name)) return true;
  name = WithoutVersion(name);
  for (std::string_view compiler :
       {"clang++", "clang", "g++", "gcc", "c++", "cc"}) {
    if (name == compiler) return true;
    if (name.size() <= compiler.size() + 1 ||
        name.substr(name.size() - compiler.size()) != compiler) {
      continue;
    }
    // Behind a target (x86_64-linux-gnu-gcc), not behind any word: those are
    // wrappers (afl-clang, musl-gcc), which call a compiler themselves.
    const std::string_view target =
        name.substr(0, name.size() - compiler.size());
    if (target.back() == '-' &&
        std::count(target.begin(), target.end(), '-') >= 3) {
      return true;
    }
  }
  return false;
}

std::string ShimmedName(std::string_view called_as) {
  const std::string_view name = Base(called_as);
  return IsShimName(name) ? std::string(name) : "";
}

std::string PathWithoutShims(std::string_view path, const std::string& name,
                             std::string_view folder) {
  struct stat self = {};
  const bool known = stat("/proc/self/exe", &self) == 0;
  std::string left;
  bool first = true;
  EachFolder(path, [&](std::string_view entry) {
    if (!folder.empty() && entry == folder) return;
    if (!name.empty() && known) {
      struct stat other = {};
      const std::string program = std::string(entry) + "/" + name;
      if (stat(program.c_str(), &other) == 0 && other.st_dev == self.st_dev &&
          other.st_ino == self.st_ino) {
        return;
      }
    }
    if (!first) left += ':';
    first = false;
    left += entry;
  });
  return left;
}

void RecordCall(const std::string& session, const std::string& directory,
                const CcInvocation& call) {
  const std::string folder = session + "/cc/commands";
  const bool compiles =
      std::find(call.words.begin(), call.words.end(), "-c") != call.words.end();
  if (!compiles || call.source.empty() || directory.empty() ||
      access(folder.c_str(), W_OK) != 0) {
    return;
  }
  std::string text(kSignature);
  text.append(directory) += '\0';
  for (const std::string& word : call.words) text.append(word) += '\0';
  (void)WriteFileAtomically(folder + "/" + call.Key(directory), text);
}

std::optional<RecordedCall> ParseRecordedCall(std::string_view bytes) {
  if (bytes.substr(0, kSignature.size()) != kSignature ||
      bytes.back() != (bytes.size() > kSignature.size() ? '\0' : '\n')) {
    return std::nullopt;
  }
  bytes.remove_prefix(kSignature.size());
  std::vector<std::string> texts;
  while (!bytes.empty()) {
    const size_t end = bytes.find('\0');
    texts.emplace_back(bytes.substr(0, end));
    bytes.remove_prefix(end + 1);
  }
  if (texts.size() < 2 || texts[0].empty()) return std::nullopt;
  RecordedCall call;
  call.directory = std::move(texts[0]);
  call.words.assign(std::make_move_iterator(texts.begin() + 1),
                    std::make_move_iterator(texts.end()));
  return call;
}

}  // namespace dfe::dispatch
