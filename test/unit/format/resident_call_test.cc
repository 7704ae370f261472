// Calls of resident compilers: what is written is read, and nothing else is;
// what a process is from outside.
#include "dfe/format/resident_call.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <functional>
#include <string>
#include <variant>

#include "dfe/format/envelope.h"

namespace dfe {
namespace {

ResidentCall SomeCall() {
  return {
      "/usr/bin/clang", {"clang", "-c", ""}, {"A=b", "C="}, 022, "user 0\n"};
}

TEST(ResidentCall, SurvivesItsFrame) {
  const auto parsed = ResidentCall::Parse(SomeCall().Render());
  ASSERT_TRUE(std::holds_alternative<ResidentCall>(parsed));
  const auto& call = std::get<ResidentCall>(parsed);
  EXPECT_EQ(call.program, "/usr/bin/clang");
  EXPECT_EQ(call.words, SomeCall().words);
  EXPECT_EQ(call.environment, SomeCall().environment);
  EXPECT_EQ(call.umask, 022u);
  EXPECT_EQ(call.circumstances, "user 0\n");
}

TEST(ResidentAnswer, SurvivesItsFrame) {
  const ResidentAnswer answer = {"no", 1, 12345678, 99};
  const auto parsed = ResidentAnswer::Parse(answer.Render());
  ASSERT_TRUE(std::holds_alternative<ResidentAnswer>(parsed));
  EXPECT_EQ(std::get<ResidentAnswer>(parsed).refusal, "no");
  EXPECT_EQ(std::get<ResidentAnswer>(parsed).exit_code, 1u);
  EXPECT_EQ(std::get<ResidentAnswer>(parsed).cpu_us, 12345678u);
  EXPECT_EQ(std::get<ResidentAnswer>(parsed).peak_rss_kib, 99u);
}

TEST(ResidentCall, IsNothingElse) {
  const std::string call = SomeCall().Render();
  const std::string answer = ResidentAnswer{}.Render();
  EXPECT_FALSE(
      std::holds_alternative<ResidentCall>(ResidentCall::Parse(answer)));
  EXPECT_FALSE(
      std::holds_alternative<ResidentAnswer>(ResidentAnswer::Parse(call)));
  for (size_t size = 0; size < call.size(); ++size) {
    EXPECT_FALSE(std::holds_alternative<ResidentCall>(
        ResidentCall::Parse(call.substr(0, size))))
        << size;
  }
  for (size_t bit = 0; bit < 8 * call.size(); ++bit) {
    std::string flipped = call;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_FALSE(
        std::holds_alternative<ResidentCall>(ResidentCall::Parse(flipped)))
        << bit;
  }
  // A proper frame whose payload says more, or less.
  for (const std::string& payload :
       {std::string(), std::string(64, '\0'), std::string("\xff")}) {
    const auto parsed =
        ResidentCall::Parse(SealEnvelope("DFECCALL", 1, "", payload));
    ASSERT_TRUE(std::holds_alternative<FormatError>(parsed));
    EXPECT_EQ(std::get<FormatError>(parsed).kind, FormatErrorKind::kCorrupt);
  }
}

// Whether a child that does `change` first has other circumstances.
bool ChangesThem(const std::function<void()>& change) {
  const std::string own = Circumstances();
  const pid_t child = fork();
  if (child == 0) {
    change();
    _exit(Circumstances() == own ? 0 : 1);
  }
  int status = 0;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status));
  return WEXITSTATUS(status) != 0;
}

TEST(Circumstances, AreThoseOfAChildButForWhatItChanged) {
  EXPECT_FALSE(ChangesThem([] {}));
  EXPECT_FALSE(ChangesThem([] { (void)chdir("/"); }));
  EXPECT_FALSE(ChangesThem([] { signal(SIGTERM, [](int) {}); }));
  EXPECT_TRUE(ChangesThem([] { (void)nice(1); }));
  EXPECT_TRUE(ChangesThem([] { signal(SIGINT, SIG_IGN); }));
  EXPECT_TRUE(ChangesThem([] {
    struct rlimit limit = {};
    getrlimit(RLIMIT_CORE, &limit);
    limit.rlim_max = limit.rlim_cur = limit.rlim_cur == 7 ? 6 : 7;
    setrlimit(RLIMIT_CORE, &limit);
  }));
  EXPECT_TRUE(ChangesThem([] {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigprocmask(SIG_BLOCK, &set, nullptr);
  }));
}

TEST(Circumstances, SignalsThatAreHandledMayBeIgnoredByACaller) {
  const std::string text = "user 0\nignored 3\nignored 13\nblocked 3\nend";
  EXPECT_EQ(WithoutHandledSignals(text), text);
  EXPECT_EQ(WithoutHandledSignals(""), "");
  const auto before = signal(SIGQUIT, [](int) {});
  EXPECT_EQ(WithoutHandledSignals(text), "user 0\nignored 13\nblocked 3\nend");
  signal(SIGQUIT, SIG_IGN);
  EXPECT_EQ(WithoutHandledSignals(text), text);
  signal(SIGQUIT, before);
}

}  // namespace
}  // namespace dfe
