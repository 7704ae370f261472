// Reading, writing and printing of header records; see the header.
#include "dfe/format/header_record.h"

#include "dfe/format/byte_stream.h"
#include "dfe/format/envelope.h"

namespace dfe {
namespace {

constexpr std::string_view kSignature = "DFEHEADR";
constexpr std::string_view kRestSignature = "DFEHREST";
constexpr uint8_t kLastEvent = static_cast<uint8_t>(HeaderEvent::kDefault);
constexpr uint8_t kLastProbe = static_cast<uint8_t>(ProbeKind::kFile);

// What stands in an event beside its kind.
bool HasSubject(HeaderEvent kind) {
  return kind != HeaderEvent::kExit && kind != HeaderEvent::kCode &&
         kind != HeaderEvent::kCounter;
}
bool IsInclude(HeaderEvent kind) {
  return kind == HeaderEvent::kEnter || kind == HeaderEvent::kSkip;
}
bool HasValue(HeaderEvent kind) {
  return IsInclude(kind) || kind == HeaderEvent::kRead ||
         kind == HeaderEvent::kDefine || kind == HeaderEvent::kName ||
         kind == HeaderEvent::kDefault;
}
bool HasDepth(HeaderEvent kind) {
  return IsInclude(kind) || kind == HeaderEvent::kDefault;
}

void ReadEvents(ByteReader& in, HeaderRecord* record) {
  uint64_t open = 0;
  in.Each("events", [&] {
    HeaderRecord::Event event = {};
    event.kind = static_cast<HeaderEvent>(in.Index("event", kLastEvent + 1));
    switch (event.kind) {
      case HeaderEvent::kEnter:
      case HeaderEvent::kSkip:
        event.subject = in.Index("file", record->files.size());
        event.value = in.Index("route", record->routes.size() + 1);
        event.depth = in.Index("depth", uint64_t{1} << 32);
        break;
      case HeaderEvent::kRead:
      case HeaderEvent::kName:
      case HeaderEvent::kDefine:
      case HeaderEvent::kDefault:
        event.subject = in.Index("macro", record->macros.size());
        event.value = in.Index("definition", record->definitions.size());
        if (event.value == 0 && (event.kind == HeaderEvent::kDefine ||
                                 event.kind == HeaderEvent::kDefault)) {
          in.Fail("definition", "at least 1", "0");
        }
        if (event.kind == HeaderEvent::kDefault) {
          event.depth = in.Index("macro", record->macros.size());
        }
        break;
      case HeaderEvent::kUndefine:
        event.subject = in.Index("macro", record->macros.size());
        break;
      case HeaderEvent::kPragma:
        event.subject = in.Index("pragma", record->pragmas.size());
        break;
      case HeaderEvent::kExit:
      case HeaderEvent::kCode:
      case HeaderEvent::kCounter:
        break;
    }
    // One main file, and all else inside of it.
    if (event.kind == HeaderEvent::kEnter) {
      if (open == 0 && !record->events.empty()) {
        in.Fail("event", "nothing after the main file", "an enter");
      }
      ++open;
    } else if (open == 0) {
      in.Fail("event", "an enter", "another");
    } else if (event.kind == HeaderEvent::kExit) {
      --open;
    }
    record->events.push_back(event);
  });
  if (open != 0) in.Fail("events", "an exit for every enter", "fewer");
}

std::string FlagNames(uint32_t flags) {
  static constexpr const char* kNames[] = {
      "once",    "system",      "date",           "counter",
      "file",    "place",       "has_include",    "include_next",
      "builtin", "tells_names", "counter_number", "asked"};
  std::string out;
  for (size_t i = 0; i < std::size(kNames); ++i) {
    if ((flags >> i & 1) != 0) out += std::string(" ") + kNames[i];
  }
  return out;
}

}  // namespace

namespace {

FormatError Corrupt(std::string_view where, const std::string& what) {
  return {FormatErrorKind::kCorrupt,
          "cannot read: " + std::string(where) + ": " + what};
}

std::optional<FormatError> Fault(ByteReader& in, std::string_view where) {
  if (!in.failed() && !in.at_end()) in.Fail("payload", "its end", "more bytes");
  if (in.failed()) return Corrupt(where, in.error);
  return std::nullopt;
}

// Fills in what the frame `bytes` holds; leaves `*record` in any state if it
// cannot.
std::optional<FormatError> ParseRest(std::string_view bytes,
                                     std::string_view where,
                                     HeaderRecord* record) {
  auto opened =
      OpenEnvelope(bytes, where, kRestSignature, HeaderRecord::kVersion, "");
  if (auto* error = std::get_if<FormatError>(&opened)) return std::move(*error);
  const std::string_view payload = std::get<Envelope>(opened).payload;
  if (HashBytes(payload) != record->rest->hash) {
    return Corrupt(
        where,
        "second frame: expected the one that the first is of, got another");
  }
  ByteReader in(payload);
  in.Each("macros", [&] { record->macros.push_back(in.Text("macro")); });
  record->definitions.clear();
  in.Each("definitions",
          [&] { record->definitions.push_back(in.Number("definition")); });
  if (record->definitions.empty() || record->definitions[0] != 0) {
    in.Fail("definitions", "0 as the first", "another");
  }
  in.Each("pragmas", [&] { record->pragmas.push_back(in.Text("pragma")); });
  const std::vector<uint32_t>& lines = record->rest->lines;
  in.Each("routes", [&] {
    HeaderRecord::Route route;
    route.spelled = in.Text("route");
    route.flags = in.Index("route flags", kAllRouteFlags + 1);
    route.search = in.Index("search folder", record->search_folders.size() + 1);
    if (record->routes.size() < lines.size()) {
      route.line = lines[record->routes.size()];
    }
    record->routes.push_back(std::move(route));
  });
  if (record->routes.size() != lines.size()) {
    in.Fail("routes", std::to_string(lines.size()),
            std::to_string(record->routes.size()));
  }
  in.Each("leading macros", [&] {
    HeaderRecord::Leading leading;
    leading.macro = in.Text("macro");
    leading.line = in.Text("line");
    record->leading.push_back(std::move(leading));
  });
  ReadEvents(in, record);
  record->rest.reset();
  return Fault(in, where);
}

std::string RestPayload(const HeaderRecord& record) {
  ByteWriter out;
  auto text = [&out](const std::string& item) { out.Text(item); };
  out.Each(record.macros, text);
  out.Each(record.definitions, [&out](uint64_t hash) { out.Number(hash); });
  out.Each(record.pragmas, text);
  out.Each(record.routes, [&out](const HeaderRecord::Route& route) {
    out.Text(route.spelled);
    out.Number(route.flags);
    out.Number(route.search);
  });
  out.Each(record.leading, [&out](const HeaderRecord::Leading& line) {
    out.Text(line.macro);
    out.Text(line.line);
  });
  out.Each(record.events, [&out](const HeaderRecord::Event& event) {
    out.Number(static_cast<uint64_t>(event.kind));
    if (HasSubject(event.kind)) out.Number(event.subject);
    if (HasValue(event.kind)) out.Number(event.value);
    if (HasDepth(event.kind)) out.Number(event.depth);
  });
  return std::move(out.out);
}

}  // namespace

std::string SealHeaderRecord(std::string_view identity, std::string_view head,
                             std::string_view rest) {
  ByteWriter out;
  out.out = head;
  out.Number(HashBytes(rest));
  return SealEnvelope(kSignature, HeaderRecord::kVersion, identity, out.out) +
         SealEnvelope(kRestSignature, HeaderRecord::kVersion, identity, rest);
}

std::variant<HeaderRecord, FormatError> HeaderRecord::Load(
    const std::string& path, std::string_view expected_identity) {
  auto bytes = ReadFile(path);
  if (auto* error = std::get_if<FormatError>(&bytes)) return std::move(*error);
  return Parse(std::get<std::string>(bytes), path, expected_identity);
}

std::variant<HeaderRecord, FormatError> HeaderRecord::Parse(
    std::string_view bytes, std::string_view where,
    std::string_view expected_identity) {
  const size_t head = FirstFrameSize(bytes);
  auto parsed = ParseHead(bytes.substr(0, head), where, expected_identity);
  if (auto* record = std::get_if<HeaderRecord>(&parsed)) {
    if (auto error = ParseRest(bytes.substr(head), where, record)) {
      return *std::move(error);
    }
  }
  return parsed;
}

std::variant<HeaderRecord, FormatError> HeaderRecord::LoadHead(
    const std::string& path, std::string_view expected_identity,
    std::string* name) {
  auto frame = ReadFirstFrame(path);
  if (auto* error = std::get_if<FormatError>(&frame)) return std::move(*error);
  const std::string& bytes = std::get<std::string>(frame);
  if (name != nullptr) *name = HashName(bytes);
  return ParseHead(bytes, path, expected_identity);
}

std::variant<HeaderRecord, FormatError> HeaderRecord::ParseHead(
    std::string_view frame, std::string_view where,
    std::string_view expected_identity) {
  auto opened =
      OpenEnvelope(frame, where, kSignature, kVersion, expected_identity);
  if (auto* error = std::get_if<FormatError>(&opened)) return std::move(*error);
  ByteReader in(std::get<Envelope>(opened).payload);
  HeaderRecord record;
  record.main_file = in.Text("main file");
  in.Each("search folders",
          [&] { record.search_folders.push_back(in.Text("search folder")); });
  in.Each("files", [&] {
    File file;
    file.name = in.Text("file name");
    file.flags = in.Index("file flags", kAllFileFlags + 1);
    file.bytes = in.Number("bytes");
    file.content = in.Number("content hash");
    file.modified_ns = in.Number("modification time");
    file.guard = in.Text("guard");
    file.tokens = in.Number("tokens");
    file.own_us = in.Number("time");
    file.instantiations = in.Number("instantiations");
    file.asked = in.Number("asked");
    record.files.push_back(std::move(file));
  });
  in.Each("probes", [&] {
    Probe probe;
    probe.path = in.Text("probe");
    probe.kind = static_cast<ProbeKind>(in.Index("kind", kLastProbe + 1));
    if (probe.kind == ProbeKind::kFile) {
      probe.bytes = in.Number("bytes");
      probe.modified_ns = in.Number("modification time");
    }
    record.probes.push_back(std::move(probe));
  });
  record.rest.emplace();
  in.Each("lines", [&] {
    record.rest->lines.push_back(in.Index("line", uint64_t{1} << 32));
  });
  record.rest->hash = in.Number("hash of the second frame");
  if (auto error = Fault(in, where)) return *std::move(error);
  return record;
}

std::optional<FormatError> HeaderRecord::LoadRest(const std::string& path) {
  if (!rest) return std::nullopt;
  auto bytes = ReadFile(path);
  if (auto* error = std::get_if<FormatError>(&bytes)) return std::move(*error);
  std::string_view frame = std::get<std::string>(bytes);
  frame.remove_prefix(FirstFrameSize(frame));
  HeaderRecord whole = *this;
  if (auto error = ParseRest(frame, path, &whole)) return error;
  *this = std::move(whole);
  return std::nullopt;
}

uint64_t HeaderRecord::RestHash() const {
  return rest ? rest->hash : HashBytes(RestPayload(*this));
}

std::optional<FormatError> HeaderRecord::Save(const std::string& path,
                                              std::string_view identity) const {
  return WriteFileAtomically(path, Serialize(identity));
}

std::string HeaderRecord::Serialize(std::string_view identity) const {
  ByteWriter out;
  out.Text(main_file);
  out.Each(search_folders, [&out](const std::string& item) { out.Text(item); });
  out.Each(files, [&out](const File& file) {
    out.Text(file.name);
    out.Number(file.flags);
    out.Number(file.bytes);
    out.Number(file.content);
    out.Number(file.modified_ns);
    out.Text(file.guard);
    out.Number(file.tokens);
    out.Number(file.own_us);
    out.Number(file.instantiations);
    out.Number(file.asked);
  });
  out.Each(probes, [&out](const Probe& probe) {
    out.Text(probe.path);
    out.Number(static_cast<uint64_t>(probe.kind));
    if (probe.kind != ProbeKind::kFile) return;
    out.Number(probe.bytes);
    out.Number(probe.modified_ns);
  });
  out.Each(routes, [&out](const Route& route) { out.Number(route.line); });
  return SealHeaderRecord(identity, out.out, RestPayload(*this));
}

std::string HeaderRecord::Dump(bool with_costs) const {
  std::string out = "main " + main_file + "\n";
  for (const std::string& folder : search_folders) {
    out += "search " + folder + "\n";
  }
  for (const File& file : files) {
    out += "file " + file.name + FlagNames(file.flags);
    if (!file.guard.empty()) out += " guard=" + file.guard;
    out += " bytes=" + std::to_string(file.bytes);
    out += " tokens=" + std::to_string(file.tokens);
    out += " instantiations=" + std::to_string(file.instantiations);
    if (with_costs) {
      out += " us=" + std::to_string(file.own_us);
      out += " modified=" + std::to_string(file.modified_ns);
      if (file.asked != 0) out += " asked=" + std::to_string(file.asked);
    }
    out += '\n';
  }
  for (const Probe& probe : probes) {
    static constexpr const char* kKinds[] = {"absent ", "folder ", "asked "};
    if (with_costs)
      out += kKinds[static_cast<int>(probe.kind)] + probe.path + "\n";
  }
  for (const Leading& line : leading) out += "leading " + line.line + "\n";
  size_t indent = 0;
  for (const Event& event : events) {
    if (event.kind == HeaderEvent::kExit) {
      --indent;
      continue;
    }
    out.append(2 * indent, ' ');
    auto include = [&](const char* verb) {
      out += verb + files[event.subject].name;
      if (event.value != 0) {
        const Route& route = routes[event.value - 1];
        const bool angled = (route.flags & kRouteAngled) != 0;
        out += (route.flags & kRouteNext) != 0 ? " by next " : " by ";
        out += (angled ? "<" : "\"") + route.spelled + (angled ? ">" : "\"");
        if (with_costs) out += " line " + std::to_string(route.line);
        if (route.search != 0) out += " in " + search_folders[route.search - 1];
      }
      if (event.depth / kDepthBracket != 0) {
        out += " depth " + std::to_string(event.depth / kDepthBracket);
      }
      if (event.depth % kDepthBracket != 0) {
        out += " linkage " + std::to_string(event.depth % kDepthBracket);
      }
    };
    auto macro = [&](const char* verb) { out += verb + macros[event.subject]; };
    switch (event.kind) {
      case HeaderEvent::kEnter:
        include("enter ");
        ++indent;
        break;
      case HeaderEvent::kSkip:
        include("skip ");
        break;
      case HeaderEvent::kRead:
      case HeaderEvent::kName:
        macro(event.kind == HeaderEvent::kRead ? "read " : "name ");
        out += event.value == 0 ? " undefined"
                                : " #" + std::to_string(event.value);
        break;
      case HeaderEvent::kDefine:
        macro("define ");
        out += " #" + std::to_string(event.value);
        break;
      case HeaderEvent::kDefault:
        macro("default ");
        out += " #" + std::to_string(event.value);
        if (event.depth != event.subject)
          out += " without " + macros[event.depth];
        break;
      case HeaderEvent::kUndefine:
        macro("undefine ");
        break;
      case HeaderEvent::kPragma:
        out += "pragma " + pragmas[event.subject];
        break;
      case HeaderEvent::kCode:
        out += "code";
        break;
      case HeaderEvent::kCounter:
        out += "counter";
        break;
      case HeaderEvent::kExit:
        break;
    }
    out += '\n';
  }
  return out;
}

}  // namespace dfe
