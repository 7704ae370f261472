// The listener of late plans, without a plan: what that makes is tested with a
// compiler, in test/headers.
#include "dfe/headers/late_plans.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "dfe/dispatch/cc_late.h"

namespace dfe::headers {
namespace {

namespace fs = std::filesystem;

class LatePlansTest : public testing::Test {
 protected:
  LatePlansTest() {
    folder_ = fs::temp_directory_path() /
              ("dfe-late-plans-" + std::to_string(getpid()));
    fs::remove_all(folder_);
    fs::create_directories(folder_ / "session" / "cc");
    project_.cache = folder_ / "cache";
  }
  ~LatePlansTest() override { fs::remove_all(folder_); }

  // A file that awaits a header.
  std::string AddUnit(const std::string& source, const std::string& awaits) {
    ProjectUnit unit{folder_, dispatch::CcInvocation({"clang", "-c", source}),
                     "",      "",
                     {},      false,
                     "",      "",
                     {awaits}};
    const std::string key = unit.call.Key(unit.directory);
    project_.units.push_back(std::move(unit));
    return key;
  }

  LatePlansOptions Options() {
    return {(folder_ / "session").string(), 1, /*keep_objects=*/false};
  }

  fs::path folder_;
  Project project_;
};

TEST_F(LatePlansTest, ManyAskAtATime) {
  const std::string known = AddUnit("a.c", folder_ / "made.h");
  LatePlans late(&project_, Options());
  late.Start();
  std::atomic<int> written{0};
  std::vector<std::thread> callers;
  for (int i = 0; i < 8; ++i) {
    callers.emplace_back([&, i] {
      for (int times = 0; times < 20; ++times) {
        written += dispatch::AskForLateOrder(folder_ / "session",
                                             i % 2 == 0 ? known : "0123");
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(written, 0);
  EXPECT_EQ(late.Stop().plans, 0);
  EXPECT_FALSE(dispatch::AskForLateOrder(folder_ / "session", known));
}

TEST_F(LatePlansTest, EndsWithoutBeingAsked) {
  LatePlans late(&project_, Options());
  late.Start();
  LatePlans never_started(&project_, Options());
  EXPECT_EQ(never_started.Stop().plans, 0);
}

TEST_F(LatePlansTest, WithoutAFolderNobodyListens) {
  LatePlansOptions options = Options();
  options.session = folder_ / "nowhere";
  LatePlans late(&project_, options);
  late.Start();
  EXPECT_FALSE(dispatch::AskForLateOrder(options.session, "0123"));
}

}  // namespace
}  // namespace dfe::headers
