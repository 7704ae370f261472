// Which libraries, the archive of their bitcode, and the link that tries it.
#include "dfe/build/std_bitcode.h"

#include <algorithm>
#include <filesystem>
#include <optional>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "dfe/base/subprocess.h"
#include "dfe/dispatch/rustc_invocation.h"
#include "dfe/format/envelope.h"

namespace dfe {
namespace {

namespace fs = std::filesystem;

// Of each of the two libraries, the one file that is it, sorted.
absl::StatusOr<std::vector<std::string>> Libraries(const std::string& folder) {
  std::vector<std::string> found;
  std::error_code error;
  for (const fs::directory_entry& entry :
       fs::directory_iterator(folder, error)) {
    const std::string name = entry.path().filename().string();
    if (absl::EndsWith(name, ".rlib") && (absl::StartsWith(name, "liballoc-") ||
                                          absl::StartsWith(name, "libstd-"))) {
      found.push_back(entry.path().string());
    }
  }
  if (found.size() != 2) {
    return absl::NotFoundError(
        absl::StrCat("bitcode of std: ", folder,
                     ": expected one liballoc and one libstd, got ",
                     found.size(), " of them"));
  }
  std::sort(found.begin(), found.end());  // a folder has no order of its own
  return found;
}

absl::Status MakeArchive(const std::string& tool,
                         const std::vector<std::string>& libraries,
                         const std::string& archive) {
  std::error_code error;
  fs::create_directories(fs::path(archive).parent_path(), error);
  SubprocessOptions run;
  run.argv = {tool, archive};
  run.argv.insert(run.argv.end(), libraries.begin(), libraries.end());
  run.capture_stderr = true;
  absl::StatusOr<SubprocessResult> result = RunSubprocess(run);
  if (!result.ok()) return result.status();
  if (!result->ok()) {
    return absl::UnavailableError(absl::StrCat(
        "bitcode of std: ", result->err.substr(0, result->err.find('\n'))));
  }
  return absl::OkStatus();
}

}  // namespace

std::string AddStdBitcode(store::Store* store, const RustToolchain& toolchain,
                          const std::vector<std::string>& words,
                          absl::FunctionRef<bool()> interrupted,
                          dispatch::Plan* plan) {
  if (store == nullptr) return "bitcode of std: no cache to keep it in";
  const dispatch::RustcInvocation given(words);
  const std::string target =
      given.target.empty() ? toolchain.host : given.target;
  absl::StatusOr<std::vector<std::string>> libraries =
      Libraries(toolchain.sysroot + "/lib/rustlib/" + target + "/lib");
  if (!libraries.ok()) return std::string(libraries.status().message());
  const std::string tool =
      FindBeside({"dfe-std-bitcode", "../lib/dfe/dfe-std-bitcode"});
  if (tool.empty()) {
    return "bitcode of std: dfe-std-bitcode not found beside dfe";
  }
  std::vector<std::string> made_of = *libraries;
  made_of.push_back(tool);
  const std::string key = store::HashedName(
      absl::StrCat(toolchain.identity, "\n", FileStates(made_of)));
  const std::string archive = absl::StrCat(store->root(), "/objects/std/", key,
                                           "/libdfe_std_bitcode.a");
  auto take = [&] {
    // The last that another build, which makes room in the cache, would remove.
    std::error_code ignored;
    fs::last_write_time(archive, fs::file_time_type::clock::now(), ignored);
    plan->std_bitcode = archive;
    plan->std_bitcode_linker = given.LinkerKey();
  };
  // No linker's key is this one: those begin with a target.
  const std::string name = absl::StrCat("std ", key, "\x1f", given.LinkerKey());
  absl::StatusOr<std::optional<store::ProbeResult>> known =
      store->GetProbe(toolchain.identity, name);
  if (known.ok() && known->has_value()) {
    const store::ProbeResult& result = **known;
    if (!result.works) return result.detail;
    if (result.detail == HashNameOfFile(archive)) {
      take();
      return "";
    }
  }
  absl::Status made = MakeArchive(tool, *libraries, archive);
  if (!made.ok()) return std::string(made.message());
  LinkerProbe tried =
      ProbeLateLink(words, toolchain.host, store->root(), archive);
  tried.detail = tried.works ? HashNameOfFile(archive).value_or("")
                             : absl::StrCat("bitcode of std: ", tried.detail);
  if (tried.conclusive && !interrupted()) {
    // Not kept means tried again next time: no fault worth a word.
    (void)store->PutProbe(toolchain.identity, name,
                          {tried.works, tried.detail});
  }
  if (!tried.works) return tried.detail;
  take();
  return "";
}

}  // namespace dfe
