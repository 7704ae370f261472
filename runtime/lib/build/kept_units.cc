// Which compiler it is, and what its units came to.
#include "dfe/build/kept_units.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "dfe/base/in_parallel.h"
#include "dfe/dispatch/spawn.h"
#include "dfe/dispatch/unit_cache.h"
#include "dfe/format/envelope.h"

namespace dfe {
namespace {

namespace fs = std::filesystem;

// The files that decide what a compiler makes, by their places below sysroot.
std::vector<std::string> DecidingFiles(const std::string& sysroot) {
  std::vector<std::string> names = {"bin/rustc"};
  std::error_code error;
  for (const char* folder : {"lib", "lib64"}) {
    for (const fs::directory_entry& entry :
         fs::directory_iterator(fs::path(sysroot) / folder, error)) {
      const std::string name = entry.path().filename().string();
      if (absl::StartsWith(name, "librustc_driver") ||
          absl::StartsWith(name, "libLLVM")) {
        names.push_back(absl::StrCat(folder, "/", name));
      }
    }
  }
  const std::string targets = "lib/rustlib";
  for (const fs::directory_entry& target :
       fs::directory_iterator(fs::path(sysroot) / targets, error)) {
    const std::string libraries =
        absl::StrCat(targets, "/", target.path().filename().string(), "/lib");
    for (const fs::directory_entry& entry :
         fs::directory_iterator(fs::path(sysroot) / libraries, error)) {
      const std::string extension = entry.path().extension().string();
      if (extension == ".rlib" || extension == ".rmeta" || extension == ".so") {
        names.push_back(
            absl::StrCat(libraries, "/", entry.path().filename().string()));
      }
    }
  }
  std::sort(names.begin(), names.end());  // a folder has no order of its own
  return names;
}

// The names and contents of those files, or an error.
absl::StatusOr<std::string> ReadContent(const std::vector<std::string>& paths) {
  std::vector<std::string> hashes(paths.size());
  // The two largest are of one size.
  InParallel(paths.size(), 2, [&](size_t i) {
    hashes[i] = HashNameOfFile(paths[i]).value_or("");
  });
  std::string content;
  for (size_t i = 0; i < paths.size(); ++i) {
    if (hashes[i].empty()) {
      return absl::UnavailableError(
          absl::StrCat("units: ", paths[i], ": cannot be read"));
    }
    // Wherever it lies: the same compiler is the same on another machine.
    absl::StrAppend(&content, fs::path(paths[i]).filename().string(), " ",
                    hashes[i], "\n");
  }
  return content;
}

}  // namespace

CompilerContent::CompilerContent(const RustToolchain& toolchain,
                                 store::Store& store)
    : store_(store), toolchain_(toolchain.identity) {
  // What is called: a proxy, the compiler, or somebody's script.
  const std::string program = dispatch::FindProgram(toolchain.rustc);
  if (toolchain.sysroot.empty() || program.empty()) {
    found_ = absl::UnavailableError(
        "units: compiler: expected a sysroot and a program");
    return;
  }
  std::vector<std::string> paths = {program};
  for (const std::string& name : DecidingFiles(toolchain.sysroot)) {
    paths.push_back(absl::StrCat(toolchain.sysroot, "/", name));
  }
  key_ = absl::StrCat("unit-compiler ", store::HashedName(FileStates(paths)));
  absl::StatusOr<std::optional<store::ProbeResult>> known =
      store.GetProbe(toolchain_, key_);
  if (known.ok() && known->has_value()) {
    found_ = (*known)->detail;
    return;
  }
  // `rustc -vV` names the release for people who look at the file.
  content_ = std::async(
      std::launch::async,
      [paths = std::move(paths),
       name = absl::StrCat(toolchain_.substr(0, toolchain_.find('\n')), " ",
                           toolchain.host)]() -> absl::StatusOr<std::string> {
        const absl::StatusOr<std::string> content = ReadContent(paths);
        if (!content.ok()) return content.status();
        return absl::StrCat(name, " ", HashName(*content));
      });
}

absl::StatusOr<std::string> CompilerContent::Get() {
  if (!found_) {
    found_ = content_.get();
    // Not kept means read again next time: no fault worth a word.
    if (found_->ok()) (void)store_.PutProbe(toolchain_, key_, {true, **found_});
  }
  return *found_;
}

absl::Status KeepUnits(CompilerContent& compiler, const std::string& root,
                       dispatch::Plan* plan) {
  absl::StatusOr<std::string> identity = compiler.Get();
  if (!identity.ok()) return identity.status();
  const std::string folder = root + "/objects/units";
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) {
    return absl::UnavailableError(
        absl::StrCat("units: ", folder, ": ", error.message()));
  }
  plan->unit_cache = folder;
  plan->unit_compiler = *std::move(identity);
  return absl::OkStatus();
}

std::string ExplainKeptUnits(const std::vector<dispatch::UnitEvent>& events) {
  int taken = 0;
  std::map<std::string, int> compiled;
  for (const dispatch::UnitEvent& event : events) {
    if (event.kept == dispatch::kTaken) {
      ++taken;
    } else if (!event.kept.empty()) {
      ++compiled[event.kept];
    }
  }
  if (taken == 0 && compiled.empty()) return "";
  std::string text =
      absl::StrCat("libraries: ", taken, " taken from those that are kept");
  for (const auto& [reason, count] : compiled) {
    absl::StrAppend(&text, ", ", count, " compiled (", reason, ")");
  }
  return text;
}

}  // namespace dfe
