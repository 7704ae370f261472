// Asking before, while and after it is known, and what is no answer.
#include "dfe/dispatch/linker_answer.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <future>
#include <memory>
#include <string>

namespace dfe::dispatch {
namespace {

namespace fs = std::filesystem;

class LinkerAnswerTest : public testing::Test {
 protected:
  void SetUp() override {
    session_ =
        fs::temp_directory_path() / ("dfe-linker-" + std::to_string(getpid()));
    fs::remove_all(session_);
    fs::create_directories(session_);
  }
  void TearDown() override { fs::remove_all(session_); }

  // What somebody gets who asks now; waits until they have begun to wait.
  std::future<std::optional<bool>> Ask() {
    auto asked = std::async(std::launch::async, AwaitLinkerAnswer, session_);
    EXPECT_EQ(asked.wait_for(std::chrono::milliseconds(50)),
              std::future_status::timeout);
    return asked;
  }

  std::string session_;
};

TEST_F(LinkerAnswerTest, SaidBeforeOrWhileSomebodyWaits) {
  for (const bool works : {true, false}) {
    LinkerAnswer answer(session_);
    std::future<std::optional<bool>> first = Ask();
    std::future<std::optional<bool>> second = Ask();
    answer.Say(works);
    EXPECT_EQ(first.get(), works);
    EXPECT_EQ(second.get(), works);
    EXPECT_EQ(AwaitLinkerAnswer(session_), works);
  }
}

TEST_F(LinkerAnswerTest, WhoGoesWithoutAWordEndsTheWait) {
  auto answer = std::make_unique<LinkerAnswer>(session_);
  std::future<std::optional<bool>> asked = Ask();
  answer.reset();
  EXPECT_EQ(asked.get(), std::nullopt);
}

TEST_F(LinkerAnswerTest, AnythingElseIsNone) {
  EXPECT_EQ(AwaitLinkerAnswer(session_), std::nullopt);
  for (const char* text :
       {"", "works", "work\n", "works\nworks\n", "vorks\n"}) {
    std::ofstream(session_ + "/linker") << text;
    EXPECT_EQ(AwaitLinkerAnswer(session_), std::nullopt) << text;
  }
}

TEST_F(LinkerAnswerTest, NoFolderNoWait) {
  fs::remove_all(session_);
  LinkerAnswer answer(session_);
  answer.Say(true);
  EXPECT_EQ(AwaitLinkerAnswer(session_), std::nullopt);
}

}  // namespace
}  // namespace dfe::dispatch
