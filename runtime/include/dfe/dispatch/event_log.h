// What the dispatches of one build report to `dfe build`.
//
// `events` in the session folder: one line for each unit, appended with a
// single write (O_APPEND), so that parallel dispatches cannot tear each
// other's lines. Fields are separated by tabs, the first is the format's
// version, "4". A line that does not parse is counted and passed over.
#ifndef DFE_DISPATCH_EVENT_LOG_H_
#define DFE_DISPATCH_EVENT_LOG_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dfe::dispatch {

inline constexpr char kReused[] = "reused";

struct UnitEvent {
  std::string crate;     // --crate-name
  std::string unit;      // -C metadata: tells equal crate names apart
  std::string kind;      // library, leaf, foreign, host
  std::string strategy;  // Name(Strategy), or kReused: nothing was compiled
  std::string reason;    // Name(Reason); "none" when not plain
  int exit_code = 0;
  bool needs_rebuild = false;
  int64_t wall_us = 0;
  int64_t cpu_us = 0;
  int64_t idle_us = 0;  // of all cores, while the compiler ran
  int64_t peak_rss_kib = 0;
  int64_t own_us = 0;    // dispatch's own time before the compiler started
  std::string artifact;  // of a leaf: what the linker wrote
  std::string map_file;  // of a leaf: the linker's map, or empty
  std::string leaf;      // of a leaf: RustcInvocation::LeafName
  std::string kept;      // of a library: UnitResult::kept, or empty
};

std::string Render(const UnitEvent& event);
std::optional<UnitEvent> ParseEvent(std::string_view line);

// Appends; false if it could not be written (a full disk must not break a
// build: the caller goes on).
bool AppendEvent(const std::string& session, const UnitEvent& event);

struct EventLog {
  std::vector<UnitEvent> events;
  int damaged_lines = 0;
};
EventLog ReadEvents(const std::string& session);

}  // namespace dfe::dispatch

#endif  // DFE_DISPATCH_EVENT_LOG_H_
