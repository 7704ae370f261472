// What was found out about compilers and linkers by trying, once for each.
#ifndef DFE_BUILD_KNOWN_PROBES_H_
#define DFE_BUILD_KNOWN_PROBES_H_

#include <future>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "dfe/build/toolchain.h"
#include "dfe/dispatch/linker_answer.h"
#include "dfe/store/store.h"

namespace dfe {

// A folder that can be written to, for probes and sessions: the store's, or one
// among the temporary files.
std::string Scratch(const store::Store* store);
// Removes the latter, if nothing is in it.
void RemoveScratchWithoutStore();

// The store's answer for this toolchain and key, or that of `try_it`, which is
// kept if it is conclusive and nobody interrupted it. `store` may be null.
LinkerProbe KnownOrProbed(store::Store* store, const RustToolchain& toolchain,
                          const std::string& key,
                          absl::FunctionRef<bool()> interrupted,
                          absl::FunctionRef<LinkerProbe()> try_it);

// Whether late links work with the linker that some words of rustc choose. One
// for a build; `store` may be null.
class ExpectedLinker {
 public:
  ExpectedLinker(store::Store* store, const RustToolchain& toolchain,
                 std::vector<std::string> words);
  ExpectedLinker(const ExpectedLinker&) = delete;
  ExpectedLinker& operator=(const ExpectedLinker&) = delete;
  // Waits for what was started, and keeps that.
  ~ExpectedLinker() { Finish(); }

  const std::vector<std::string>& words() const { return words_; }
  const std::string& key() const { return key_; }
  // What is known by now, if anything is.
  const std::optional<LinkerProbe>& known() const { return known_; }

  // Tries it, and keeps the answer as KnownOrProbed does. With `lto` first with
  // std's bitcode, as such a build links: if that works, all does.
  const LinkerProbe& Try(bool lto, absl::FunctionRef<bool()> interrupted);
  // Tries it meanwhile, and tells the dispatches of this session.
  void TryFor(const std::string& session, bool (*interrupted)());
  // After the command: no dispatch will ask any more.
  void Finish();

 private:
  void Keep(const LinkerProbe& probe, bool interrupted);

  store::Store* const store_;
  const RustToolchain& toolchain_;
  const std::vector<std::string> words_;
  const std::string key_;
  std::optional<LinkerProbe> known_;
  std::future<LinkerProbe> started_;
  bool (*interrupted_)() = nullptr;
};

}  // namespace dfe

#endif  // DFE_BUILD_KNOWN_PROBES_H_
