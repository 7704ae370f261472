// Each check of the doctor tries the thing that a build would do.
#include "dfe/build/doctor.h"

#include <unistd.h>

#include <filesystem>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "dfe/base/subprocess.h"
#include "dfe/base/versions.h"
#include "dfe/build/cargo_flags.h"
#include "dfe/build/std_bitcode.h"
#include "dfe/build/toolchain.h"
#include "dfe/store/store.h"
#include "nlohmann/json.hpp"

extern char** environ;

namespace dfe {
namespace {

namespace fs = std::filesystem;

struct Finding {
  std::string what;
  bool works;
  bool required;  // a build cannot be accelerated without it
  std::string detail;
};

// Can the linker that cargo's settings name here do a late link?
Finding CheckLinker(const RustToolchain& toolchain, const std::string& scratch,
                    std::vector<std::string>* linker_words) {
  Finding f{"late links with cargo's linker and rustflags", false, true, ""};
  std::vector<std::string> environment;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    environment.emplace_back(*entry);
  }
  absl::StatusOr<std::vector<std::string>> words = ExpectedRustcWords(
      toolchain, CargoCommand(), fs::current_path().string(), environment);
  if (!words.ok()) {
    f.detail = std::string(words.status().message());
    return f;
  }
  const LinkerProbe probe = ProbeLateLink(*words, toolchain.host, scratch);
  f.works = probe.works;
  f.detail = probe.works ? "a program was linked" : probe.detail;
  if (words->size() > 1) {
    absl::StrAppend(&f.detail, " (",
                    absl::StrJoin(words->begin() + 1, words->end(), " "), ")");
  }
  *linker_words = *std::move(words);
  return f;
}

// Do such links take std's bitcode in?
Finding CheckStdBitcode(const RustToolchain& toolchain, store::Store* store,
                        const std::vector<std::string>& linker_words) {
  dispatch::Plan plan;
  const std::string why = AddStdBitcode(
      store, toolchain, linker_words, [] { return false; }, &plan);
  return {"std's bitcode in late links", why.empty(), false,
          why.empty() ? plan.std_bitcode : why};
}

// Does rustc load the plugin? Tried with a real compile.
Finding CheckPlugin(const RustToolchain& toolchain,
                    const std::string& scratch) {
  Finding f{"pass plugin in rustc", false, false, ""};
  const std::string plugin = FindPassPlugin();
  if (plugin.empty()) {
    f.detail = "DeadFnElim.so not found; seeded is not available";
    return f;
  }
  SubprocessOptions run;
  run.argv = {toolchain.rustc,
              "-Copt-level=3",
              "--crate-type=lib",
              "--crate-name=dfe_doctor",
              "--emit=obj",
              absl::StrCat("-Zllvm-plugins=", plugin),
              "-o",
              absl::StrCat(scratch, "/doctor.o"),
              "-"};
  run.environment = {{"RUSTC_BOOTSTRAP", "1"}};
  run.stdin_file = "/dev/null";
  run.capture_stdout = run.capture_stderr = true;
  absl::StatusOr<SubprocessResult> result = RunSubprocess(run);
  std::error_code ignored;
  fs::remove(scratch + "/doctor.o", ignored);
  f.works = result.ok() && result->ok();
  f.detail = f.works ? plugin
             : result.ok()
                 ? absl::StrCat(plugin, ": ", result->err.substr(0, 200))
                 : std::string(result.status().message());
  return f;
}

}  // namespace

absl::StatusOr<int> RunDoctor(const ParsedOptions& options, std::ostream& out) {
  std::vector<Finding> findings;
  const std::string root = store::CacheRoot(options.Text("store"));
  absl::StatusOr<store::Store> store = store::Store::Open(root);
  findings.push_back(
      {"store", store.ok(), false,
       store.ok() ? root : std::string(store.status().message())});
  if (store.ok() && !store->warning().empty()) {
    findings.back().detail = store->warning();
  }
  const std::string scratch =
      store.ok() ? root : fs::temp_directory_path().string();

  const std::string dispatch = FindDispatchProgram();
  findings.push_back({"dispatch", !dispatch.empty(), true,
                      dispatch.empty() ? "dfe-rustc not found" : dispatch});
  absl::StatusOr<RustToolchain> rust =
      FindRustToolchain("", fs::current_path().string());
  if (!rust.ok()) {
    findings.push_back(
        {"rustc", false, true, std::string(rust.status().message())});
  } else {
    findings.push_back(
        {"rustc", rust->tested, false,
         absl::StrCat(rust->release, ", LLVM ", rust->llvm_version, ", ",
                      rust->host,
                      rust->tested ? "" : ": not a tested release, expected ",
                      rust->tested ? "" : kRustcTested)});
    std::vector<std::string> words;
    findings.push_back(CheckLinker(*rust, scratch, &words));
    if (findings.back().works) {
      findings.push_back(
          CheckStdBitcode(*rust, store.ok() ? &*store : nullptr, words));
    }
    findings.push_back(CheckPlugin(*rust, scratch));
    const LinkerProbe probe = ProbeDeferral(*rust, scratch);
    findings.push_back({"-Z dead-fn-elimination in rustc", probe.works, false,
                        probe.works ? rust->sysroot : probe.detail});
  }
  bool well = true;
  for (const Finding& f : findings) well = well && (f.works || !f.required);
  if (options.Flag("json")) {
    nlohmann::json all = nlohmann::json::array();
    for (const Finding& f : findings) {
      all.push_back({{"what", f.what},
                     {"works", f.works},
                     {"required", f.required},
                     {"detail", f.detail}});
    }
    out << all.dump(2) << "\n";
  } else {
    for (const Finding& f : findings) {
      out << (f.works      ? "works    "
              : f.required ? "missing  "
                           : "absent   ")
          << f.what << ": " << f.detail << "\n";
    }
  }
  return well ? 0 : 1;
}

}  // namespace dfe
