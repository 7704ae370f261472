// One compile: its node, the node's precompiled header, the compile, and its
// diagnostics and dependency file as if there were none. Whatever is in doubt
// ends in the user's own words.
#include "dfe/dispatch/cc_dispatch.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <set>

#include "dfe/dispatch/cc_dependencies.h"
#include "dfe/dispatch/cc_diagnostics.h"
#include "dfe/dispatch/cc_invocation.h"
#include "dfe/dispatch/cc_kept.h"
#include "dfe/dispatch/cc_late.h"
#include "dfe/dispatch/cc_names.h"
#include "dfe/dispatch/cc_nodes.h"
#include "dfe/dispatch/cc_objects.h"
#include "dfe/dispatch/cc_parts.h"
#include "dfe/dispatch/cc_resident.h"
#include "dfe/dispatch/cc_shim.h"
#include "dfe/dispatch/dispatch.h"
#include "dfe/dispatch/record_state.h"
#include "dfe/dispatch/spawn.h"
#include "dfe/dispatch/text_lines.h"
#include "dfe/format/envelope.h"
#include "dfe/format/header_record.h"

namespace dfe::dispatch {
namespace {

constexpr char kSelf[] = "dfe-cc";

bool WriteAll(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t n = write(fd, text.data(), text.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return false;
    text.remove_prefix(static_cast<size_t>(n));
  }
  return true;
}

// What the plan says of a unit, see the header; all is empty if it says
// nothing.
struct UnitOrder {
  std::string text;
  std::string node;    // with its record
  std::string reason;  // why there is none
  std::optional<RecordRef> record;
  std::optional<KeptOrder> kept;
  bool IsLater() const { return text.starts_with(kLater); }
  static constexpr char kPlain[] = "plain ";
  static constexpr char kLater[] = "later ";
};

UnitOrder ReadUnitOrder(const std::string& session, const std::string& key) {
  UnitOrder order;
  const std::string path = session + "/cc/units/" + key;
  order.text = ContentOf(path).value_or("");
  order.kept = ParseKeptOrder(ContentOf(path + ".kept").value_or(""));
  for (const std::string_view start : {UnitOrder::kPlain, UnitOrder::kLater}) {
    if (order.text.starts_with(start)) {
      order.reason = order.text.substr(start.size());
    }
  }
  const std::vector<std::string_view> lines = Lines(order.text);
  if (order.reason.empty() && lines.size() == 3) {
    order.node = lines[0];
    order.record = {std::string(lines[1]), std::string(lines[2])};
  }
  // One of the two can be older than the other, and for another text.
  if (order.kept &&
      (std::to_string(order.kept->node) !=
           (order.node.empty() ? "-1" : order.node) ||
       (order.record && order.kept->record_hash != order.record->hash))) {
    order.kept.reset();
  }
  return order;
}

// One node of the plan.
// "" if there is none.
std::string CurrentFolder() {
  char folder[4096];
  return getcwd(folder, sizeof folder) == nullptr ? "" : folder;
}

// `dfe-cc --prepare NODE`: for `dfe verify`.
bool PrepareChain(const std::string& session, const std::string& number) {
  const std::vector<Node> chain = LoadChain(session, number);
  return !chain.empty() &&
         PrepareNodes(session, chain, CurrentFolder()).why.empty();
}

// `dfe-cc --resident WORD…`: for `dfe verify`, a compile by what compiles in a
// build.
int CompileAsPlanned(const std::string& session, char** argv) {
  std::vector<std::string> words;
  for (char** word = argv; *word != nullptr; ++word) words.emplace_back(*word);
  std::string why;
  const std::optional<Captured> run = RunResident(session, words, &why);
  if (!run) return Become(kSelf, argv);
  WriteAll(STDOUT_FILENO, run->output);
  WriteAll(STDERR_FILENO, run->text);
  return run->usage.exit_code;
}

// A reason can name a path, and a path can hold what ends a field.
std::string OneField(std::string text) {
  for (char& c : text) {
    if (c == '\t' || c == '\n') c = '?';
  }
  return text;
}

void Report(const std::string& session, const CcEvent& event) {
  std::string line =
      "3\t" + OneField(event.source) + "\t" + std::to_string(event.node) +
      "\t" + OneField(event.reason) + "\t" + std::to_string(event.exit_code) +
      "\t" + std::to_string(event.cpu_us) + "\t" +
      std::to_string(event.node_us) + "\t" + std::to_string(event.parts) +
      "\t" + OneField(event.parts_reason) + "\t" +
      (OneField(event.parts_object) == event.parts_object ? event.parts_object
                                                          : "") +
      "\t" + (event.resident ? "resident" : OneField(event.resident_reason)) +
      "\n";
  const int fd = open((session + "/cc/events").c_str(),
                      O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
  if (fd < 0) return;
  (void)!write(fd, line.data(), line.size());
  close(fd);
}

// A terminal would get colours if the compiler wrote to it itself.
bool WantsColour(const std::vector<std::string>& words) {
  if (isatty(STDERR_FILENO) == 0) return false;
  for (const std::string& word : words) {
    if (word.find("color-diagnostics") != std::string::npos ||
        word.find("diagnostics-color") != std::string::npos) {
      return false;
    }
  }
  return true;
}

std::vector<std::string> NamesOf(const std::vector<HeaderRecord::File>& files) {
  std::vector<std::string> names;
  for (const HeaderRecord::File& file : files) {
    if ((file.flags & kFileBuiltin) == 0) names.push_back(file.name);
  }
  return names;
}

// Those that a dependency file has because a __has_include found them.
std::vector<std::string> AskedFiles(
    const CcInvocation& call, const std::vector<HeaderRecord::File>& files) {
  std::vector<std::string> names;
  for (const HeaderRecord::File& file : files) {
    if ((file.flags & kFileAsked) == 0 ||
        (call.only_user_dependencies && (file.flags & kFileSystem) != 0)) {
      continue;
    }
    names.push_back(file.name);
  }
  return names;
}

// From here on the links of the build are not in PATH: what dfe-cc starts finds
// real compilers.
void LeaveShims(const std::string& name) {
  const char* path = std::getenv("PATH");
  const char* folder = std::getenv(kShimsVariable);
  if (path == nullptr || (name.empty() && folder == nullptr)) return;
  const std::string left =
      PathWithoutShims(path, name, folder == nullptr ? "" : folder);
  setenv("PATH", left.c_str(), 1);
  unsetenv(kShimsVariable);
}

}  // namespace

std::vector<CcEvent> ReadCcEvents(const std::string& session) {
  std::vector<CcEvent> events;
  std::optional<std::string> text = ContentOf(session + "/cc/events");
  if (!text) return events;
  for (std::string_view line : Lines(*text)) {
    std::vector<std::string_view> fields = Split(line, '\t');
    if (fields.size() != 11 || fields[0] != "3") continue;
    auto number = [&](size_t i) { return ToNumber(fields[i]); };
    events.push_back({std::string(fields[1]), static_cast<int>(number(2)),
                      std::string(fields[3]), static_cast<int>(number(4)),
                      number(5), number(6), static_cast<int>(number(7)),
                      std::string(fields[8]), std::string(fields[9]),
                      fields[10] == "resident",
                      fields[10] == "resident" ? "" : std::string(fields[10])});
  }
  return events;
}

namespace {

int RunCall(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr,
                 "dfe-cc: expected a compiler and its arguments, got nothing; "
                 "build systems call this program, see `dfe build`\n");
    return 2;
  }
  const char* variable = std::getenv(kSessionVariable);
  if (variable == nullptr) return Become(kSelf, argv + 1);
  const std::string session = variable;
  if (argc == 3 && std::string_view(argv[1]) == "--prepare") {
    return PrepareChain(session, argv[2]) ? 0 : 1;
  }
  if (argc > 3 && std::string_view(argv[1]) == "--resident") {
    return CompileAsPlanned(session, argv + 2);
  }
  const CcInvocation call({argv + 1, argv + argc});
  const std::string folder = CurrentFolder();
  if (!call.refusal.empty()) {
    // For the plan to say why.
    RecordCall(session, folder, call);
    return Become(kSelf, argv + 1);
  }
  if (folder.empty()) return Become(kSelf, argv + 1);
  if (std::optional<std::string> objects = ContentOf(session + "/cc/objects");
      objects && !objects->empty()) {
    const ObjectResult result =
        CompileOrTake(call, folder, session, std::string(Lines(*objects)[0]));
    CcEvent event;
    event.source = call.source;
    event.reason = result.reason;
    event.exit_code = result.exit_code;
    event.cpu_us = result.cpu_us;
    Report(session, event);
    return result.exit_code;
  }
  const std::string key = call.Key(folder);
  UnitOrder unit = ReadUnitOrder(session, key);

  CcEvent event;
  event.source = call.source;
  std::optional<PartsOrder> order =
      ParsePartsOrder(ContentOf(session + "/cc/parts/" + key).value_or(""));
  // In parts, if that is planned and works; nothing if it does not, and then it
  // is not tried again.
  auto in_parts =
      [&](const std::vector<std::string>& words) -> std::optional<Captured> {
    if (!order) return std::nullopt;
    const PartsResult run = CompileInParts(
        *order, words, session + "/cc/parts/" + std::to_string(getpid()));
    order.reset();
    event.parts = run.done ? run.parts : 1;
    event.parts_reason = run.reason;
    if (event.parts > 1) {
      event.parts_object =
          run.object[0] == '/' ? run.object : folder + "/" + run.object;
    }
    if (!run.done) {
      event.cpu_us += run.cpu_us;
      return std::nullopt;
    }
    return Captured{{run.exit_code, run.cpu_us, 0}, run.text, ""};
  };
  // The object as it was made before, if `dfe build` knows its key, and what to
  // do with it when it is made now.
  std::optional<KeptOrder> kept;
  // The unit's record, and why it does not hold, or "".
  std::optional<RecordRef> record;
  HeaderRecord known;
  std::string why;
  auto look = [&] {
    kept = unit.kept;
    // Objects in parts are not for a run that was told to make none.
    if (kept && kept->parts != order.has_value()) kept.reset();
    record = unit.record;
    if (!record && kept) record = {kept->record, kept->record_hash};
    why = record ? WhyStale(*record, folder, &known) : "";
  };
  const bool colour = WantsColour({argv + 1, argv + argc});
  auto keep = [&](std::string text) {
    if (kept && WhyStale({kept->record, kept->record_hash}, folder).empty()) {
      KeepObject(call, folder, *kept, {std::move(text), colour});
    }
  };
  // By the resident compiler, if there is one and it went well. What failed
  // there is for the real program to say.
  bool may_be_resident = false;
  auto resident =
      [&](const std::vector<std::string>& words) -> std::optional<Captured> {
    if (!may_be_resident) return std::nullopt;
    std::optional<Captured> run =
        RunResident(session, words, &event.resident_reason);
    event.resident = run && run->usage.exit_code == 0;
    if (event.resident) WriteAll(STDOUT_FILENO, run->output);
    if (run && !event.resident) {
      may_be_resident = false;
      event.resident_reason = "it failed there";
    }
    return run;
  };
  auto plain = [&](std::string reason) {
    event.node = -1;
    event.reason = std::move(reason);
    std::vector<std::string> same = {argv + 1, argv + argc};
    if (colour) same.insert(same.begin() + 1, "-fcolor-diagnostics");
    if (std::optional<Captured> run = in_parts(same)) {
      WriteAll(STDERR_FILENO, run->text);
      event.exit_code = run->usage.exit_code;
      event.cpu_us += run->usage.cpu_us;
      if (event.exit_code == 0) keep(run->text);
      Report(session, event);
      return event.exit_code;
    }
    std::optional<Captured> run = resident(same);
    if (run && run->usage.exit_code == 0) {
      WriteAll(STDERR_FILENO, run->text);
      event.cpu_us += run->usage.cpu_us;
      keep(run->text);
      Report(session, event);
      return 0;
    }
    run.reset();
    if (kept) run = RunForwarded(kSelf, same);
    const Usage usage =
        run ? run->usage : RunAndWait(kSelf, {argv + 1, argv + argc});
    event.exit_code = usage.exit_code;
    event.cpu_us += usage.cpu_us;
    if (usage.exit_code == 0 && run) keep(run->text);
    Report(session, event);
    return usage.exit_code;
  };
  if (unit.text.empty()) RecordCall(session, folder, call);
  std::string refusal = EnvironmentRefusal();
  if (refusal.empty()) refusal = call.PrecompiledAlready(folder);
  // What is put in place of a device or a link would not go where it leads.
  if (refusal.empty()) refusal = OutputRefusal(call);
  if (!refusal.empty()) {
    order.reset();
    return plain(refusal);
  }
  may_be_resident = true;
  look();
  // What was not there, or is another since: it may be planned for now.
  if ((unit.IsLater() || why.starts_with(kChanged)) &&
      AskForLateOrder(session, key)) {
    unit = ReadUnitOrder(session, key);
    look();
  }
  if (std::optional<std::string> said = kept && why.empty()
                                            ? TakeObject(call, *kept, colour)
                                            : std::nullopt) {
    WriteAll(STDERR_FILENO, *said);
    event.reason = kTakenObject;
    if (kept->parts) {
      const std::string object = call.ObjectName();
      event.parts_object = object[0] == '/' ? object : folder + "/" + object;
    }
    Report(session, event);
    return 0;
  }
  if (unit.text.empty()) return plain("not planned for");
  if (!unit.reason.empty()) return plain(unit.reason);

  // 1. The chain of nodes, the root first; what the plan knows must be so.
  if (unit.node.empty()) return plain("plan cannot be read");
  const std::vector<Node> chain = LoadChain(session, unit.node);
  if (chain.empty()) return plain("plan cannot be read");
  if (why.empty()) why = WhyStale(chain.back().record, folder);
  if (!why.empty()) return plain(why);
  const PreparedNodes prepared = PrepareNodes(session, chain, folder);
  event.node_us += prepared.cpu_us;
  if (!prepared.why.empty()) return plain(prepared.why);
  std::vector<std::string> sources;
  sources.reserve(chain.size());
  for (const Node& node : chain) sources.push_back(node.source);
  if (prepared.waited) {
    why = WhyStale(*record, folder, &known);
    if (why.empty()) why = WhyStale(chain.back().record, folder);
  }
  if (!why.empty()) return plain(why);

  // 2. The compile. What fails with us is done again without, and then speaks
  //    for itself.
  const std::vector<FileName> names = ParseNames(
      ContentOf(NodeStem(session, unit.node) + ".names").value_or(""));
  std::vector<std::string> words = {argv + 1, argv + argc};
  const std::vector<std::string> more = DebugNameWords(call, names);
  words.insert(words.begin() + 1, more.begin(), more.end());
  words.insert(words.begin() + 1, {"-include-pch", chain.back().pch});
  if (auto plugin = ContentOf(NodeStem(session, unit.node) + ".plugin")) {
    words.insert(words.begin() + 1, "-fplugin=" + *plugin);
  }
  if (colour) words.insert(words.begin() + 1, "-fcolor-diagnostics");
  std::optional<Captured> run = in_parts(words);
  if (!run) run = resident(words);
  if (!run) run = RunCaptured(kSelf, std::move(words));
  if (!run) return plain("diagnostics cannot be kept");
  event.cpu_us += run->usage.cpu_us;
  if (run->usage.exit_code != 0) {
    return plain("failed with its precompiled header");
  }

  // 3. Traces of us are taken out of what the user sees.
  const size_t words_end = AboutWords(run->text, call.words[0], nullptr);
  std::string said = run->text.substr(0, words_end);
  for (const Node& node : chain) {
    said += ContentOf(node.pch + ".log").value_or("");
  }
  said += run->text.substr(words_end);
  said = DiagnosticsWithNames(std::move(said), names);
  if (!said.empty()) {
    int warnings = 0;
    if (known.LoadRest(record->path)) return plain("its record is gone");
    if (TellsADefault(said, known)) {
      return plain("a message tells where a macro is defined");
    }
    std::string text =
        PlainDiagnostics(said, sources, call.source, TraceOf(known), &warnings);
    if (warnings > 0) text += WarningsGenerated(warnings);
    WriteAll(STDERR_FILENO, text);
    said = std::move(text);
  }
  if (!call.dependency_file.empty()) {
    std::optional<std::string> text = ContentOf(call.dependency_file);
    if (!text || WriteFileAtomically(
                     call.dependency_file,
                     PlainDependencies(*text, sources, NamesOf(known.files),
                                       AskedFiles(call, known.files), names))) {
      return plain("dependency file cannot be kept");
    }
  }
  keep(std::move(said));
  event.node = static_cast<int>(ToNumber(unit.node));
  event.reason = "none";
  Report(session, event);
  return 0;
}

}  // namespace

int RunCc(int argc, char** argv) {
  std::string name = argc > 0 ? ShimmedName(argv[0]) : "";
  LeaveShims(name);
  if (name.empty()) return RunCall(argc, argv);
  // In place of the compiler: what is asked of dfe-cc in front of one.
  std::vector<char*> words = {argv[0], name.data()};
  words.insert(words.end(), argv + 1, argv + argc + 1);
  return RunCall(argc + 1, words.data());
}

}  // namespace dfe::dispatch
