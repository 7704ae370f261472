// The headers of each C or C++ project that `dfe verify` found to change an
// object. A ban says that sharing a header made a wrong program, so it outlives
// all that can be made again: neither `dfe clean headers` nor pruning removes
// one, only `dfe clean bans` and `dfe clean all` do. Bans that begin with
// kNoLine (dfe/headers/header_planner.h) say no more than that a header does
// not compile by itself; they are here because the plan reads both.
//
// File: bans/<HashName of the project's folder>.bans below the cache root, the
// frame of dfe/format/envelope.h with signature "DFEHBANS", version 1, the
// project's folder as the identity, and as payload the name of each header,
// every one ended by a zero byte. A project without a file has no bans. One
// that cannot be read is no project without bans: whoever asks gets the error.
#ifndef DFE_STORE_HEADER_BANS_H_
#define DFE_STORE_HEADER_BANS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace dfe::store {

// `root` is the cache root, `project` the folder of compile_commands.json.
absl::StatusOr<std::vector<std::string>> LoadHeaderBans(
    const std::string& root, const std::string& project);

// Adds one to what is there, also if another process adds one, too.
absl::Status AddHeaderBan(const std::string& root, const std::string& project,
                          const std::string& header);

// Forgets those of a project, whose compile_commands.json is in the folder or
// in its build/ ("": of all projects). How many there were; a file that cannot
// be read counts as one.
absl::StatusOr<int64_t> ClearHeaderBans(const std::string& root,
                                        const std::string& project);

}  // namespace dfe::store

#endif  // DFE_STORE_HEADER_BANS_H_
