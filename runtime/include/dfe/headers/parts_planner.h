// Which files are compiled in parts (dfe/dispatch/cc_parts.h), and in how many.
//
// A pure function. A build that has other files for every core gains nothing
// from parts, so by default only a file is planned for that would keep the
// others waiting: one that takes longer than its share of all cores. If it
// takes longer than all other files together, it is compiled in parts in any
// case; if not, only in as many as cores are idle when its front end is done,
// which is asked then (the compile that gets the answer "none" has lost
// nothing).
#ifndef DFE_HEADERS_PARTS_PLANNER_H_
#define DFE_HEADERS_PARTS_PLANNER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace dfe::headers {

// The option `split`.
struct PartsWish {
  bool automatic = true;
  int parts = 0;  // if not automatic; less than 2: none
};
absl::StatusOr<PartsWish> ParsePartsWish(absl::string_view text);

struct PartsUnit {
  std::string refusal;  // why it is not to be planned for, or ""
  int64_t source_bytes = 0;
};

struct PartsChoice {
  int parts = 1;
  bool always = false;
  std::string reason;  // why there are none, or ""
};

// What bytes of a source cost, and what is worth a part, in microseconds of CPU
// time. Fitted to SQLite's amalgamation under -O2.
struct PartsCost {
  double byte_us = 2.3;
  double part_us = 1'500'000;  // a part with less is not worth it
};

std::vector<PartsChoice> PlanParts(const std::vector<PartsUnit>& units,
                                   const PartsWish& wish, int cores,
                                   const PartsCost& cost = {});

}  // namespace dfe::headers

#endif  // DFE_HEADERS_PARTS_PLANNER_H_
