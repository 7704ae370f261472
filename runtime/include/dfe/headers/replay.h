// Would the headers of a unit mean the same if some of them came first?
//
// A precompiled header puts headers before everything else of a file. A record
// (dfe/format/header_record.h) holds what each header read and what it left
// behind, so the new order can be walked event by event: headers that were kept
// out by their guard may now be entered and the other way round, every macro
// read must see the definition it saw before, every file must start under the
// same #pragma state, the same __COUNTER__ and the same open brackets (system
// headers care neither about warnings or visibility set around them nor about
// an extern "C" there). If all of that holds, the preprocessor makes of each
// header, and of the main file, the same tokens as in the plain compile: by
// induction over the walk, because what a file does next depends on its text
// and on what it has read.
//
// What a header defines only if it is not yet is no read: the walk does it or
// not, as it comes, and who reads the macro later tells whether it matters.
//
// What the command line puts in front (its macros, its -include files) stays in
// front of all. Only macros that the precompiled header is to be made without,
// because other files have others, come after it: then nothing in front may
// read or change them.
//
// Values of __COUNTER__ may differ in headers where they only end names: in C
// these are names of what no other file sees, and without debug information no
// object has those of variables of functions. (In C++ two files that agree on
// the name of an inline variable have it once.)
//
// Not decided here: whether other order of the same declarations changes what
// they mean. That is what `dfe verify` compares objects for.
#ifndef DFE_HEADERS_REPLAY_H_
#define DFE_HEADERS_REPLAY_H_

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "dfe/format/header_record.h"
#include "dfe/headers/passages.h"

namespace dfe::headers {

// The first thing that would be different.
struct Conflict {
  uint32_t reader = 0;   // the file that would see it
  uint32_t culprit = 0;  // the file to be left out, so that it is not seen
  std::string what;      // "macro X", "#pragma pack", "open brackets", …
};

// How the reason ends for a file that reads a hidden macro.
inline constexpr char kOfTheCommandLine[] = " of the command line";

class Replay {
 public:
  // `head`, of which the first frame is enough, must outlive this, and so must
  // `passages`; `whole` is the same record with the second frame. Can be called
  // by several threads at a time.
  Replay(const HeaderRecord& head, const HeaderRecord& whole,
         Passages* passages);

  // Walks the plain order: to be called before anything else, once nobody makes
  // any more of these with the same passages.
  void Learn();

  const HeaderRecord& record() const { return record_; }

  // The precompiled header is to be made without what the command line defines
  // under these names. Returns why that cannot be, or "".
  std::string Hide(const std::vector<std::string>& macros);

  // What the main file says of these macros before its first #include is said
  // in front already.
  void Lead(const std::vector<HeaderRecord::Leading>& lines);

  // What the main file says first, see the format.
  const std::vector<HeaderRecord::Leading>& leading() const { return leading_; }

  // Those of `names` that some header of the unit reads.
  std::set<std::string> ReadByHeaders(const std::set<std::string>& names) const;

  // Values of __COUNTER__ that only end names of a header need not be the same.
  void CountersAreNames() { counters_are_names_ = true; }

  // By file: entered by an -include of the command line.
  const std::vector<bool>& InFront() const { return in_front_; }

  // Why the unit can have no other order at all, or "": its own walk in the
  // plain order did not explain what it read.
  const std::string& refusal() const { return refusal_; }

  // Why a file cannot be moved to the front, or "".
  const std::string& Immovable(uint32_t file) const { return immovable_[file]; }

  // The files that a file includes, entered or kept out, each once.
  const std::vector<uint32_t>& Includes(uint32_t file) const {
    return includes_of_[file];
  }

  // How often a file is entered.
  size_t Instances(uint32_t file) const { return instances_of_[file].size(); }

  // The files in the order in which they were entered first.
  const std::vector<uint32_t>& entered() const { return entered_; }

  // The event that entered a file first: by which route, from which file.
  struct Entry {
    uint32_t includer = 0;
    const HeaderRecord::Route* route = nullptr;  // without its line; or none
  };
  Entry FirstEntry(uint32_t file) const;

  // Walks `first`, in this order, and then the unit. Nothing: all the same.
  // `reached`, if not null, gets by file whether those in front enter it.
  std::optional<Conflict> Reorder(const std::vector<uint32_t>& first,
                                  std::vector<bool>* reached = nullptr) const;

 private:
  // Hashes of the #pragma lines in force. Those about warnings and visibility
  // are apart, because they mean nothing to system headers: these warn of
  // nothing, and declare themselves what is visible.
  struct State {
    uint64_t code = 0;
    uint64_t outside = 0;
    bool Same(const State& other, bool system) const {
      return code == other.code && (system || outside == other.outside);
    }
  };
  // What a step that includes something is in this file.
  struct Include {
    uint32_t file = 0;
    int32_t child = -1;  // the instance that was entered
    uint32_t plain = 0;  // the #pragma lines in force after it, in states_
  };
  struct Instance {
    uint32_t file = 0;
    uint32_t depth = 0;
    uint32_t entry_state = 0;  // in states_
    uint32_t first_include = 0;
    uint32_t first_counter = 0;
    bool circle = false;  // kept out by its guard, being open already
    const Passage* passage = nullptr;
  };
  class Builder;
  class Walk;

  // What the command line defines and includes, or null: nothing.
  const Instance* CommandLine() const;
  void FindImmovable();
  void CloseImmovable();
  bool CounterCounts(uint32_t file) const;

  const HeaderRecord& record_;
  Passages* passages_;
  std::string refusal_;
  std::vector<Instance> instances_;  // the first is the main file
  std::vector<Include> includes_;
  std::vector<uint32_t> counters_;  // values in the plain order
  // The definition that one took the place of in the plain order, by instance
  // (high bits) and step.
  absl::flat_hash_map<uint64_t, uint32_t> replaced_;
  std::vector<State> states_;                        // that the plain order has
  std::vector<std::vector<uint32_t>> instances_of_;  // by file
  std::vector<std::string> immovable_;
  std::vector<bool> early_;  // by file: entered before the main file's own text
  bool counters_are_names_ = false;
  std::vector<bool> in_front_;
  std::vector<uint32_t> guards_;  // by file: macro; ~0: none
  std::vector<uint32_t> hidden_;  // macros
  std::vector<uint32_t> led_;     // macros
  std::vector<HeaderRecord::Leading> leading_;
  std::vector<std::vector<uint32_t>> includes_of_;  // by file
  std::vector<uint32_t> entered_;
  struct First {
    uint32_t includer = 0;
    uint32_t route = 0;  // of the passages, + 1; 0 = none
    bool known = false;
  };
  std::vector<First> first_entry_;
};

}  // namespace dfe::headers

#endif  // DFE_HEADERS_REPLAY_H_
