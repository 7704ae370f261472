// What one clang or gcc command line asks for, as far as sharing of headers
// needs to know. Starts once for each file, so: no library but dfe_format.
#ifndef DFE_DISPATCH_CC_INVOCATION_H_
#define DFE_DISPATCH_CC_INVOCATION_H_

#include <string>
#include <string_view>
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
  bool only_user_dependencies = false;  // -MMD
  // Why the call is left alone, or "": not one compile of one C or C++ file to
  // an object, or one that has headers put in front already.
  std::string refusal;

  // The words that decide what a header means: all but the source, the output
  // and the dependency file. The compiler is the first.
  std::vector<std::string> flags;

  // The flags among them that decide what the compiler finds by itself: its
  // target, its parts, its own headers. Without those that projects vary from
  // file to file.
  std::vector<std::string> ToolchainWords() const;

  // The object that it makes, also where no word names it: then one in the
  // folder that it is called in.
  std::string ObjectName() const;

  // Why an -include is none of the text in a file, or "": beside the file is a
  // precompiled header of it, which clang's driver takes instead.
  std::string PrecompiledAlready(const std::string& folder) const;

  // Names the call within its folder: equal for the line of
  // compile_commands.json and for what the build system runs, which differ in
  // the words about dependency files.
  std::string Key(const std::string& folder) const;
};

// True for a word of CcInvocation::flags whose value is the next word.
bool TakesNextWord(std::string_view word);

// True for the path of dfe-imports.so, which dfe has Clang load in compiles of
// C++ with debug information (clang-plugin/lib/Imports.cpp). It changes nothing
// but the one compile.
bool IsImportsPlugin(std::string_view path);

// True for programs that run a compiler, or take its object from elsewhere.
bool IsLauncherName(std::string_view name);

// Why no call may have headers put in front under this environment, or "":
// a variable is set that adds search folders or words to what clang was told,
// or that makes it print what a precompiled header would change.
std::string EnvironmentRefusal();

}  // namespace dfe::dispatch

#endif  // DFE_DISPATCH_CC_INVOCATION_H_
