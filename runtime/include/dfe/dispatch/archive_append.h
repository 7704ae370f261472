// Adds lazily linked members to a static archive (an rlib).
//
// lld looks for symbols in the members themselves and takes a member only if
// one of its symbols is undefined, so the archive's index need not know the new
// ones. Format: System V ar, https://man7.org/linux/man-pages/man5/ar.5.html;
// each member is a 60-byte header and its bytes, at an even offset. Names of at
// most 15 characters stand in the header itself.
#ifndef DFE_DISPATCH_ARCHIVE_APPEND_H_
#define DFE_DISPATCH_ARCHIVE_APPEND_H_

#include <string>
#include <vector>

namespace dfe::dispatch {

// Appends the files as members dfe0.bc, dfe1.bc, …. All or nothing: the archive
// is replaced in one step by a copy with the members. False if anything could
// not be read or written, or `archive` is no ar archive; it is untouched then.
bool AppendMembers(const std::string& archive,
                   const std::vector<std::string>& files);

// The files in `folder` whose names end in `suffix`, sorted.
std::vector<std::string> FilesIn(const std::string& folder,
                                 const std::string& suffix);

}  // namespace dfe::dispatch

#endif  // DFE_DISPATCH_ARCHIVE_APPEND_H_
