// Asks the store first, and tells it afterwards.
#include "dfe/build/known_probes.h"

#include <unistd.h>

#include <filesystem>
#include <optional>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "dfe/build/build_command.h"
#include "dfe/build/std_bitcode.h"
#include "dfe/dispatch/rustc_invocation.h"
#include "dfe/store/cache_folders.h"

namespace dfe {
namespace {

namespace fs = std::filesystem;

// A folder for each user, because the one for temporary files is everybody's.
fs::path ScratchWithoutStore() {
  std::error_code ignored;
  return fs::temp_directory_path(ignored) /
         absl::StrCat("dfe-", static_cast<int64_t>(getuid()));
}

std::optional<LinkerProbe> KnownProbe(store::Store* store,
                                      const RustToolchain& toolchain,
                                      const std::string& key) {
  if (store == nullptr) return std::nullopt;
  absl::StatusOr<std::optional<store::ProbeResult>> kept =
      store->GetProbe(toolchain.identity, key);
  if (!kept.ok() || !kept->has_value()) return std::nullopt;
  LinkerProbe known;
  known.works = (*kept)->works;
  known.detail = (*kept)->detail;
  return known;
}

void KeepProbe(store::Store* store, const RustToolchain& toolchain,
               const std::string& key, const LinkerProbe& probe,
               bool interrupted) {
  // A signal ends probes, too.
  if (store == nullptr || !probe.conclusive || interrupted) return;
  // Not kept means asked again next time: no fault worth a word.
  (void)store->PutProbe(toolchain.identity, key, {probe.works, probe.detail});
}

}  // namespace

std::string Scratch(const store::Store* store) {
  if (store != nullptr) return store->root();
  std::error_code ignored;
  fs::create_directories(ScratchWithoutStore(), ignored);
  return ScratchWithoutStore().string();
}

// Folders are only removed if they are empty: other builds may be at work.
void RemoveScratchWithoutStore() {
  std::error_code ignored;
  fs::remove(ScratchWithoutStore() / "sessions", ignored);
  fs::remove(ScratchWithoutStore(), ignored);
}

LinkerProbe KnownOrProbed(store::Store* store, const RustToolchain& toolchain,
                          const std::string& key,
                          absl::FunctionRef<bool()> interrupted,
                          absl::FunctionRef<LinkerProbe()> try_it) {
  const std::optional<LinkerProbe> known = KnownProbe(store, toolchain, key);
  if (known) return *known;
  const LinkerProbe probe = try_it();
  KeepProbe(store, toolchain, key, probe, interrupted());
  return probe;
}

ExpectedLinker::ExpectedLinker(store::Store* store,
                               const RustToolchain& toolchain,
                               std::vector<std::string> words)
    : store_(store),
      toolchain_(toolchain),
      words_(std::move(words)),
      key_(dispatch::RustcInvocation(words_).LinkerKey()),
      known_(KnownProbe(store, toolchain, key_)) {}

const LinkerProbe& ExpectedLinker::Try(bool lto,
                                       absl::FunctionRef<bool()> interrupted) {
  if (known_) return *known_;
  dispatch::Plan with_std;
  if (lto && AddStdBitcode(store_, toolchain_, words_, interrupted, &with_std)
                 .empty()) {
    known_ = LinkerProbe{.works = true};
  } else if (interrupted()) {
    known_ = LinkerProbe{.detail = "interrupted", .conclusive = false};
  } else {
    known_ = ProbeLateLink(words_, toolchain_.host, Scratch(store_));
  }
  KeepProbe(store_, toolchain_, key_, *known_, interrupted());
  return *known_;
}

void ExpectedLinker::TryFor(const std::string& session, bool (*interrupted)()) {
  if (known_ || interrupted()) return;
  interrupted_ = interrupted;
  started_ = std::async(
      std::launch::async,
      [words = words_, host = toolchain_.host, scratch = Scratch(store_),
       answer = dispatch::LinkerAnswer(session)]() mutable {
        LinkerProbe probe = ProbeLateLink(words, host, scratch);
        answer.Say(probe.works);
        return probe;
      });
}

void ExpectedLinker::Finish() {
  if (!started_.valid()) return;
  known_ = started_.get();
  KeepProbe(store_, toolchain_, key_, *known_, interrupted_());
}

absl::StatusOr<int> RunProbeLinker(const ParsedOptions& options) {
  absl::StatusOr<RustToolchain> toolchain =
      FindRustToolchain("", fs::current_path().string());
  if (!toolchain.ok()) return toolchain.status();
  absl::StatusOr<store::Store> opened =
      store::Store::Open(store::CacheRoot(options.Text("store")));
  ExpectedLinker linker(opened.ok() ? &*opened : nullptr, *toolchain,
                        options.rest);
  const bool works = linker.Try(/*lto=*/false, [] { return false; }).works;
  if (!opened.ok()) RemoveScratchWithoutStore();
  return works ? 0 : 1;
}

}  // namespace dfe
