// What `dfe explain` found out, between finding and printing.
#ifndef DFE_LIB_STORE_EXPLAIN_FACTS_H_
#define DFE_LIB_STORE_EXPLAIN_FACTS_H_

#include <map>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "dfe/store/link_map.h"
#include "dfe/store/store.h"

namespace dfe::store {

struct UnitGroup {
  int64_t units = 0;
  int64_t cpu_us = 0;
};

// Of one crate in one linked program.
struct CrateShare {
  std::string leaf;
  LinkPart part;  // 0 functions: nothing of it is in the program
};

struct SymbolMatch {
  std::string leaf;
  LiveSymbol symbol;
};

struct ExplainFacts {
  std::vector<std::string> warnings;
  BuildRecord build;
  std::vector<BanRecord> bans;
  size_t limit = 0;  // rows of a table; 0 = all

  // Without an argument.
  std::map<std::pair<std::string, std::string>, UnitGroup> groups;
  std::vector<LinkRecord> links;

  // With a crate.
  std::string crate;
  std::vector<dispatch::UnitEvent> crate_units;
  std::map<std::string, UnitCost> costs;  // by strategy
  std::vector<CrateShare> shares;

  // With a symbol.
  std::string symbol;
  std::vector<std::string> leafs;  // whose live symbols are recorded
  std::vector<SymbolMatch> matches;
};

void PrintOverview(const ExplainFacts& facts, bool json, std::ostream& out);
void PrintCrate(const ExplainFacts& facts, bool json, std::ostream& out);
void PrintSymbol(const ExplainFacts& facts, bool json, std::ostream& out);

}  // namespace dfe::store

#endif  // DFE_LIB_STORE_EXPLAIN_FACTS_H_
