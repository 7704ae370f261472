// Writing and reading of the event log; the format is in the header.
#include "dfe/dispatch/event_log.h"

#include <fcntl.h>
#include <unistd.h>

#include <charconv>
#include <cstdio>

namespace dfe::dispatch {
namespace {

constexpr std::string_view kVersion = "4";

std::string Clean(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c == '\t' || c == '\n') c = ' ';
  }
  return out;
}

}  // namespace

std::string Render(const UnitEvent& e) {
  std::string out(kVersion);
  auto text = [&out](std::string_view field) {
    out += '\t';
    out += Clean(field);
  };
  auto number = [&out](int64_t value) {
    out += '\t';
    out += std::to_string(value);
  };
  text(e.crate);
  text(e.unit);
  text(e.kind);
  text(e.strategy);
  text(e.reason);
  number(e.exit_code);
  number(e.needs_rebuild ? 1 : 0);
  number(e.wall_us);
  number(e.cpu_us);
  number(e.idle_us);
  number(e.peak_rss_kib);
  number(e.own_us);
  text(e.artifact);
  text(e.map_file);
  text(e.leaf);
  text(e.kept);
  out += '\n';
  return out;
}

std::optional<UnitEvent> ParseEvent(std::string_view line) {
  std::vector<std::string_view> fields;
  while (true) {
    size_t tab = line.find('\t');
    fields.push_back(line.substr(0, tab));
    if (tab == std::string_view::npos) break;
    line.remove_prefix(tab + 1);
  }
  if (fields.size() != 17 || fields[0] != kVersion) return std::nullopt;
  UnitEvent e;
  e.crate = fields[1];
  e.unit = fields[2];
  e.kind = fields[3];
  e.strategy = fields[4];
  e.reason = fields[5];
  int64_t numbers[7];
  for (size_t i = 0; i < 7; ++i) {
    std::string_view f = fields[6 + i];
    auto [end, error] =
        std::from_chars(f.data(), f.data() + f.size(), numbers[i]);
    if (error != std::errc() || end != f.data() + f.size()) return std::nullopt;
  }
  e.exit_code = static_cast<int>(numbers[0]);
  e.needs_rebuild = numbers[1] != 0;
  e.wall_us = numbers[2];
  e.cpu_us = numbers[3];
  e.idle_us = numbers[4];
  e.peak_rss_kib = numbers[5];
  e.own_us = numbers[6];
  e.artifact = fields[13];
  e.map_file = fields[14];
  e.leaf = fields[15];
  e.kept = fields[16];
  return e;
}

bool AppendEvent(const std::string& session, const UnitEvent& event) {
  std::string line = Render(event);
  int fd = open((session + "/events").c_str(),
                O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
  if (fd < 0) return false;
  ssize_t n = write(fd, line.data(), line.size());
  close(fd);
  return n == static_cast<ssize_t>(line.size());
}

EventLog ReadEvents(const std::string& session) {
  EventLog log;
  FILE* file = std::fopen((session + "/events").c_str(), "re");
  if (file == nullptr) return log;
  std::string line;
  int c;
  while ((c = std::fgetc(file)) != EOF) {
    if (c != '\n') {
      line.push_back(static_cast<char>(c));
      continue;
    }
    std::optional<UnitEvent> event = ParseEvent(line);
    if (event) {
      log.events.push_back(std::move(*event));
    } else {
      ++log.damaged_lines;
    }
    line.clear();
  }
  if (!line.empty()) ++log.damaged_lines;
  std::fclose(file);
  return log;
}

}  // namespace dfe::dispatch
