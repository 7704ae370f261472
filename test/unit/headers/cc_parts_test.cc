// Which jobs of a compiler can be done in parts, and how.
#include "dfe/dispatch/cc_parts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace dfe::dispatch {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;

constexpr char kPrinted[] =
    "clang version 1\nTarget: x\n (in-process)\n"
    " \"/l/clang\" \"-cc1\" \"-triple\" \"x86_64-pc-linux-gnu\" \"-O2\" "
    "\"-emit-obj\" \"-dependency-file\" \"a.d\" \"-MT\" \"a.o\" \"-MP\" "
    "\"-D\" \"S=\\\"x \\\\y\\\"\" \"-o\" \"a.o\" \"-x\" \"c\" \"a.c\"\n";

std::vector<std::string> Job() {
  std::string refusal;
  std::vector<std::string> job = CompilerJob(kPrinted, &refusal);
  EXPECT_EQ(refusal, "");
  return job;
}

TEST(CompilerJob, TakesOffQuotes) {
  EXPECT_THAT(Job(), Contains("S=\"x \\y\""));
  EXPECT_EQ(Job().back(), "a.c");
}

TEST(CompilerJob, OneJobAndNothingToSay) {
  std::string refusal;
  CompilerJob(std::string(kPrinted) + " \"/usr/bin/as\" \"a.s\"\n", &refusal);
  EXPECT_EQ(refusal, "not one job that makes an object");
  refusal.clear();
  CompilerJob(std::string("clang: warning: unused: '-x'\n") + kPrinted,
              &refusal);
  EXPECT_EQ(refusal, "the compiler's driver has something to say");
}

TEST(PartsRefusal, NamesTheWord) {
  EXPECT_EQ(PartsRefusal(Job()), "");
  for (const char* word :
       {"-flto", "-fprofile-instrument=clang", "-fsanitize=address",
        "-Rpass=inline", "-fwarn-stack-size=9", "-split-dwarf-file", "-mllvm",
        "-fpass-plugin=x"}) {
    std::vector<std::string> job = Job();
    job.insert(job.begin() + 5, word);
    EXPECT_EQ(PartsRefusal(job), word);
  }
  std::vector<std::string> job = Job();
  std::replace(job.begin(), job.end(), std::string("-O2"), std::string("-O0"));
  EXPECT_EQ(PartsRefusal(job), "not optimised");
  job = Job();
  job[3] = "aarch64-linux-gnu";
  EXPECT_EQ(PartsRefusal(job), "compiles for aarch64-linux-gnu");
}

TEST(PartWords, AreThoseOfTheJobButForTheSource) {
  EXPECT_THAT(PartWords(Job(), "1.bc", "1.o"),
              ElementsAre("/l/clang", "-cc1", "-triple", "x86_64-pc-linux-gnu",
                          "-O2", "-emit-obj", "-D", "S=\"x \\y\"", "-o", "1.o",
                          "-x", "ir", "1.bc"));
}

TEST(IdleCores, CountsAllButTheReader) {
  EXPECT_EQ(IdleCores("0.20 0.18 0.12 1/80 11206\n", 2), 2);
  EXPECT_EQ(IdleCores("0.20 0.18 0.12 2/80 11206\n", 2), 1);
  EXPECT_EQ(IdleCores("9.20 0.18 0.12 9/80 11206\n", 2), 0);
  EXPECT_EQ(IdleCores("what", 2), 0);
  EXPECT_EQ(IdleCores("", 2), 0);
}

TEST(PartsOrder, IsReadAsWritten) {
  const std::optional<PartsOrder> order =
      ParsePartsOrder(PartsOrderText({3, true, "/l/p.so"}));
  ASSERT_TRUE(order.has_value());
  EXPECT_EQ(order->parts, 3);
  EXPECT_TRUE(order->always);
  EXPECT_EQ(order->plugin, "/l/p.so");
  for (const char* text : {"", "2\nidle\n", "1\nidle\n/p\n", "2\nnow\n/p\n"}) {
    EXPECT_FALSE(ParsePartsOrder(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace dfe::dispatch
