#include "dfe/store/symbol_crate.h"

#include <gtest/gtest.h>

#include <string>

namespace dfe::store {
namespace {

TEST(CrateOfSymbol, Legacy) {
  EXPECT_EQ(CrateOfSymbol("_ZN3dep5alive17h6d426c2bf0a0778aE"), "dep");
  EXPECT_EQ(CrateOfSymbol("_ZN4core3ptr35drop_in_place$LT$std..env..Args$GT$"
                          "17h418d732f4eb23d50E"),
            "core");
  // ThinLTO's suffix does no harm.
  EXPECT_EQ(CrateOfSymbol("_ZN3dep5alive17h6d426c2bf0a0778aE.llvm.123"), "dep");
}

TEST(CrateOfSymbol, LegacyImplIsOfItsType) {
  EXPECT_EQ(CrateOfSymbol("_ZN45_$LT$dep..S$u20$as$u20$core..fmt..Display$GT$"
                          "3fmt17h8fb9f625131aa449E"),
            "dep");
  EXPECT_EQ(CrateOfSymbol("_ZN52_$LT$$RF$mut$u20$dep..S$u20$as$u20$std..io.."
                          "Read$GT$4read17h8fb9f625131aa449E"),
            "dep");
}

TEST(CrateOfSymbol, LegacyImplOfATypeWithoutCrateIsOfItsTrait) {
  EXPECT_EQ(CrateOfSymbol("_ZN42_$LT$$RF$T$u20$as$u20$core..fmt..Debug$GT$3fmt"
                          "17h1f2f691ae02ab468E"),
            "core");
}

TEST(CrateOfSymbol, V0) {
  EXPECT_EQ(CrateOfSymbol("_RNvCsjb4TdcoNnqb_3dep5alive"), "dep");
  EXPECT_EQ(CrateOfSymbol("_RNvC3dep5alive"), "dep");
  EXPECT_EQ(CrateOfSymbol("_RNvXCsjb4TdcoNnqb_3depNtB2_1SNtNtCsgEmfK2I1SDS_"
                          "4core3fmt7Display3fmt"),
            "dep");
  EXPECT_EQ(CrateOfSymbol("_RINvNtCsgEmfK2I1SDS_4core3ptr13drop_in_placeNtNtCsj"
                          "rHSEGnQ3l9_3std3env4ArgsECslFEgopQv8es_3top"),
            "core");
  EXPECT_EQ(CrateOfSymbol("_RNCINvNtCsjrHSEGnQ3l9_3std2rt10lang_startuE0CslFEgo"
                          "pQv8es_3top"),
            "std");
  EXPECT_EQ(CrateOfSymbol("_RINvMs0_NtNtNtCsjrHSEGnQ3l9_3std12backtrace_rs9symb"
                          "olize5gimliNtB6_5Cache11with_globalE"),
            "std");
  EXPECT_EQ(CrateOfSymbol("_RNSNvYNCINvNtCsjrHSEGnQ3l9_3std2rt10lang_startuE0IN"
                          "tNtNtCsgEmfK2I1SDS_4core3ops8function6FnOnceuE9call_"
                          "once6vtableCslFEgopQv8es_3top"),
            "std");
}

TEST(CrateOfSymbol, V0TraitMethodOfABasicTypeIsOfTheTrait) {
  EXPECT_EQ(CrateOfSymbol("_RNvYmNtC3dep1T1t"), "dep");
  EXPECT_EQ(CrateOfSymbol("_RNvYRL_mNtC3dep1T1t"), "dep");
}

TEST(CrateOfSymbol, V0BackReference) {
  // `B3_` points at the crate root `C3dep`; offsets begin behind `_R`.
  EXPECT_EQ(CrateOfSymbol("_RNvYNtC3dep1SNtB3_1T1t"), "dep");
  // A path that only refers to itself, forwards or in a circle, has no crate.
  EXPECT_EQ(CrateOfSymbol("_RNvB_1t"), "");
  EXPECT_EQ(CrateOfSymbol("_RB_"), "");
  EXPECT_EQ(CrateOfSymbol("_RNvBzzzzzzzzzzzzzzzzzz_1t"), "");
}

TEST(CrateOfSymbol, OtherNamesHaveNone) {
  for (const char* name :
       {"", "main", "_", "_R", "_Z", "_ZN", "_start", "_R1NvC3dep5alive",
        "_RNvC99999999999999999999999dep", "_RNvC9dep", "_RNvC3d p1x",
        "_ZN4llvm5Value4dumpEv", "_ZN3dep5aliveE", "_ZN99dep17h0E",
        "_ZN3dep17h6d426c2bf0a0778a", "_Z3foov"}) {
    EXPECT_EQ(CrateOfSymbol(name), "") << name;
  }
}

TEST(CrateOfSymbol, DeepNestingEnds) {
  EXPECT_EQ(CrateOfSymbol("_R" + std::string(1000000, 'I')), "");
  EXPECT_EQ(CrateOfSymbol("_RNvY" + std::string(1000000, 'R')), "");
}

TEST(CrateOfInput, ArchivesAndObjects) {
  EXPECT_EQ(CrateOfInput("/t/libdep-aaa.rlib(dep-aaa.dep.df62-cgu.0.rcgu.o)"),
            "dep");
  EXPECT_EQ(CrateOfInput("/t/top.lto.libdep-aaa.rlib(dep-aaa.dep.df62-cgu.0."
                         "rcgu.o at 5494).o"),
            "dep");
  EXPECT_EQ(CrateOfInput("/t/libmy_sys-1f.rlib(x.o)"), "my_sys");
  EXPECT_EQ(CrateOfInput("o/top-12.top.fc6ca8-cgu.0.rcgu.o"), "top");
  EXPECT_EQ(CrateOfInput("o/top.lto.top.top.fc6ca8-cgu.0.rcgu.o"), "top");
}

TEST(CrateOfInput, OthersHaveNone) {
  for (const char* path :
       {"", "/usr/lib/crt1.o", "top.7y7nzvniek9.rcgu.o", "libz.a(adler.o)",
        "<internal>", "x.rlib(", "-cgu.", "lib.rlib(x)", "out.lto.o"}) {
    EXPECT_EQ(CrateOfInput(path), "") << path;
  }
}

TEST(LegacyPath, IsWhatTheLinkerShows) {
  EXPECT_EQ(LegacyPath("_ZN3std2rt10lang_start28_$u7b$$u7b$closure$u7d$$u7d$17h"
                       "843aeeda8890af4cE"),
            "std::rt::lang_start::_$u7b$$u7b$closure$u7d$$u7d$::"
            "h843aeeda8890af4c");
  EXPECT_EQ(LegacyPath("_RNvC3dep5alive"), "");
}

TEST(Readable, ReplacesEscapesAndTheHash) {
  EXPECT_EQ(Readable("std::rt::lang_start::_$u7b$$u7b$closure$u7d$$u7d$::"
                     "h843aeeda8890af4c"),
            "std::rt::lang_start::{{closure}}");
  EXPECT_EQ(Readable("_$LT$dep..S$u20$as$u20$core..fmt..Display$GT$::fmt::"
                     "h8fb9f625131aa449"),
            "<dep::S as core::fmt::Display>::fmt");
  EXPECT_EQ(Readable("a::b$LP$$RF$$BP$T$C$$u5b$u8$u5d$$RP$::h8fb9f625131aa449"),
            "a::b(&*T,[u8])");
  EXPECT_EQ(Readable("a::$u1234567$x$u::h8fb9f625131aa449"),
            "a::$u1234567$x$u");
}

TEST(Readable, LeavesOthersAlone) {
  EXPECT_EQ(Readable("<dep::S as core::fmt::Display>::fmt"),
            "<dep::S as core::fmt::Display>::fmt");
  EXPECT_EQ(Readable("main"), "main");
  EXPECT_EQ(Readable("dep::alive (.llvm.77)"), "dep::alive");
  EXPECT_EQ(Readable(""), "");
}

}  // namespace
}  // namespace dfe::store
