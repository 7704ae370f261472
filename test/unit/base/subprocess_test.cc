#include "dfe/base/subprocess.h"

#include <gtest/gtest.h>

namespace dfe {
namespace {

SubprocessOptions Shell(std::string script) {
  SubprocessOptions o;
  o.argv = {"sh", "-c", std::move(script)};
  o.capture_stdout = o.capture_stderr = true;
  return o;
}

TEST(Subprocess, CapturesBothStreamsAndTheExitCode) {
  auto r = RunSubprocess(Shell("echo out; echo err >&2; exit 3"));
  ASSERT_TRUE(r.ok());
  EXPECT_EQ(r->out, "out\n");
  EXPECT_EQ(r->err, "err\n");
  EXPECT_EQ(r->exit_code, 3);
}

TEST(Subprocess, LargeOutputDoesNotBlock) {
  auto r = RunSubprocess(Shell("head -c 3000000 /dev/zero | tee /dev/stderr"));
  ASSERT_TRUE(r.ok());
  EXPECT_EQ(r->out.size(), 3000000u);
  EXPECT_EQ(r->err.size(), 3000000u);
}

TEST(Subprocess, SignalIsReportedAsAShellWould) {
  auto r = RunSubprocess(Shell("kill -9 $$"));
  ASSERT_TRUE(r.ok());
  EXPECT_EQ(r->term_signal, 9);
  EXPECT_EQ(r->exit_code, 137);
}

TEST(Subprocess, MissingProgramIsAnError) {
  SubprocessOptions o;
  o.argv = {"/no/such/program"};
  EXPECT_EQ(RunSubprocess(o).status().code(), absl::StatusCode::kNotFound);
}

TEST(Subprocess, EnvironmentIsSetAndRemoved) {
  setenv("DFE_TEST_GONE", "1", 1);
  SubprocessOptions o = Shell("echo ${DFE_TEST_GONE-gone} $DFE_TEST_SET");
  o.environment = {{"DFE_TEST_GONE", std::nullopt}, {"DFE_TEST_SET", "yes"}};
  EXPECT_EQ(RunSubprocess(o)->out, "gone yes\n");
}

TEST(Subprocess, CountsTheCpuOfGrandchildren) {
  auto r = RunSubprocess(
      Shell("sh -c 'i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done'; true"));
  ASSERT_TRUE(r.ok());
  EXPECT_GT(r->user, absl::Milliseconds(20));
  EXPECT_GT(r->peak_rss_kib, 0);
}

}  // namespace
}  // namespace dfe
