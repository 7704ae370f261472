// Asks the store first, and tells it afterwards.
#include "dfe/build/known_probes.h"

#include <unistd.h>

#include <filesystem>
#include <optional>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "dfe/build/build_command.h"
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
  if (store != nullptr) {
    absl::StatusOr<std::optional<store::ProbeResult>> kept =
        store->GetProbe(toolchain.identity, key);
    if (kept.ok() && kept->has_value()) {
      LinkerProbe known;
      known.works = (*kept)->works;
      known.detail = (*kept)->detail;
      return known;
    }
  }
  LinkerProbe probe = try_it();
  if (store != nullptr && probe.conclusive &&
      !interrupted()) {  // a signal ends probes, too
    // Not kept means asked again next time: no fault worth a word.
    (void)store->PutProbe(toolchain.identity, key, {probe.works, probe.detail});
  }
  return probe;
}

LinkerProbe KnownOrProbedLinker(store::Store* store,
                                const RustToolchain& toolchain,
                                const std::vector<std::string>& words,
                                absl::FunctionRef<bool()> interrupted) {
  return KnownOrProbed(
      store, toolchain, dispatch::RustcInvocation(words).LinkerKey(),
      interrupted,
      [&] { return ProbeLateLink(words, toolchain.host, Scratch(store)); });
}

absl::StatusOr<int> RunProbeLinker(const ParsedOptions& options) {
  absl::StatusOr<RustToolchain> toolchain =
      FindRustToolchain("", fs::current_path().string());
  if (!toolchain.ok()) return toolchain.status();
  absl::StatusOr<store::Store> opened =
      store::Store::Open(store::CacheRoot(options.Text("store")));
  const LinkerProbe probe =
      KnownOrProbedLinker(opened.ok() ? &*opened : nullptr, *toolchain,
                          options.rest, [] { return false; });
  if (!opened.ok()) RemoveScratchWithoutStore();
  return probe.works ? 0 : 1;
}

}  // namespace dfe
