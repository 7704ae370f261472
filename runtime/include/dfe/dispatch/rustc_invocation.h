// What one rustc command line asks for, and how to change it.
//
// cargo calls `WRAPPER [WORKSPACE_WRAPPER] rustc ARG…`; all words after the
// wrapper are kept in order, so that an unchanged invocation is passed on
// exactly as it came. Standard library only: the dispatch program starts once
// for each unit and must cost less than a millisecond.
#ifndef DFE_DISPATCH_RUSTC_INVOCATION_H_
#define DFE_DISPATCH_RUSTC_INVOCATION_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dfe::dispatch {

class RustcInvocation {
 public:
  // `words` are argv without the wrapper itself: the compiler first. A word
  // `@FILE` is replaced by the lines of FILE, as rustc does; an unreadable
  // file leaves the word in place and clears `complete`.
  explicit RustcInvocation(std::vector<std::string> words);

  std::vector<std::string> words;
  bool complete = true;

  std::string crate_name;                // --crate-name
  std::vector<std::string> crate_types;  // --crate-type, split at ','
  std::vector<std::string> emit;         // --emit kinds, without their paths
  std::string target;                    // --target, empty for the host
  std::string out_dir;
  std::string input;        // the source file
  bool test = false;        // --test
  bool is_compile = false;  // has a crate name and an input; no --print, -vV

  // One option or input with its value, in order. Points into `words`.
  struct Argument {
    std::string_view name;   // "--emit", "-C", or the whole word
    std::string_view value;  // "", if it has none
    bool has_value;
    size_t first;  // index into words
    size_t count;  // 1 for -Cx, 2 for -C x
  };
  std::vector<Argument> Arguments() const;

  bool HasCrateType(std::string_view type) const;
  bool Emits(std::string_view kind) const;

  // The value of -C name[=value], the last one if given more than once.
  // Present without a value: "".
  std::optional<std::string> Codegen(std::string_view name) const;
  // All values of -C name=…, in order (link-arg and the like).
  std::vector<std::string> CodegenAll(std::string_view name) const;
  // Likewise for -Z.
  std::optional<std::string> Unstable(std::string_view name) const;

  // Removes every -C NAME[=…]; true if there was one.
  bool RemoveCodegen(std::string_view name);
  void AddCodegen(std::string_view option);

  // The words that decide which linker runs, in order, joined by '\x1f':
  // two invocations with equal keys run the same linker.
  std::string LinkerKey() const;

  // What tells this program from the others of its project, in all its builds:
  // the crate for a bin; the kind too for a cdylib or an example; for a test
  // harness also the source, because library and program of a package are one
  // crate name; and the target, if one is named.
  std::string LeafName() const;

 private:
  struct Option {
    char kind;         // 'C' or 'Z'
    std::string name;  // '-' for '_'
    std::string value;
    bool has_value;
    size_t first;  // index into words
    size_t count;  // 1 for -Cx, 2 for -C x
  };
  void Scan();

  std::vector<Option> options_;
};

// A name of a leaf or library as that of a file: what is no letter, digit, `_`,
// `-` or `.` becomes `_`, and it is neither empty nor hidden.
std::string AsFileName(std::string_view name);

}  // namespace dfe::dispatch

#endif  // DFE_DISPATCH_RUSTC_INVOCATION_H_
