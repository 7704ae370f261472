// Objects of a C or C++ project, kept for its next clean build.
//
// A record (dfe/format/header_record.h) says of which files an object is made,
// with their contents, and how each search for them went. So `dfe build` knows
// the key of an object before anything is preprocessed, and dfe-cc takes it if
// the disk still is as the record says, by the comparison that shared headers
// rest on (record_state.h). For a file that has a key, the session folder holds
//
//   cc/units/KEY.kept   six lines: the path of the kept object, its key, 1 if
//                       it may be made in parts and 0 if not, the number of its
//                       node or -1, the path of the record and the HashName of
//                       that
//
// Orders can be written while the build runs (cc_late.h), and not both at once:
// a kept object is for the order with its node and its record only.
//
// A kept object is an envelope (dfe/format/envelope.h) with the signature
// "dfe-cobj", version 3, the key as identity, and as payload a KeptUnit
// (dfe/format/kept_unit.h): what the compiler said, the dependency file,
// kColoured in place of metadata if it said so in colours, and the object as
// its library. Standard library only.
#ifndef DFE_DISPATCH_CC_KEPT_H_
#define DFE_DISPATCH_CC_KEPT_H_

#include <optional>
#include <string>
#include <string_view>

#include "dfe/dispatch/cc_invocation.h"

namespace dfe::dispatch {

// CcEvent::reason of an object that was taken.
inline constexpr char kTakenObject[] = "taken as kept";

struct KeptOrder {
  std::string path;
  std::string key;
  bool parts = false;
  int node = -1;
  std::string record;
  std::string record_hash;
};
std::string KeptOrderText(const KeptOrder& order);
// Nothing for a text that is none.
std::optional<KeptOrder> ParseKeptOrder(std::string_view text);

// What a compiler writes to standard error.
struct Messages {
  std::string text;
  bool coloured = false;
};

// Writes the object, and the dependency file of a call that wants one, and
// returns what the compiler said when it made it. Nothing if it is not kept, is
// damaged, cannot be written, or was made with messages that are coloured
// otherwise. That the record is true, and that there is no OutputRefusal, has
// been found out before.
std::optional<std::string> TakeObject(const CcInvocation& call,
                                      const KeptOrder& order, bool coloured);

// Keeps what the call just made, unless the compiler may have read what no
// record tells: assembly that names files. That the record is true was found
// out after the compile. A full disk means that it is compiled next time.
void KeepObject(const CcInvocation& call, const std::string& folder,
                const KeptOrder& order, const Messages& messages);

}  // namespace dfe::dispatch

#endif  // DFE_DISPATCH_CC_KEPT_H_
