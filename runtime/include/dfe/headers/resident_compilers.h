// The resident compilers of a build: see dfe/format/resident_call.h.
#ifndef DFE_HEADERS_RESIDENT_COMPILERS_H_
#define DFE_HEADERS_RESIDENT_COMPILERS_H_

#include <string>
#include <vector>

#include "dfe/headers/project.h"

namespace dfe::headers {

// Started processes; they end with this, or with the process that has it.
class ResidentCompilers {
 public:
  ResidentCompilers() = default;
  ResidentCompilers(const ResidentCompilers&) = delete;
  ResidentCompilers& operator=(const ResidentCompilers&) = delete;
  ~ResidentCompilers();

  // Whether Start would start any.
  static bool AreWanted(const Project& project);

  // Starts one for each program that compiles some of the project's files, with
  // its socket in the folder of the session. One that cannot be started is
  // missing: dfe-cc runs the program itself then, as it does for all that a
  // resident compiler refuses.
  void Start(const Project& project, const std::string& session);

  // The same where nothing is known of the project yet: for the Clang that is
  // found by its usual names, if there is one.
  void StartUsual(const std::string& session);

 private:
  void StartAll(const std::vector<std::string>& programs,
                const std::string& session);
  // One for the program, which listens in `folder`.
  void StartOne(const std::string& program, const std::string& folder);

  std::vector<int> pids_;
  std::vector<int> pipes_;  // write ends; each closed ends a compiler
};

}  // namespace dfe::headers

#endif  // DFE_HEADERS_RESIDENT_COMPILERS_H_
