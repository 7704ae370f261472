// Turns: who gets one, in which order, and what becomes of those who go.
#include "dfe/build/compile_queue.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "dfe/dispatch/local_socket.h"

namespace dfe {
namespace {

namespace fs = std::filesystem;
using dispatch::CompileTurn;

class CompileQueueTest : public testing::Test {
 protected:
  CompileQueueTest()
      : session_(fs::temp_directory_path() /
                 ("dfe-compile-queue-" + std::to_string(getpid()))) {
    fs::remove_all(session_);
    fs::create_directories(session_);
    setenv("CARGO_PKG_NAME", "p", 1);
    setenv("CARGO_PKG_VERSION", "1.0.0", 1);
  }
  ~CompileQueueTest() override {
    queue_.reset();
    fs::remove_all(session_);
    unsetenv("CARGO_PKG_NAME");
    unsetenv("CARGO_PKG_VERSION");
  }

  // A package's name is its place.
  Environment Start(int cores) {
    queue_ = std::make_unique<CompileQueue>(
        session_, cores, [](const dispatch::TurnRequest& request) {
          return std::atoll(request.name.c_str());
        });
    const absl::StatusOr<Environment> environment = queue_->Start();
    EXPECT_TRUE(environment.ok()) << environment.status();
    return environment.ok() ? *environment : Environment{};
  }

  // One that says it is of that package.
  dispatch::Descriptor Call(const std::string& line) {
    dispatch::Descriptor caller =
        dispatch::ConnectTo(session_, dispatch::kTurnsSocket);
    EXPECT_TRUE(caller.ok());
    EXPECT_EQ(write(caller.get(), line.data(), line.size()),
              static_cast<ssize_t>(line.size()));
    return caller;
  }
  static bool HasTurn(const dispatch::Descriptor& caller, int ms) {
    pollfd event = {caller.get(), POLLIN, 0};
    char byte = 0;
    return poll(&event, 1, ms) == 1 && read(caller.get(), &byte, 1) == 1;
  }
  int TokensLeft() {
    const dispatch::Descriptor fifo(
        open((session_ / dispatch::kTokensFifo).c_str(), O_RDWR | O_NONBLOCK));
    int bytes = -1;
    EXPECT_EQ(ioctl(fifo.get(), FIONREAD, &bytes), 0);
    return bytes;
  }

  static constexpr int kSoon = 5000;
  static constexpr int kNever = 100;
  fs::path session_;
  std::unique_ptr<CompileQueue> queue_;
};

TEST_F(CompileQueueTest, AsManyRunAsThereAreCoresAndTheFirstIsTheHighest) {
  Start(2);
  auto first = Call("1 1.0.0\n");
  EXPECT_TRUE(HasTurn(first, kSoon));
  auto second = Call("1 1.0.0\n");
  EXPECT_TRUE(HasTurn(second, kSoon));
  auto low = Call("3 1.0.0\n");
  EXPECT_FALSE(HasTurn(low, kNever));
  auto high = Call("7 1.0.0\n");
  auto as_high = Call("7 1.0.0\n");
  EXPECT_FALSE(HasTurn(high, kNever));
  first = dispatch::Descriptor(-1);
  EXPECT_TRUE(HasTurn(high, kSoon));
  EXPECT_FALSE(HasTurn(as_high, kNever));
  second = dispatch::Descriptor(-1);
  EXPECT_TRUE(HasTurn(as_high, kSoon));
  high = dispatch::Descriptor(-1);
  EXPECT_TRUE(HasTurn(low, kSoon));
}

TEST_F(CompileQueueTest, WhoGoesWhileWaitingHasNoTurn) {
  Start(1);
  auto running = Call("1 1.0.0\n");
  EXPECT_TRUE(HasTurn(running, kSoon));
  auto gone = Call("9 1.0.0\n");
  EXPECT_FALSE(HasTurn(gone, kNever));
  gone = dispatch::Descriptor(-1);
  auto next = Call("2 1.0.0\n");
  running = dispatch::Descriptor(-1);
  EXPECT_TRUE(HasTurn(next, kSoon));
}

TEST_F(CompileQueueTest, WhatNobodySaysEndsTheConnection) {
  Start(1);
  for (const char* line : {"\n", "name\n", "a b c\n", "a b\nc\n"}) {
    const auto odd = Call(line);
    EXPECT_FALSE(HasTurn(odd, kSoon)) << line;
  }
  const auto endless = Call(std::string(600, 'x'));
  EXPECT_FALSE(HasTurn(endless, kSoon));
  // A turn is for one who is silent.
  auto talks = Call("1 1.0.0\n");
  EXPECT_TRUE(HasTurn(talks, kSoon));
  EXPECT_EQ(write(talks.get(), "x", 1), 1);
  const auto next = Call("1 1.0.0\n");
  EXPECT_TRUE(HasTurn(next, kSoon));
}

TEST_F(CompileQueueTest, ThreadsOfCompilersTakeTurns) {
  Start(2);
  const auto running = Call("1 1.0.0\n");
  EXPECT_TRUE(HasTurn(running, kSoon));
  const dispatch::Descriptor tokens(
      open((session_ / dispatch::kTokensFifo).c_str(), O_RDWR));
  char byte = 0;
  ASSERT_EQ(read(tokens.get(), &byte, 1), 1);
  const auto waiting = Call("1 1.0.0\n");
  EXPECT_FALSE(HasTurn(waiting, kNever));
  ASSERT_EQ(write(tokens.get(), &byte, 1), 1);
  EXPECT_TRUE(HasTurn(waiting, kSoon));
}

TEST_F(CompileQueueTest, TokensOfTheKilledComeBack) {
  Start(2);
  EXPECT_EQ(TokensLeft(), 2);
  {
    const dispatch::Descriptor tokens(
        open((session_ / dispatch::kTokensFifo).c_str(), O_RDWR));
    char bytes[2];
    ASSERT_EQ(read(tokens.get(), bytes, 2), 2);
  }
  const auto first = Call("1 1.0.0\n");
  EXPECT_TRUE(HasTurn(first, kSoon));
  const auto second = Call("1 1.0.0\n");
  EXPECT_TRUE(HasTurn(second, kSoon));
  EXPECT_EQ(TokensLeft(), 0);
}

TEST_F(CompileQueueTest, CargoMayStartMore) {
  const Environment environment = Start(3);
  ASSERT_EQ(environment.size(), 2u);
  // Somebody's own would have all compiles run at a time.
  EXPECT_EQ(environment[0].first, dispatch::kTurnVariable);
  EXPECT_FALSE(environment[0].second.has_value());
  EXPECT_EQ(environment[1].first, "CARGO_MAKEFLAGS");
  const std::string& flags = *environment[1].second;
  const size_t at = flags.find("--jobserver-auth=");
  ASSERT_NE(at, std::string::npos);
  const int reads = std::atoi(flags.c_str() + at + 17);
  int bytes = 0;
  ASSERT_EQ(ioctl(reads, FIONREAD, &bytes), 0);
  EXPECT_EQ(bytes, 2 + kWaitingJobs);
  EXPECT_EQ(fcntl(reads, F_GETFD) & FD_CLOEXEC, 0);
}

TEST_F(CompileQueueTest, ManyCompilesTakeTurns) {
  Start(2);
  std::atomic<int> running{0};
  std::atomic<int> most{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 12; ++i) {
    threads.emplace_back([&, i] {
      for (int times = 0; times < 10; ++times) {
        auto caller = Call(std::to_string(i) + " 1.0.0\n");
        EXPECT_TRUE(HasTurn(caller, 30000));
        const int now = ++running;
        int known = most;
        while (known < now && !most.compare_exchange_weak(known, now)) {
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
        --running;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_LE(most, 2);
  EXPECT_GE(most, 1);
}

TEST_F(CompileQueueTest, ATurnTellsItsCompilerWhereTokensAre) {
  Start(2);
  {
    const CompileTurn turn(session_, CompileTurn::Compiler::kRustc);
    EXPECT_TRUE(turn.taken());
    EXPECT_NE(std::getenv(dispatch::kTurnVariable), nullptr);
    const std::string flags = std::getenv("CARGO_MAKEFLAGS");
    const int tokens =
        std::atoi(flags.c_str() + flags.find("--jobserver-auth=") + 17);
    struct stat status = {};
    ASSERT_EQ(fstat(tokens, &status), 0);
    EXPECT_TRUE(S_ISFIFO(status.st_mode));
    // What it starts has its turn.
    const CompileTurn inner(session_, CompileTurn::Compiler::kOther);
    EXPECT_FALSE(inner.taken());
  }
  EXPECT_EQ(std::getenv(dispatch::kTurnVariable), nullptr);
  unsetenv("CARGO_MAKEFLAGS");
}

TEST_F(CompileQueueTest, WithoutAQueueEverybodyGoesOn) {
  const CompileTurn none(session_, CompileTurn::Compiler::kRustc);
  EXPECT_FALSE(none.taken());
  EXPECT_EQ(std::getenv("CARGO_MAKEFLAGS"), nullptr);
  Start(1);
  const auto running = Call("1 1.0.0\n");
  EXPECT_TRUE(HasTurn(running, kSoon));
  std::thread ends([this] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    queue_.reset();
  });
  const CompileTurn waiting(session_, CompileTurn::Compiler::kOther);
  EXPECT_FALSE(waiting.taken());
  ends.join();
}

std::string Refusal(const std::string& words,
                    const std::vector<std::string>& environment = {},
                    const std::string& config = "", int cores = 2) {
  std::vector<toml::table> configs;
  configs.push_back(toml::parse(config).table());
  std::vector<std::string> split;
  for (size_t at = 0; at < words.size();) {
    const size_t end = std::min(words.find(' ', at), words.size());
    split.push_back(words.substr(at, end - at));
    at = end + 1;
  }
  return CompileQueueRefusal(ParseCargoCommand(split), configs, environment,
                             cores);
}

TEST(CompileQueueRefusal, IsForThoseWhoSayHowManyJobsThereAre) {
  EXPECT_EQ(Refusal("build --release"), "");
  EXPECT_EQ(Refusal("build --release",
                    {"CC=clang", "CXX_x86_64_unknown_linux_gnu=g++-12",
                     "MAKEFLAGS=k", "CCACHE_DIR=/x", "CXXFLAGS=-O2"}),
            "");
  EXPECT_NE(Refusal("build -j2"), "");
  EXPECT_NE(Refusal("build --jobs default"), "");
  EXPECT_NE(Refusal("build --timings"), "");
  EXPECT_NE(Refusal("build", {"CARGO_BUILD_JOBS=4"}), "");
  EXPECT_NE(Refusal("build", {}, "[build]\njobs = 3\n"), "");
  EXPECT_NE(Refusal("build --config build.jobs=1"), "");
  EXPECT_EQ(Refusal("build", {}, "[env]\nCC = \"gcc\"\nX = \"/y\"\n"), "");
  EXPECT_NE(Refusal("build", {}, "[env]\nCC = \"/usr/bin/gcc\"\n"), "");
  EXPECT_NE(Refusal("build", {}, "[env]\nCXX = { value = \"g++\" }\n"), "");
  EXPECT_NE(Refusal("build", {}, "", 1), "");
  EXPECT_NE(Refusal("build", {"MAKEFLAGS= -j4 --jobserver-auth=3,4"}), "");
  EXPECT_NE(Refusal("build", {"CC=/usr/bin/gcc"}), "");
  EXPECT_NE(Refusal("build", {"HOST_CC=ccache cc"}), "");
  EXPECT_NE(Refusal("build", {"CXX_x86_64-unknown-linux-gnu=/opt/g++"}), "");
}

}  // namespace
}  // namespace dfe
