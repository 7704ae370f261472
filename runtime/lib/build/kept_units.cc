// Which compiler it is, and what its units came to.
#include "dfe/build/kept_units.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
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

absl::StatusOr<std::string> CompilerContent(const RustToolchain& toolchain,
                                            store::Store& store) {
  // What is called: a proxy, the compiler, or somebody's script.
  const std::string program = dispatch::FindProgram(toolchain.rustc);
  if (toolchain.sysroot.empty() || program.empty()) {
    return absl::UnavailableError(
        "units: compiler: expected a sysroot and a program");
  }
  std::vector<std::string> paths = {program};
  for (const std::string& name : DecidingFiles(toolchain.sysroot)) {
    paths.push_back(absl::StrCat(toolchain.sysroot, "/", name));
  }
  const std::string key =
      absl::StrCat("unit-compiler ", store::HashedName(FileStates(paths)));
  absl::StatusOr<std::optional<store::ProbeResult>> known =
      store.GetProbe(toolchain.identity, key);
  if (known.ok() && known->has_value()) return (*known)->detail;
  std::string content;
  for (const std::string& path : paths) {
    auto bytes = ReadFile(path);
    const auto* text = std::get_if<std::string>(&bytes);
    if (text == nullptr) {
      return absl::UnavailableError(
          absl::StrCat("units: ", path, ": cannot be read"));
    }
    // Wherever it lies: the same compiler is the same on another machine.
    absl::StrAppend(&content, fs::path(path).filename().string(), " ",
                    HashName(*text), "\n");
  }
  // `rustc -vV` names the release for people who look at the file.
  std::string identity =
      absl::StrCat(toolchain.identity.substr(0, toolchain.identity.find('\n')),
                   " ", toolchain.host, " ", HashName(content));
  // Not kept means read again next time: no fault worth a word.
  (void)store.PutProbe(toolchain.identity, key, {true, identity});
  return identity;
}

}  // namespace

absl::Status KeepUnits(const RustToolchain& toolchain, store::Store& store,
                       const std::string& root, dispatch::Plan* plan) {
  absl::StatusOr<std::string> compiler = CompilerContent(toolchain, store);
  if (!compiler.ok()) return compiler.status();
  const std::string folder = root + "/objects/units";
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) {
    return absl::UnavailableError(
        absl::StrCat("units: ", folder, ": ", error.message()));
  }
  plan->unit_cache = folder;
  plan->unit_compiler = *std::move(compiler);
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
