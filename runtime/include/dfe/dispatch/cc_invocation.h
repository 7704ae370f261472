// What one clang or gcc command line asks for, as far as sharing of headers
// needs to know. Starts once for each file, so: no library but dfe_format.
#ifndef DFE_DISPATCH_CC_INVOCATION_H_
#define DFE_DISPATCH_CC_INVOCATION_H_

#include <string>
#include <vector>

namespace dfe::dispatch {

class CcInvocation {
 public:
  // `words`: the compiler first. A launcher before it (ccache, distcc) makes
  // the call one that is left alone.
  explicit CcInvocation(std::vector<std::string> words);

  std::vector<std::string> words;
  std::string source;    // the one file that is compiled
  std::string output;    // -o, or ""
  std::string language;  // "c" or "c++"
  // The dependency file that the compiler writes, or "".
  std::string dependency_file;
  // Why the call is left alone, or "": not one compile of one C or C++ file to
  // an object, or one that has headers put in front already.
  std::string refusal;

  // The words that decide what a header means: all but the source, the output
  // and the dependency file. The compiler is the first.
  std::vector<std::string> flags;

  // Names the call within its folder: equal for the line of
  // compile_commands.json and for what the build system runs, which differ in
  // the words about dependency files.
  std::string Key(const std::string& folder) const;
};

}  // namespace dfe::dispatch

#endif  // DFE_DISPATCH_CC_INVOCATION_H_
