// A compiler call as a unit of a project.
#ifndef DFE_HEADERS_PROJECT_CALLS_H_
#define DFE_HEADERS_PROJECT_CALLS_H_

#include <map>
#include <string>

#include "dfe/headers/compile_db.h"
#include "dfe/headers/project.h"

namespace dfe::headers {

// What a compiler says of itself.
struct CompilerFacts {
  // The line with its version, or "" if it is no Clang that the plugin was
  // tested in.
  std::string identity;
  // Hash of what it finds without being told: configuration files, the GCC
  // whose headers it takes, its own search folders, what `native` is.
  std::string setup;
  std::string refusal;
};

// Asks each compiler once for all calls that it would answer alike.
class CallLoader {
 public:
  // The unit, with the reason if it is not to be planned for: `refusal`, if
  // that is not "". No record yet.
  ProjectUnit Load(CompileCommand command, const std::string& refusal);

 private:
  const CompilerFacts& FactsOf(const ProjectUnit& unit);

  std::map<std::string, CompilerFacts> known_;
};

}  // namespace dfe::headers

#endif  // DFE_HEADERS_PROJECT_CALLS_H_
