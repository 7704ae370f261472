// Whether records (dfe/format/header_record.h) are still true, asked of the
// disk once for each path: most records of a project name the same ones.
#ifndef DFE_HEADERS_DISK_STATE_H_
#define DFE_HEADERS_DISK_STATE_H_

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "dfe/dispatch/record_state.h"
#include "dfe/format/header_record.h"
#include "dfe/headers/scan.h"

namespace dfe::headers {

// The disk as it was when a path was asked for first. For any number of
// threads.
class DiskState {
 public:
  // True if all is what it was, times included.
  bool Unchanged(const HeaderRecord& record, const std::string& directory);

  // Gives the files of a record the times that they have now. True if all of
  // them still have the very text, and every other path is what it was: then
  // the record is as a scan would make it now, as in a new checkout of the same
  // sources. False, with the record in an unknown state, if something else
  // changed, or was written so shortly ago that one more change could leave the
  // same time.
  bool Redate(HeaderRecord* record, const std::string& directory);

  // The files of a record that are not there, if its main file has still the
  // very text: what a build makes, and a clean one has yet to make. Absolute
  // paths.
  std::vector<std::string> Absent(const HeaderRecord& record,
                                  const std::string& directory);

 private:
  dispatch::PathState StateOf(const std::string& path);
  // XXH3 of the text, or nothing if it cannot be read.
  std::optional<uint64_t> ContentOf(const std::string& path);

  std::mutex mutex_;
  absl::flat_hash_map<std::string, dispatch::PathState> known_;
  absl::flat_hash_map<std::string, std::optional<uint64_t>> contents_;
};

// The record at `path` if it is true, or is with the times of now, which it
// then has there, too. `absent`, if not null, gets what it has and the disk
// does not, see DiskState::Absent.
std::optional<KeptRecord> TrueRecord(
    const std::string& path, const std::string& identity,
    const std::string& directory, DiskState* disk,
    std::vector<std::string>* absent = nullptr);

}  // namespace dfe::headers

#endif  // DFE_HEADERS_DISK_STATE_H_
