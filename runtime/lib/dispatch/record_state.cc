// Compares a record with the disk.
#include "dfe/dispatch/record_state.h"

#include <sys/stat.h>

namespace dfe::dispatch {

PathState StateOf(const std::string& path) {
  struct stat info;
  if (stat(path.c_str(), &info) != 0) return {};
  if (S_ISDIR(info.st_mode)) return {ProbeKind::kFolder};
  return {ProbeKind::kFile, static_cast<uint64_t>(info.st_size),
          static_cast<uint64_t>(info.st_mtim.tv_sec) * 1000000000u +
              static_cast<uint64_t>(info.st_mtim.tv_nsec)};
}

std::string FirstChange(
    const HeaderRecord& record, const std::string& directory,
    const std::function<PathState(const std::string&)>& look) {
  std::string path;
  auto is = [&](const std::string& name, const PathState& expected) {
    const bool absolute = !name.empty() && name[0] == '/';
    path = absolute ? name : directory + "/" + name;
    return look(path) == expected;
  };
  for (const HeaderRecord::File& file : record.files) {
    if ((file.flags & kFileBuiltin) != 0) continue;
    if (!is(file.name, {ProbeKind::kFile, file.bytes, file.modified_ns})) {
      return path;
    }
  }
  for (const HeaderRecord::Probe& probe : record.probes) {
    if (!is(probe.path, {probe.kind, probe.bytes, probe.modified_ns})) {
      return path;
    }
  }
  return "";
}

std::string ProbesText(const HeaderRecord& record) {
  std::string text;
  for (const HeaderRecord::Probe& probe : record.probes) {
    text += probe.path;
    text += '\n';
    text += std::to_string(static_cast<int>(probe.kind));
    if (probe.kind == ProbeKind::kFile) {
      text += ' ' + std::to_string(probe.bytes) + ' ' +
              std::to_string(probe.modified_ns);
    }
    text += '\n';
  }
  return text;
}

}  // namespace dfe::dispatch
