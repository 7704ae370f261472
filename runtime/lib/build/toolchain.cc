// Finding and probing of toolchains. Nothing is believed that can be tried:
// whether a linker can do a late link is found out by doing one.
#include "dfe/build/toolchain.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <future>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "dfe/base/subprocess.h"
#include "dfe/base/versions.h"
#include "dfe/dispatch/decision.h"
#include "dfe/dispatch/rustc_invocation.h"
#include "dfe/store/store.h"

namespace dfe {
namespace {

namespace fs = std::filesystem;
using dispatch::RustcInvocation;

std::string FirstLine(absl::string_view text) {
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    if (!line.empty()) return std::string(line);
  }
  return "";
}

// The words of the invocation that choose linker and target, ready for rustc.
std::vector<std::string> LinkerWords(const RustcInvocation& in) {
  std::vector<std::string> words;
  const std::string key = in.LinkerKey();
  std::vector<std::string> parts = absl::StrSplit(key, '\x1f');
  if (!parts[0].empty()) words.insert(words.end(), {"--target", parts[0]});
  for (size_t i = 1; i < parts.size(); ++i) {
    words.push_back(absl::StrCat("-", parts[i]));
  }
  return words;
}

absl::StatusOr<SubprocessResult> RunQuietly(std::vector<std::string> argv,
                                            const std::string& directory) {
  SubprocessOptions options;
  options.argv = std::move(argv);
  options.working_directory = directory;
  options.capture_stdout = options.capture_stderr = true;
  return RunSubprocess(options);
}

// A new folder in `scratch`, which goes with this object. If there can be none,
// `path` is empty and the probe says so.
class ProbeFolder {
 public:
  ProbeFolder(const std::string& scratch, LinkerProbe* probe)
      : path_(scratch + "/probe-XXXXXX") {
    if (mkdtemp(path_.data()) != nullptr) return;
    path_.clear();
    probe->detail = absl::StrCat(scratch, ": cannot make a folder in it");
    probe->conclusive = false;
  }
  ProbeFolder(const ProbeFolder&) = delete;
  ProbeFolder& operator=(const ProbeFolder&) = delete;
  ~ProbeFolder() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace

std::string CompilerFiles(const std::string& rustc,
                          const std::string& sysroot) {
  std::vector<std::string> paths;
  if (absl::StrContains(rustc, '/')) paths.push_back(rustc);
  if (!sysroot.empty()) paths.push_back(sysroot + "/bin/rustc");
  for (const char* folder : {"/lib", "/lib64"}) {
    std::error_code error;
    if (sysroot.empty()) break;
    for (const fs::directory_entry& entry :
         fs::directory_iterator(sysroot + folder, error)) {
      const std::string name = entry.path().filename().string();
      if (absl::StartsWith(name, "librustc_driver") ||
          absl::StartsWith(name, "libLLVM")) {
        paths.push_back(entry.path().string());
      }
    }
  }
  std::sort(paths.begin(), paths.end());  // a folder has no order of its own
  return FileStates(paths);
}

std::string FileStates(const std::vector<std::string>& paths) {
  std::string lines;
  for (const std::string& path : paths) {
    struct stat info;
    if (stat(path.c_str(), &info) != 0) continue;
    absl::StrAppend(&lines, path, "\t", info.st_size, "\t", info.st_mtim.tv_sec,
                    "\t", info.st_mtim.tv_nsec, "\n");
  }
  return lines;
}

absl::StatusOr<RustToolchain> FindRustToolchain(
    absl::string_view toolchain, const std::string& directory,
    const std::function<void()>& meanwhile) {
  RustToolchain out;
  const char* chosen = std::getenv("RUSTC");
  out.rustc = chosen != nullptr && *chosen != '\0' ? chosen : "rustc";
  std::vector<std::string> base = {out.rustc};
  if (!toolchain.empty()) base.emplace_back(toolchain);
  // By itself: rustup may have to install the toolchain first.
  std::vector<std::string> argv = base;
  argv.push_back("-vV");
  absl::StatusOr<SubprocessResult> asked = RunQuietly(argv, directory);
  if (!asked.ok()) return asked.status();
  if (!asked->ok()) {
    return absl::UnavailableError(
        absl::StrCat(out.rustc, " -vV: ", FirstLine(asked->err)));
  }
  argv.back() = "--print";  // in the words that wrapper scripts know
  argv.emplace_back("sysroot");
  auto asked_sysroot =
      std::async(std::launch::async, RunQuietly, std::move(argv), directory);
  if (meanwhile) meanwhile();
  out.identity = asked->out;
  for (absl::string_view line : absl::StrSplit(asked->out, '\n')) {
    if (absl::ConsumePrefix(&line, "release: "))
      out.release = std::string(line);
    if (absl::ConsumePrefix(&line, "host: ")) out.host = std::string(line);
    if (absl::ConsumePrefix(&line, "LLVM version: ")) {
      out.llvm_version = std::string(line);
    }
  }
  asked = asked_sysroot.get();
  if (asked.ok() && asked->ok()) out.sysroot = FirstLine(asked->out);
  if (!toolchain.empty() && !out.sysroot.empty()) {
    out.rustc = out.sysroot + "/bin/rustc";
  }
  absl::StrAppend(&out.identity, "files: ",
                  store::HashedName(CompilerFiles(out.rustc, out.sysroot)),
                  "\n");
  for (absl::string_view release :
       absl::StrSplit(kRustcTested, ' ', absl::SkipEmpty())) {
    out.tested = out.tested || out.release == release;
  }
  return out;
}

std::string PrintCfg(const RustToolchain& toolchain, const std::string& target,
                     const std::string& directory) {
  std::vector<std::string> argv = {toolchain.rustc, "--print", "cfg"};
  if (!target.empty()) argv.insert(argv.end(), {"--target", target});
  absl::StatusOr<SubprocessResult> asked =
      RunQuietly(std::move(argv), directory);
  return asked.ok() && asked->ok() ? asked->out : "";
}

LinkerProbe ProbeLateLink(const std::vector<std::string>& rustc_words,
                          const std::string& host, const std::string& scratch,
                          const std::string& std_bitcode) {
  LinkerProbe probe;
  RustcInvocation given(rustc_words);
  const ProbeFolder made(scratch, &probe);
  const std::string& folder = made.path();
  if (folder.empty()) return probe;
  std::ofstream(folder + "/probe_lib.rs")
      << "pub fn twice(x: usize) -> usize { x * 2 }\n"
         "pub fn unused(x: usize) -> String { format!(\"{x}\") }\n";
  std::ofstream(folder + "/probe.rs")
      << "fn main() { println!(\"probe {}\", "
         "probe_lib::twice(20 + std::env::args().count())); }\n";

  // The invocations that a late build of two crates would make.
  dispatch::Plan plan;
  plan.marker = 2;
  plan.with_lto = plan.without_lto = dispatch::Strategy::kLate;
  plan.jobs = 1;
  plan.std_bitcode = std_bitcode;
  plan.std_bitcode_linker = given.LinkerKey();
  plan.compilers = given.words[0];
  auto compile = [&](std::vector<std::string> words, dispatch::UnitKind kind) {
    std::vector<std::string> all = {given.words[0], "--edition=2021"};
    all.insert(all.end(), words.begin(), words.end());
    for (std::string& word : LinkerWords(given)) all.push_back(std::move(word));
    RustcInvocation in(all);
    dispatch::Decision decision;
    decision.marked = true;
    decision.strategy = dispatch::Strategy::kLate;
    decision.kind = kind;
    dispatch::Apply(decision, plan, "", &in);
    return RunQuietly(in.words, folder);
  };
  absl::StatusOr<SubprocessResult> result =
      compile({"--crate-name", "probe_lib", "probe_lib.rs", "--crate-type",
               "lib", "-Copt-level=3", "-Ccodegen-units=2"},
              dispatch::UnitKind::kLibrary);
  probe.conclusive = result.ok() && result->ok();
  if (result.ok() && result->ok()) {
    std::vector<std::string> words = {
        "--crate-name",      "probe",    "probe.rs",
        "--crate-type",      "bin",      "-Copt-level=3",
        "-Ccodegen-units=2", "--extern", "probe_lib=libprobe_lib.rlib"};
    words.emplace_back("-Clto=fat");  // as in most builds that link so
    result = compile(std::move(words), dispatch::UnitKind::kLeaf);
  }
  if (!result.ok()) {
    probe.detail = std::string(result.status().message());
    return probe;
  }
  if (!result->ok()) {
    // The linker's own words stand on the last lines that say "error".
    for (absl::string_view line : absl::StrSplit(result->err, '\n')) {
      if (absl::StrContains(line, "error") && probe.detail.size() < 400) {
        absl::StrAppend(&probe.detail, probe.detail.empty() ? "" : "; ",
                        absl::StripLeadingAsciiWhitespace(line));
      }
    }
    if (probe.detail.empty()) probe.detail = FirstLine(result->err);
    return probe;
  }
  if (given.target.empty() || given.target == host) {
    result = RunQuietly({"./probe"}, folder);
    if (!result.ok() || result->out != "probe 42\n") {
      probe.detail = "the linked program gave a wrong answer";
      return probe;
    }
  }
  probe.works = true;
  return probe;
}

bool IsStable(absl::string_view release) {
  return !absl::StrContains(release, '-');
}

LinkerProbe ProbeDeferral(const RustToolchain& toolchain,
                          const std::string& scratch) {
  LinkerProbe probe;
  if (IsStable(toolchain.release)) {
    probe.detail =
        absl::StrCat("expected a rustc with -Z dead-fn-elimination ",
                     "(ci/rustc builds one), got ", toolchain.release);
    return probe;
  }
  const ProbeFolder made(scratch, &probe);
  const std::string& folder = made.path();
  if (folder.empty()) return probe;
  auto compile = [&](std::vector<std::string> more) {
    std::vector<std::string> words = {toolchain.rustc, "--crate-name=probe",
                                      "--crate-type=lib", "--emit=metadata"};
    words.insert(words.end(), more.begin(), more.end());
    words.emplace_back("probe.rs");
    absl::StatusOr<SubprocessResult> result = RunQuietly(words, folder);
    if (!result.ok()) {
      probe.detail = std::string(result.status().message());
    } else if (!result->ok()) {
      probe.detail = FirstLine(result->err);
    }
    return result.ok() && result->ok();
  };
  std::ofstream(folder + "/probe.rs").close();
  probe.works =
      compile({"-Zdead-fn-elimination=cache:objects,emit:seeds,seeds:none,"
               "names:names"});
  if (probe.works) return probe;
  // A refusal counts if the compiler works without the flag.
  const std::string refusal = probe.detail;
  probe.conclusive = compile({});
  probe.detail = probe.conclusive ? absl::StrCat(
                                        "expected a rustc with -Z "
                                        "dead-fn-elimination (ci/rustc builds "
                                        "one), got ",
                                        toolchain.release, ": ", refusal)
                                  : probe.detail;
  return probe;
}

std::string OwnPath() {
  std::error_code error;
  fs::path path = fs::read_symlink("/proc/self/exe", error);
  return error ? std::string() : path.string();
}

std::string FindBeside(std::initializer_list<const char*> places) {
  const fs::path own = fs::path(OwnPath()).parent_path();
  for (const char* place : places) {
    std::error_code error;
    fs::path candidate = (own / place).lexically_normal();
    if (fs::exists(candidate, error)) return candidate.string();
  }
  return "";
}

std::string FindDispatchProgram() {
  return FindBeside({"dfe-rustc", "../lib/dfe/dfe-rustc"});
}

std::string FindPassPlugin() {
  return FindBeside({"../lib/DeadFnElim.so", "../lib/dfe/DeadFnElim.so"});
}

}  // namespace dfe
