// Helpers of the store's tests: a folder of their own, records to fill in.
#ifndef DFE_TEST_STORE_TESTING_H_
#define DFE_TEST_STORE_TESTING_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "dfe/base/options.h"
#include "dfe/store/store.h"

namespace dfe::store {

// A new folder, removed with all that is in it.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  const std::string& path() const { return path_; }
  std::string operator/(absl::string_view name) const;

 private:
  std::string path_;
};

void WriteText(const std::string& path, absl::string_view text);
std::string ReadText(const std::string& path);
bool Exists(const std::string& path);  // a link counts, wherever it points

// Of project "/p", profile "release", strategy "late", exit code 0.
BuildRecord Build(int64_t wall_us = 1000, int64_t cpu_us = 2000);
dispatch::UnitEvent Unit(const std::string& crate, int64_t cpu_us,
                         const std::string& strategy = "late");

// Runs it in another process, without the rights of root; true if it returned
// true there. Failed expectations there are printed, not counted.
bool InChild(const std::function<bool()>& body);

// The words as `dfe COMMAND …` would parse them, with the options that all
// commands have.
absl::StatusOr<ParsedOptions> Parse(const std::vector<std::string>& words);

}  // namespace dfe::store

#endif  // DFE_TEST_STORE_TESTING_H_
