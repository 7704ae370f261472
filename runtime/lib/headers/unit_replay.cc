// Replay, names and bans of one file.
#include "dfe/headers/unit_replay.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "dfe/headers/group_words.h"

namespace dfe::headers {

UnitReplay ReplayUnit(const PlannedUnit& unit,
                      const std::vector<std::string>& hidden,
                      const std::vector<HeaderRecord::Leading>& leading) {
  UnitReplay made;
  made.replay = std::make_unique<Replay>(*unit.record);
  made.refusal = made.replay->refusal();
  if (made.refusal.empty()) made.refusal = made.replay->Hide(hidden);
  made.replay->Lead(leading);
  made.names_refusal = unit.names_refusal;
  if (IsC(unit.group) && !HasDebugInfo(unit.group) &&
      made.names_refusal.empty()) {
    made.replay->CountersAreNames();
  }
  for (const HeaderRecord::File& file : unit.record->files) {
    if ((file.flags & kFileTellsNames) != 0 && made.names_refusal.empty()) {
      made.names_refusal = absl::StrCat("relative name, and ", file.name,
                                        " can tell names of files");
    }
  }
  return made;
}

Behind StaysBehind(const Replay& replay, uint32_t file,
                   const std::string& names_refusal,
                   const std::set<std::string>& banned) {
  const HeaderRecord::File& info = replay.record().files[file];
  if (!absl::StartsWith(info.name, "/") && (info.flags & kFileBuiltin) == 0 &&
      replay.entered().front() != file) {
    // Its name has to be put right wherever it shows. __FILE__ is right: the
    // node names it alike. Only when it is entered once more does Clang take
    // the name that the node keeps.
    const bool again = (info.flags & kFileName) != 0 && info.guard.empty() &&
                       (info.flags & kFileOnce) == 0 &&
                       replay.Instances(file) > 1;
    if (again) return {"tells its relative name, and is entered again", true};
    if (!names_refusal.empty()) return {names_refusal, true};
  }
  if (banned.contains(info.name)) return {"banned", true};
  const std::string& why = replay.Immovable(file);
  return {why, absl::EndsWith(why, kOfTheCommandLine)};
}

}  // namespace dfe::headers
