// One unit: may it be kept, its key, take it or make it and keep it.
#include "dfe/dispatch/unit_cache.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <optional>
#include <utility>

#include "dfe/dispatch/unit_key.h"
#include "dfe/format/envelope.h"
#include "dfe/format/kept_unit.h"

namespace dfe::dispatch {
namespace {

constexpr char kSelf[] = "dfe-rustc";

int64_t ToNanoseconds(const struct timespec& time) {
  return static_cast<int64_t>(time.tv_sec) * 1000000000 + time.tv_nsec;
}

int64_t Now(clockid_t clock) {
  struct timespec time = {};
  clock_gettime(clock, &time);
  return ToNanoseconds(time);
}

struct Outputs {
  std::string dep_info;
  std::string metadata;  // "" if none is asked for
  std::string library;
};

Outputs OutputsOf(const RustcInvocation& unit) {
  const std::string name =
      unit.crate_name + unit.Codegen("extra-filename").value_or("");
  return {unit.out_dir + "/" + name + ".d",
          unit.Emits("metadata") ? unit.out_dir + "/lib" + name + ".rmeta" : "",
          unit.out_dir + "/lib" + name + ".rlib"};
}

void ReplaceAll(std::string* text, const std::string& what,
                std::string_view with) {
  size_t at = 0;
  while ((at = text->find(what, at)) != std::string::npos) {
    text->replace(at, what.size(), with);
    at += with.size();
  }
}

// File names of outputs, and what stands for their folder. Neither messages nor
// dependency information escape these: rustc does that to inputs only.
template <typename Visit>
void ForEachOutput(const RustcInvocation& unit, const Visit& visit) {
  const Outputs outputs = OutputsOf(unit);
  for (const std::string& path :
       {outputs.dep_info, outputs.metadata, outputs.library}) {
    if (path.empty()) continue;
    const std::string name = path.substr(unit.out_dir.size() + 1);
    visit(path, std::string(kOutDir) + name);
  }
}

// File times are those of the last tick of this clock, some milliseconds long.
// What a build script just wrote would else be as new as the compile.
void WaitForTick() {
  const int64_t start = Now(CLOCK_REALTIME_COARSE);
  const struct timespec pause = {0, 500000};
  for (int i = 0; i < 40 && Now(CLOCK_REALTIME_COARSE) == start; ++i) {
    nanosleep(&pause, nullptr);
  }
}

// True if a file was touched at or after `start`, or is gone.
bool Changed(const std::vector<std::string>& files, int64_t start) {
  for (const std::string& file : files) {
    struct stat status = {};
    if (stat(file.c_str(), &status) != 0 ||
        ToNanoseconds(status.st_mtim) >= start ||
        ToNanoseconds(status.st_ctim) >= start) {
      return true;
    }
  }
  return false;
}

// One kept file; `folder` is made when something is written.
class Slot {
 public:
  Slot(const Plan& plan, const std::string& key, std::string_view ending)
      : folder_(plan.unit_cache + "/" + HashName(key).substr(0, 2)),
        path_(folder_ + "/" + HashName(key) + std::string(ending)),
        identity_(plan.unit_compiler + " " + HashName(key)) {}

  // The payload, which lives as long as this does.
  std::optional<std::string_view> Read(std::string_view signature) {
    std::optional<std::string> bytes = ContentOf(path_);
    if (!bytes) return std::nullopt;
    bytes_ = *std::move(bytes);
    auto opened =
        OpenEnvelope(bytes_, path_, signature, kUnitVersion, identity_);
    const auto* envelope = std::get_if<Envelope>(&opened);
    if (envelope == nullptr) return std::nullopt;
    return envelope->payload;
  }
  // Pruning goes by use, and file systems do not note each reading.
  void Touch() const { utimensat(AT_FDCWD, path_.c_str(), nullptr, 0); }
  // A full disk means that it is compiled again next time.
  void Write(std::string_view signature, std::string_view payload) const {
    mkdir(folder_.c_str(), 0777);
    (void)WriteFileAtomically(
        path_, SealEnvelope(signature, kUnitVersion, identity_, payload));
  }

 private:
  std::string folder_;
  std::string path_;
  std::string identity_;
  std::string bytes_;
};

// Puts what is kept where the compiler would have; false if it is not kept, or
// cannot be written.
bool Take(const RustcInvocation& unit, const Plan& plan,
          const std::string& key) {
  Slot known(plan, key, ".in");
  const std::optional<std::string_view> names =
      known.Read(kUnitInputsSignature);
  if (!names) return false;
  const std::optional<UnitInputs> inputs = UnitInputs::Parse(*names);
  if (!inputs) return false;
  const std::optional<std::string> whole = KeyWithInputs(key, *inputs);
  if (!whole) return false;
  Slot kept(plan, *whole, "");
  const std::optional<std::string_view> payload = kept.Read(kKeptUnitSignature);
  if (!payload) return false;
  const std::optional<KeptUnit> made = KeptUnit::Parse(*payload);
  if (!made) return false;
  const Outputs outputs = OutputsOf(unit);
  if (made->library.empty() ||
      made->metadata.empty() != outputs.metadata.empty() ||
      WriteFileAtomically(outputs.dep_info, WithOutDir(unit, made->dep_info)) ||
      (!outputs.metadata.empty() &&
       WriteFileAtomically(outputs.metadata, made->metadata)) ||
      WriteFileAtomically(outputs.library, made->library)) {
    return false;
  }
  known.Touch();
  kept.Touch();
  const std::string messages = WithOutDir(unit, made->messages);
  (void)!write(STDERR_FILENO, messages.data(), messages.size());
  return true;
}

// Why what was just compiled is not kept, or "" if it is.
std::string Keep(const RustcInvocation& unit, const Plan& plan,
                 const std::string& key, const std::string& messages,
                 int64_t start) {
  if (!SaysNothing(messages)) return "says something";
  const Outputs outputs = OutputsOf(unit);
  const std::optional<std::string> dep_info = ContentOf(outputs.dep_info);
  const std::optional<std::string> library = ContentOf(outputs.library);
  const std::optional<std::string> metadata =
      outputs.metadata.empty() ? std::string() : ContentOf(outputs.metadata);
  if (!dep_info || !library || !metadata ||
      dep_info->find(kOutDir[0]) != std::string::npos) {
    return "made other files";
  }
  const std::optional<UnitInputs> inputs = InputsOf(*dep_info);
  if (!inputs) return "made other files";
  if (Changed(inputs->files, start)) return "made from files that are new";
  const std::optional<std::string> whole = KeyWithInputs(key, *inputs);
  if (!whole) return "made from files that are new";
  const std::string relative_messages = WithoutOutDir(unit, messages);
  const std::string relative_dep_info = WithoutOutDir(unit, *dep_info);
  const KeptUnit made = {relative_messages, relative_dep_info, *metadata,
                         *library};
  Slot(plan, *whole, "").Write(kKeptUnitSignature, made.Serialize());
  Slot(plan, key, ".in").Write(kUnitInputsSignature, inputs->Serialize());
  return "";
}

}  // namespace

std::string WithoutOutDir(const RustcInvocation& unit, std::string text) {
  ForEachOutput(unit,
                [&](const std::string& path, const std::string& stand_in) {
                  ReplaceAll(&text, path, stand_in);
                });
  return text;
}

std::string WithOutDir(const RustcInvocation& unit, std::string_view text) {
  std::string out(text);
  ForEachOutput(unit,
                [&](const std::string& path, const std::string& stand_in) {
                  ReplaceAll(&out, stand_in, path);
                });
  return out;
}

bool SaysNothing(std::string_view messages) {
  constexpr std::string_view kArtifact = "{\"$message_type\":\"artifact\",";
  while (!messages.empty()) {
    if (messages.substr(0, kArtifact.size()) != kArtifact) return false;
    const size_t end = messages.find('\n');
    if (end == std::string_view::npos) return false;
    messages.remove_prefix(end + 1);
  }
  return true;
}

UnitResult CompileOrTakeUnit(const RustcInvocation& unit,
                             const std::vector<std::string>& words,
                             const Plan& plan, bool may_take) {
  const int64_t began = Now(CLOCK_MONOTONIC);
  UnitResult result;
  auto before = [&] {
    result.before_us = (Now(CLOCK_MONOTONIC) - began) / 1000;
  };
  auto plain = [&](std::string reason) {
    before();
    result.usage = RunAndWait(kSelf, words);
    result.kept = std::move(reason);
    return result;
  };

  // 1. May it be kept?
  std::string why = UnitRefusal(unit, plan.compilers);
  if (why.empty() && !plan.chain.empty()) why = "behind another wrapper";
  if (why.empty() && !SourcesAreFixed() && UsesProceduralMacros(unit)) {
    why = "procedural macros over sources that can change";
  }
  if (!why.empty()) return plain(std::move(why));

  // 2. Its key.
  const std::optional<std::string> key =
      UnitKey(unit, plan.unit_compiler, UnitVariables());
  if (!key) return plain("library below cannot be read");

  // 3. Take it.
  if (may_take && Take(unit, plan, *key)) {
    before();
    result.usage.exit_code = 0;
    result.kept = kTaken;
    return result;
  }

  // 4. Or make it, and keep it if nothing that it was made from was touched
  //    since before it was made. cargo reads along: it starts the next units
  //    when the metadata is there.
  if (std::getenv("OUT_DIR") != nullptr) WaitForTick();
  const int64_t start = Now(CLOCK_REALTIME_COARSE);
  before();
  const std::optional<Captured> run = RunForwarded(kSelf, words);
  if (!run) return plain("messages cannot be kept");
  result.usage = run->usage;
  result.kept = "failed";
  if (run->usage.exit_code != 0) return result;
  result.kept = Keep(unit, plan, *key, run->text, start);
  if (result.kept.empty()) result.kept = "not kept yet";
  return result;
}

}  // namespace dfe::dispatch
