// What compiling costs, for those who plan which headers are parsed once.
#ifndef DFE_HEADERS_COST_MODEL_H_
#define DFE_HEADERS_COST_MODEL_H_

#include <string>

namespace dfe::headers {

// What things cost, in microseconds of CPU time. Fitted to C++ of LLVM 16 under
// Clang 22 (six files of lib/Transforms/Scalar: their #include lines alone,
// then at -O0 and -O3), and for C to Linux 6.1 (348 files at -O2: 256 s, of
// which 140 are left when headers are shared) and vim. Which nodes are worth it
// depends on ratios of the first ones only.
struct CostModel {
  double parse = 4.1;  // a token of a header, once for each file with it
  double own = 110;    // a token of the file itself, with the templates that
                       // it makes instances of and their code
  double optimised = 300;  // likewise, where the compiler optimises
  double c_parse = 0.8;    // the same of C
  double c_own = 10;
  double c_optimised = 25;
  double c_node_us = 50'000;
  double file_us = 50'000;  // starting the compiler
  double build = 1.2;       // of parsing: parse and write a node
  double load = 0.13;       // of parsing: what a file still pays for
  // The same where a warning looks at all that a precompiled header declares
  // (cppcheck's checkassert.cpp with -Weverything: 1.13 s plain, 0.63 with its
  // headers precompiled and without that warning, 0.90 with it).
  double whole_load = 0.65;
  double node_us = 100'000;  // processes and disk of one more node
  // What a file pays for having a node, however small: comparing its record,
  // opening it. curl, 323 files of C, with 5 nodes there: predicted were 3.2 s
  // less of 45, measured 2.2 of 26.
  double use_us = 3'000;
  // Of a group's time, what must be gained at least. Less is within what the
  // model can tell, and trying orders costs more: bash, where 0.1 of 23.7 s was
  // to be gained, took 22.4 s in place of the 19.1 without (plain: 21.5).
  double worth = 0.01;
  double bytes = 75;          // of a node, a token
  double node_bytes = 512e6;  // a chain may not be larger, for memory's sake
  int min_files = 3;          // a node for fewer is not worth its disk
  int max_depth = 4;

  // The model for files of this group (PlannedUnit::group).
  CostModel For(const std::string& group) const;
};

}  // namespace dfe::headers

#endif  // DFE_HEADERS_COST_MODEL_H_
