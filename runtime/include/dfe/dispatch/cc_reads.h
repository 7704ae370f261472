// What one compile read, without the preprocessor's help: the files are those
// of the dependency file that the compiler wrote beside the object, and whether
// it would read the same ones again is told by their contents and by what else
// a search for their names could come upon.
//
// A compile that is given the same words, and finds the same contents, asks for
// the same names in the same order, up to the first search that ends elsewhere.
// A search for NAME looks at FOLDER/NAME, for the folder of the file that asks
// and for those of the words and of the compiler. So nothing ends elsewhere as
// long as the same of all FOLDER/NAME exist, for every folder and for every
// name that a text can ask for: what stands behind `#include` and in
// `__has_include()`, in branches not taken too, and, where a macro stands for
// the name, behind any `#define` and each end of a path that was read
// ("bits/types.h" and "types.h"). Texts of which that cannot be said are
// refused. Words are looked for as they are written: __DATE__ or __has_include
// put together by ## or over two lines is not seen, as with ccache.
//
// ccache's direct mode compares contents alone, and its depend mode takes the
// files from where we do (ccache's manual); a header that appears in a folder
// that is searched earlier is not noticed there.
#ifndef DFE_DISPATCH_CC_READS_H_
#define DFE_DISPATCH_CC_READS_H_

#include <string>
#include <string_view>
#include <vector>

#include "dfe/format/kept_unit.h"

namespace dfe::dispatch {

// True for a text that can make the assembler, or the compiler behind the
// preprocessor, read files that are no headers: a directive in assembly, or
// #embed. What stands in a comment can not.
bool ReadsMoreFiles(std::string_view text);

// Adds the names that a text asks for to `names`; `*of_macros` becomes true if
// it includes what a macro names. Returns why they cannot be told, or why the
// same text can mean something else tomorrow, or "".
std::string NamesAskedFor(std::string_view text,
                          std::vector<std::string>* names, bool* of_macros);

// What a search for `names`, or for an end of a path of `files`, finds in
// `folders` and in those of the files, the files themselves aside: sorted
// paths. A relative path is one of the current folder.
std::vector<std::string> FoundBySearches(
    const std::vector<KeptObject::File>& files,
    const std::vector<std::string>& names,
    const std::vector<std::string>& folders);

// Fills files, names and found of `object` from the paths of a dependency file.
// `names` are those that macros of the command line stand for. Returns why it
// cannot, or "".
std::string RecordReads(const std::vector<std::string>& paths,
                        const std::vector<std::string>& folders,
                        const std::vector<std::string>& names,
                        KeptObject* object);

// True if a compile would read the same now.
bool ReadsTheSame(const KeptObject& object,
                  const std::vector<std::string>& folders);

}  // namespace dfe::dispatch

#endif  // DFE_DISPATCH_CC_READS_H_
