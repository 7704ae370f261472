// The model of C++, and what other languages and words make of it.
#include "dfe/headers/cost_model.h"

#include <algorithm>

#include "dfe/headers/group_words.h"

namespace dfe::headers {

CostModel CostModel::For(const std::string& group) const {
  CostModel own = *this;
  if (IsC(group)) {
    own.parse = c_parse;
    own.own = c_own;
    own.optimised = c_optimised;
    own.node_us = std::min(node_us, c_node_us);
  }
  if (LooksAtAllDeclarations(group)) own.load = whole_load;
  return own;
}

}  // namespace dfe::headers
