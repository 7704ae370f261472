// Dependency files as the plain compile writes them.
#ifndef DFE_DISPATCH_CC_DEPENDENCIES_H_
#define DFE_DISPATCH_CC_DEPENDENCIES_H_

#include <string>
#include <string_view>
#include <vector>

#include "dfe/dispatch/cc_names.h"

namespace dfe::dispatch {

// A dependency file that Clang wrote with a precompiled header, without the
// sources of precompiled headers, with the names of the plain compile, each
// once, and in its order: some readers take the first for the source (the
// kernel's fixdep does). `order` has the names of the files in the order in
// which the plain compile meets them; others stay behind what they follow (a
// second name of a file), or in front of all, as what other options name.
// `asked` are those of them that a __has_include found: Clang lists these,
// too, but forgets them in a precompiled header. Lines are broken where Clang
// breaks them. What does not look like a rule and the lines of -MP is given
// back as it is.
std::string PlainDependencies(std::string_view text,
                              const std::vector<std::string>& node_sources,
                              const std::vector<std::string>& order,
                              const std::vector<std::string>& asked = {},
                              const std::vector<FileName>& names = {});

// The names that the first rule of a dependency file depends on, as a Clang or
// GCC wrote them; none if there is no rule.
std::vector<std::string> NamesInDependencies(std::string_view text);

}  // namespace dfe::dispatch

#endif  // DFE_DISPATCH_CC_DEPENDENCIES_H_
