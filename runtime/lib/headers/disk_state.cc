// Times first, then texts.
#include "dfe/headers/disk_state.h"

#include <filesystem>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "dfe/format/envelope.h"

namespace dfe::headers {
namespace fs = std::filesystem;

bool DiskState::Unchanged(const HeaderRecord& record,
                          const std::string& directory) {
  return dispatch::FirstChange(
             record, directory,
             [this](const std::string& path) { return StateOf(path); })
      .empty();
}

bool DiskState::Redate(HeaderRecord* record, const std::string& directory) {
  const absl::Time now = absl::Now();
  for (HeaderRecord::File& file : record->files) {
    if ((file.flags & kFileBuiltin) != 0) continue;
    const std::string path =
        file.name[0] == '/' ? file.name : directory + "/" + file.name;
    const dispatch::PathState state = StateOf(path);
    if (state.kind != ProbeKind::kFile) return false;
    // Of a file that was only asked about nobody knows the text.
    if (file.content == 0) file.bytes = state.bytes;
    if (state.bytes != file.bytes) return false;
    if (state.modified_ns == file.modified_ns) continue;
    if (file.content != 0 && ContentOf(path) != file.content) return false;
    const absl::Time time =
        absl::FromUnixNanos(static_cast<int64_t>(state.modified_ns));
    if (time + kClockTick >= now && time <= now + kClockTick) return false;
    file.modified_ns = state.modified_ns;
  }
  // What the command line includes was asked about before it was read, perhaps
  // by another name.
  absl::flat_hash_map<std::string, uint64_t> times;
  for (HeaderRecord::Probe& probe : record->probes) {
    if (probe.kind != ProbeKind::kFile) continue;
    if (times.empty()) {
      for (const HeaderRecord::File& file : record->files) {
        times.emplace(fs::path(file.name).lexically_normal().string(),
                      file.modified_ns);
      }
    }
    auto read = times.find(fs::path(probe.path).lexically_normal().string());
    if (read != times.end()) probe.modified_ns = read->second;
  }
  return Unchanged(*record, directory);
}

std::vector<std::string> DiskState::Absent(const HeaderRecord& record,
                                           const std::string& directory) {
  std::vector<std::string> absent;
  for (const HeaderRecord::File& file : record.files) {
    if ((file.flags & kFileBuiltin) != 0) continue;
    const std::string path = (fs::path(directory) / file.name).string();
    if (StateOf(path).kind == ProbeKind::kAbsent) {
      absent.push_back(fs::path(path).lexically_normal());
    } else if (file.name == record.main_file &&
               ContentOf(path) != file.content) {
      return {};
    }
  }
  return absent;
}

dispatch::PathState DiskState::StateOf(const std::string& path) {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    auto known = known_.find(path);
    if (known != known_.end()) return known->second;
  }
  const dispatch::PathState state = dispatch::StateOf(path);
  std::lock_guard<std::mutex> lock(mutex_);
  // Who came first is right for all: the time of a text is that from before it
  // was read.
  return known_.emplace(path, state).first->second;
}

std::optional<uint64_t> DiskState::ContentOf(const std::string& path) {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    auto known = contents_.find(path);
    if (known != contents_.end()) return known->second;
  }
  std::optional<uint64_t> content;
  if (const std::optional<std::string> text = dfe::ContentOf(path)) {
    content = HashBytes(*text);
  }
  std::lock_guard<std::mutex> lock(mutex_);
  return contents_.emplace(path, content).first->second;
}

std::optional<KeptRecord> TrueRecord(const std::string& path,
                                     const std::string& identity,
                                     const std::string& directory,
                                     DiskState* disk,
                                     std::vector<std::string>* absent) {
  std::optional<KeptRecord> kept = LoadRecord(path, identity);
  if (!kept || disk->Unchanged(kept->record, directory)) return kept;
  if (absent != nullptr) *absent = disk->Absent(kept->record, directory);
  if (!disk->Redate(&kept->record, directory) || kept->record.LoadRest(path) ||
      kept->record.Save(path, identity)) {
    return std::nullopt;
  }
  return LoadRecord(path, identity);
}

}  // namespace dfe::headers
