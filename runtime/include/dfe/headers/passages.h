// What headers did, each thing once for all files that saw it.
//
// The files of a project read the same headers, and most of these do the same
// in each: the same macros, read and defined alike. A record spells all of it
// out, 60,000 events for a file of a kernel. Here macros, definitions, pragmas,
// routes and whole passages (what one header does, from where it is entered to
// where it is left) have one number or one place for all files, so that a file
// holds only what is its own: which passages, in which order. (The plugin has
// passages of its own, which are shorter: text up to the next #include.)
#ifndef DFE_HEADERS_PASSAGES_H_
#define DFE_HEADERS_PASSAGES_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/node_hash_set.h"
#include "absl/strings/string_view.h"
#include "dfe/format/header_record.h"

namespace dfe::headers {

// An event of a header. Whether an include enters or is kept out, and which
// file it is of, is the file's own (Replay::Include).
struct Step {
  uint32_t kind = 0;     // HeaderEvent; kEnter for each include
  uint32_t subject = 0;  // macro or pragma
  uint32_t value = 0;    // definition
  // Of an include: what its depth is more than that of the includer (modulo
  // 2^32); of a default: the macro that is asked about.
  uint32_t depth = 0;

  HeaderEvent Kind() const { return static_cast<HeaderEvent>(kind); }
  bool operator==(const Step&) const = default;
};
static_assert(sizeof(Step) == 16, "hashed as bytes");

using Passage = std::vector<Step>;

// What a #pragma line does to the lines after it.
struct PragmaEffect {
  enum Kind { kNone, kPush, kPop, kSet } kind = kNone;
  std::string what;
};

// Whether a definition, by its number, takes parameters. 0 is none.
inline bool TakesParameters(uint32_t definition) {
  return (definition & 1) != 0;
}

class Passages {
 public:
  // The numbers of what a record names, by its own numbers.
  struct Numbers {
    std::vector<uint32_t> macros;
    std::vector<uint32_t> definitions;
    std::vector<uint32_t> pragmas;
    std::vector<uint32_t> routes;
  };

  // What a macro is during a walk, by its number.
  struct Slot {
    uint32_t definition = 0;
    uint32_t definer = 0;  // the file that changed it last
    bool touched = false;
    bool marked = false;  // one of those that the walk is about
  };

  // Slots for one walk, all as new; they go back when this ends.
  class Slots {
   public:
    explicit Slots(Passages* of);
    ~Slots();
    Slots(const Slots&) = delete;
    Slots& operator=(const Slots&) = delete;

    const Slot& operator[](uint32_t macro) const { return (*slots_)[macro]; }
    // To be changed.
    Slot& Touch(uint32_t macro) {
      Slot& slot = (*slots_)[macro];
      if (!slot.touched) {
        slot.touched = true;
        touched_.push_back(macro);
      }
      return slot;
    }

   private:
    Passages* of_;
    std::unique_ptr<std::vector<Slot>> slots_;
    std::vector<uint32_t> touched_;
  };

  Passages() = default;
  Passages(const Passages&) = delete;
  Passages& operator=(const Passages&) = delete;

  // These may be called from several threads at a time; all that follows only
  // when nobody adds any more.
  Numbers Add(const HeaderRecord& record);
  // They stay where they are as long as this lives.
  std::vector<const Passage*> Keep(std::vector<Passage> passages);

  const std::string& MacroName(uint32_t macro) const {
    return macro_names_[macro];
  }
  std::optional<uint32_t> FindMacro(absl::string_view name) const;
  const std::string& PragmaText(uint32_t pragma) const {
    return pragmas_[pragma];
  }
  const PragmaEffect& Effect(uint32_t pragma) const { return effects_[pragma]; }
  // Without its line.
  const HeaderRecord::Route& RouteOf(uint32_t route) const {
    return routes_[route];
  }

 private:
  struct HashPassage {
    size_t operator()(const Passage& passage) const;
  };

  std::mutex mutex_;
  absl::flat_hash_map<std::string, uint32_t> macros_;
  std::vector<std::string> macro_names_;
  absl::flat_hash_map<uint64_t, uint32_t> definitions_;
  absl::flat_hash_map<std::string, uint32_t> pragma_numbers_;
  std::vector<std::string> pragmas_;
  std::vector<PragmaEffect> effects_;
  absl::flat_hash_map<std::string, uint32_t> route_numbers_;
  std::vector<HeaderRecord::Route> routes_;
  absl::node_hash_set<Passage, HashPassage> passages_;
  std::vector<std::unique_ptr<std::vector<Slot>>> free_slots_;
};

}  // namespace dfe::headers

#endif  // DFE_HEADERS_PASSAGES_H_
