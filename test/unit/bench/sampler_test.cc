#include "dfe/bench/sampler.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "bench_testing.h"

namespace dfe::bench {
namespace {

using ::testing::Contains;
using ::testing::IsEmpty;

// A loop that takes about a tenth of a second of user time or more.
constexpr char kBurn[] = "i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done";

ShellCommand Script(const std::string& folder, std::string script) {
  ShellCommand command;
  command.script = std::move(script);
  command.stdout_file = command.stderr_file = folder + "/log";
  return command;
}

TEST(Sampler, CountsWallCpuMemoryAndExitCode) {
  const std::string folder = NewFolder();
  Sampler sampler;
  auto s = sampler.Run(Script(folder, absl::StrCat(kBurn, "; exit 3")));
  ASSERT_TRUE(s.ok()) << s.status();
  EXPECT_EQ(s->exit_code, 3);
  EXPECT_GT(s->user_seconds, 0.03);
  EXPECT_LE(s->cpu_seconds(), s->wall_seconds * 1.1 + 0.02);
  EXPECT_GT(s->peak_rss_kib, 100);
  EXPECT_THAT(s->still_running, IsEmpty());
  s = sampler.Run(Script(folder, "sleep 0.2"));
  EXPECT_GE(s->wall_seconds, 0.2);
  EXPECT_LT(s->cpu_seconds(), 0.05);
  EXPECT_EQ(sampler.Run(Script(folder, "kill -9 $$"))->exit_code, 137);
}

TEST(Sampler, CountsADaemonisedGrandchild) {
  const std::string folder = NewFolder();
  Sampler sampler;
  // What burns is an orphan in a session of its own, and begins when the
  // command was reaped: so its time lies between the end that the sample tells
  // and the end of Run, however loaded the machine is.
  const auto start = std::chrono::steady_clock::now();
  auto s = sampler.Run(
      Script(folder, absl::StrCat("setsid sh -c 'while kill -0 '$$' 2>/dev/null"
                                  "; do sleep 0.01; done; ",
                                  kBurn, "' & exit 0")));
  const std::chrono::duration<double> all =
      std::chrono::steady_clock::now() - start;
  ASSERT_TRUE(s.ok()) << s.status();
  EXPECT_GT(s->user_seconds, 0.03);
  EXPECT_LT(s->wall_seconds, all.count() - 0.03);
  EXPECT_THAT(s->still_running, IsEmpty());
  // The negative twin: the next command does not pay for it again.
  EXPECT_LT(sampler.Run(Script(folder, "true"))->user_seconds, 0.02);
}

// What waits for a core is not idle, though it uses no time: here for longer
// than an idle one is watched, because threads of this process, which are not
// the command's, share its core. Negative twin: the daemon of the next test.
TEST(Sampler, WaitsForAGrandchildThatWaitsForACore) {
  const std::string folder = NewFolder();
  cpu_set_t allowed;
  ASSERT_EQ(sched_getaffinity(0, sizeof allowed, &allowed), 0);
  int core = 0;
  while (!CPU_ISSET(core, &allowed)) ++core;
  Sampler sampler;
  std::vector<std::thread> others;
  for (int i = 0; i < 40; ++i) {
    others.emplace_back([core] {
      cpu_set_t one;
      CPU_ZERO(&one);
      CPU_SET(core, &one);
      sched_setaffinity(0, sizeof one, &one);
      const auto end =
          std::chrono::steady_clock::now() + std::chrono::seconds(1);
      while (std::chrono::steady_clock::now() < end) continue;
    });
  }
  auto s = sampler.Run(
      Script(folder, absl::StrCat("cd ", folder, "; touch alive; taskset -c ",
                                  core, " sh -c '", kBurn, "; rm alive' &")));
  for (std::thread& other : others) other.join();
  ASSERT_TRUE(s.ok()) << s.status();
  EXPECT_THAT(s->still_running, IsEmpty());
  EXPECT_NE(access((folder + "/alive").c_str(), F_OK), 0);
}

TEST(Sampler, DaemonIsReportedAndPaidForByTheCommandItServes) {
  const std::string folder = NewFolder();
  Sampler sampler;
  // It burns when asked through a file, and ends when that one is removed.
  auto started = sampler.Run(
      Script(folder, absl::StrCat("cd ", folder,
                                  "; touch alive; setsid sh -c 'while [ -e "
                                  "alive ]; do sleep 0.1; if [ -e work ]; "
                                  "then ",
                                  kBurn, "; rm work; fi; done' &")));
  ASSERT_TRUE(started.ok()) << started.status();
  EXPECT_THAT(started->still_running, Contains("sh"));
  auto served = sampler.Run(Script(
      folder, absl::StrCat("cd ", folder,
                           "; touch work; while [ -e work ]; do sleep 0.02; "
                           "done; rm alive")));
  ASSERT_TRUE(served.ok()) << served.status();
  EXPECT_GT(served->user_seconds, 0.03);
  EXPECT_THAT(served->still_running, IsEmpty());
}

TEST(Sampler, EnvironmentDirectoryAndOutputs) {
  const std::string folder = NewFolder();
  Sampler sampler;
  ShellCommand command = Script(folder, "pwd; echo $DFE_TEST_X; echo no >&2");
  command.directory = "/";
  command.environment = {{"DFE_TEST_X", "a b"}};
  command.stdout_file = folder + "/out";
  ASSERT_TRUE(sampler.Run(command).ok());
  EXPECT_EQ(ReadAll(folder + "/out"), "/\na b\n");
  EXPECT_EQ(ReadAll(folder + "/log"), "no\n");
  command.directory = folder + "/none";
  EXPECT_EQ(sampler.Run(command).status().code(), absl::StatusCode::kNotFound);
}

TEST(Sampler, InterruptEndsTheGroupAndIsCancelled) {
  const std::string folder = NewFolder();
  Sampler sampler;  // holds back SIGINT, also in the thread below
  const auto start = std::chrono::steady_clock::now();
  std::thread killer([] {
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    kill(getpid(), SIGINT);
  });
  auto s = sampler.Run(Script(
      folder, absl::StrCat("sleep 30 & echo $! >", folder, "/pid; wait")));
  killer.join();
  EXPECT_EQ(s.status().code(), absl::StatusCode::kCancelled);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5));
  EXPECT_TRUE(sampler.Interrupted());
  // The child of the command is gone or about to be reaped.
  const pid_t child = static_cast<pid_t>(std::stol(ReadAll(folder + "/pid")));
  bool gone = false;
  for (int i = 0; i < 100 && !gone; ++i) {
    waitpid(child, nullptr, WNOHANG);
    gone = kill(child, 0) != 0;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  EXPECT_TRUE(gone);
  EXPECT_EQ(sampler.Run(Script(folder, "true")).status().code(),
            absl::StatusCode::kCancelled);
}

}  // namespace
}  // namespace dfe::bench
