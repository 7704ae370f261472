// The node's lines are taken out of messages, and the plain compile's put in.
#include "dfe/dispatch/cc_diagnostics.h"

#include <optional>

#include "dfe/dispatch/text_lines.h"

namespace dfe::dispatch {
namespace {

// A line without colours. `*lead` gets those that open it: they often end the
// line before.
std::string Colourless(std::string_view line, std::string* lead) {
  std::string plain;
  for (size_t i = 0; i < line.size(); ++i) {
    if (line[i] != '\033') {
      plain += line[i];
      continue;
    }
    const size_t start = i;
    while (i < line.size() && line[i] != 'm') ++i;
    if (plain.empty()) lead->append(line.substr(start, i + 1 - start));
  }
  return plain;
}

// "3 warnings generated.": the number, or none.
std::optional<int> CountLine(std::string_view line) {
  int count = 0;
  size_t digits = 0;
  while (digits < line.size() && line[digits] >= '0' && line[digits] <= '9') {
    count = 10 * count + (line[digits++] - '0');
  }
  const std::string_view rest = line.substr(digits);
  if (digits == 0 ||
      (rest != " warning generated." && rest != " warnings generated.")) {
    return std::nullopt;
  }
  return count;
}

constexpr std::string_view kFrom = "In file included from ";

// The way to a header as the plain compile shows it, or "" if it is not known.
std::string WayTo(std::string at, const std::vector<TraceLine>& trace) {
  std::string way;
  for (size_t step = 0; step <= trace.size(); ++step) {
    const TraceLine* found = nullptr;
    for (const TraceLine& line : trace) {
      if (line.header == at) found = &line;
    }
    if (found == nullptr) break;
    std::string line(kFrom);
    line.append(found->includer).append(":");
    line.append(std::to_string(found->line)).append(":\n");
    way.insert(0, line);
    at = found->includer;
  }
  return way;
}

}  // namespace

std::string WarningsGenerated(int warnings) {
  return std::to_string(warnings) +
         (warnings == 1 ? " warning generated.\n" : " warnings generated.\n");
}

size_t AboutWords(std::string_view text, std::string_view program,
                  int* warnings) {
  // The driver begins with its name, up to a dot; the compile, which counts its
  // messages, with nothing.
  std::string_view name = program.substr(program.rfind('/') + 1);
  name = name.substr(0, name.rfind('.'));
  const std::string by_driver = std::string(name) + ": ";
  for (std::string_view line : Lines(text)) {
    std::string lead;
    const std::string plain = Colourless(line, &lead);
    const bool counts = StartsWith(plain, "warning: ");
    if (!counts && !StartsWith(plain, by_driver)) {
      // The colours that open this line may close those of the line before.
      return static_cast<size_t>(line.data() - text.data());
    }
    if (counts && warnings != nullptr) ++*warnings;
  }
  return text.size();
}

std::string AboutHeaders(std::string_view text, std::string_view program) {
  int counted = 0;
  text.remove_prefix(AboutWords(text, program, &counted));
  if (counted == 0) return std::string(text);
  std::string out;
  for (std::string_view line : Lines(text)) {
    std::string lead;
    const std::optional<int> count = CountLine(Colourless(line, &lead));
    if (!count) {
      out.append(line) += '\n';
      continue;
    }
    out += lead;
    if (*count > counted) out += WarningsGenerated(*count - counted);
  }
  return out;
}

bool SpeaksOf(std::string_view text, const std::string& source) {
  for (std::string_view line : Lines(text)) {
    std::string ignored;
    if (Colourless(line, &ignored).rfind(source + ":", 0) == 0) return true;
  }
  return false;
}

bool TellsADefault(std::string_view text, const HeaderRecord& record) {
  // "expanded from macro 'X'", "macro 'X' defined here", "'X' redefined".
  std::vector<bool> told(record.macros.size(), false);
  for (const HeaderRecord::Event& event : record.events) {
    if (event.kind != HeaderEvent::kDefault || told[event.subject]) continue;
    told[event.subject] = true;
    if (text.find("'" + record.macros[event.subject] + "'") !=
        std::string_view::npos) {
      return true;
    }
  }
  return false;
}

std::vector<TraceLine> TraceOf(const HeaderRecord& record) {
  std::vector<TraceLine> trace;
  std::vector<uint32_t> stack;
  std::vector<bool> seen(record.files.size(), false);
  for (const HeaderRecord::Event& event : record.events) {
    if (event.kind == HeaderEvent::kExit) stack.pop_back();
    if (event.kind != HeaderEvent::kEnter) continue;
    if (!stack.empty() && !seen[event.subject] && event.value != 0) {
      trace.push_back({record.files[event.subject].name,
                       record.files[stack.back()].name,
                       static_cast<int>(record.routes[event.value - 1].line)});
    }
    seen[event.subject] = true;
    stack.push_back(event.subject);
  }
  return trace;
}

std::string PlainDiagnostics(std::string_view text,
                             const std::vector<std::string>& node_sources,
                             const std::string& main,
                             const std::vector<TraceLine>& trace,
                             int* warnings) {
  std::string out;
  std::vector<std::string_view> lines = Lines(text);
  for (size_t i = 0; i < lines.size(); ++i) {
    std::string lead;
    std::string line = Colourless(lines[i], &lead);
    if (std::optional<int> count = CountLine(line)) {
      *warnings += *count;
      out += lead;
      continue;
    }
    if (line.rfind(kFrom, 0) != 0) {
      out.append(lines[i]) += '\n';
      continue;
    }
    // One way: all its lines, and the line that says what is at its end.
    bool ours = false;
    const size_t first = i;
    for (; i < lines.size() && line.rfind(kFrom, 0) == 0; ++i) {
      for (const std::string& source : node_sources) {
        ours = ours ||
               line.compare(kFrom.size(), source.size() + 1, source + ":") == 0;
      }
      // To the compiler, a precompiled header is in the main file's first line.
      ours = ours || (i == first && line == std::string(kFrom) + main + ":1:");
      std::string ignored;
      if (i + 1 < lines.size()) line = Colourless(lines[i + 1], &ignored);
    }
    const std::string way = ours && i < lines.size()
                                ? WayTo(line.substr(0, line.find(':')), trace)
                                : "";
    if (way.empty()) {
      i = first;
      out.append(lines[i]) += '\n';
      continue;
    }
    out += lead + way;
    out.append(lines[i]) += '\n';
  }
  return out;
}

}  // namespace dfe::dispatch
