// The samples are cut from maps that lld wrote for small Rust programs; paths
// are shortened.
#include "dfe/store/link_map.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <variant>

#include "dfe/format/seed_set.h"
#include "store_testing.h"

namespace dfe::store {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr absl::string_view kHeader =
    "             VMA              LMA     Size Align Out     In      Symbol\n";

// Legacy names, objects from rustc.
constexpr absl::string_view kPlain =
    R"map(             2fc              2fc       20     4 .note.ABI-tag
             2fc              2fc       20     4         /l/Scrt1.o:(.note.ABI-tag)
             2fc              2fc       20     1                 __abi_tag
           153e0            153e0      4b5    16 .text
           153e0            153e0       22    16         /l/Scrt1.o:(.text)
           153e0            153e0       22     1                 _start
           15410            15410       b9    16         /l/crtbeginS.o:(.text)
           15410            15410        0     1                 deregister_tm_clones
           15440            15440        0     1                 register_tm_clones
           15460            15460      186    16         o/top.top.fc6c-cgu.0.rcgu.o:(.text._ZN3top4main17h4652341888872594E)
           15460            15460      186     1                 top::main::h4652341888872594
           155f0            155f0       27    16         o/top.top.fc6c-cgu.0.rcgu.o:(.text.main)
           155f0            155f0       27     1                 main
           15620            15620       c5    16         /t/libdep-aaa.rlib(dep-aaa.dep.df62-cgu.0.rcgu.o):(.text._ZN3dep5alive17h6d426c2bf0a0778aE)
           15620            15620       c5     1                 dep::alive::h6d426c2bf0a0778a
           156f0            156f0       41    16         /t/libdep-aaa.rlib(dep-aaa.dep.df62-cgu.0.rcgu.o):(.text.unlikely._ZN45_$LT$dep..S$u20$as$u20$core..fmt..Display$GT$3fmt17h8fb9f625131aa449E)
           156f0            156f0       41     1                 _$LT$dep..S$u20$as$u20$core..fmt..Display$GT$::fmt::h8fb9f625131aa449
           55634            55634       17     4 .init
           55634            55634       17     4         /l/crti.o:(.init)
           55634            55634        0     1                 _init
)map";

// The same program from bitcode, v0 names.
constexpr absl::string_view kBitcode =
    R"map(           51000            51000      200    16 .text
           51750            51750      182    16         o/top.lto.top.top.fc6c-cgu.0.rcgu.o:(.text._RNvCslFEgopQv8es_3top4main)
           51750            51750      182     1                 top::main
           51a00            51a00       c5    16         /t/top.lto.libdep-aaa.rlib(dep-aaa.dep.df62-cgu.0.rcgu.o at 5494).o:(.text._RNvCsjb4TdcoNnqb_3dep5alive.llvm.2003)
           51a00            51a00       c5     1                 dep::alive (.llvm.2003)
)map";

LinkMap Parse(absl::string_view body) {
  std::istringstream in(std::string(kHeader) + std::string(body));
  auto map = ParseLinkMap(in, "test");
  EXPECT_TRUE(map.ok()) << map.status();
  return map.ok() ? *std::move(map) : LinkMap();
}

std::vector<std::string> Names(const LinkMap& map) {
  std::vector<std::string> names;
  for (const LiveSymbol& symbol : map.symbols) names.push_back(symbol.name);
  return names;
}

TEST(LinkMap, FunctionsHaveTheNamesOfTheSymbolTable) {
  LinkMap map = Parse(kPlain);
  EXPECT_THAT(
      Names(map),
      ElementsAre("_start", "deregister_tm_clones", "register_tm_clones",
                  "_ZN3top4main17h4652341888872594E", "main",
                  "_ZN3dep5alive17h6d426c2bf0a0778aE",
                  "_ZN45_$LT$dep..S$u20$as$u20$core..fmt..Display$GT$3fmt"
                  "17h8fb9f625131aa449E"));
  EXPECT_EQ(map.garbage_lines, 0);
  EXPECT_EQ(map.text_bytes, 0x4b5);
  for (const LiveSymbol& symbol : map.symbols) {
    EXPECT_TRUE(symbol.exact) << symbol.name;
    EXPECT_FALSE(symbol.alias) << symbol.name;
  }
  EXPECT_EQ(map.symbols[3].size, 0x186);
  EXPECT_EQ(map.symbols[3].readable, "top::main");
  EXPECT_EQ(map.symbols[3].crate, "top");
  EXPECT_EQ(map.symbols[4].crate, "top");  // by its object
  EXPECT_EQ(map.symbols[6].crate, "dep");
  EXPECT_EQ(map.symbols[6].readable, "<dep::S as core::fmt::Display>::fmt");
  EXPECT_EQ(map.symbols[0].crate, "");
}

TEST(LinkMap, BitcodeModulesAreTheCratesThatTheyCameFrom) {
  LinkMap map = Parse(kBitcode);
  EXPECT_THAT(Names(map), ElementsAre("_RNvCslFEgopQv8es_3top4main",
                                      "_RNvCsjb4TdcoNnqb_3dep5alive"));
  EXPECT_EQ(map.symbols[1].readable, "dep::alive");
  ASSERT_EQ(map.inputs.size(), 2u);
  EXPECT_EQ(map.inputs[0].name, "libdep-aaa.rlib");
  EXPECT_EQ(map.inputs[0].bytes, 0xc5);
  EXPECT_EQ(map.inputs[0].functions, 1);
  EXPECT_EQ(map.inputs[1].name, "top.top.fc6c-cgu.0.rcgu.o");
}

TEST(LinkMap, TotalsByCrateAndInput) {
  LinkRecord record = ToLinkRecord(Parse(kPlain), "top", "target/top");
  EXPECT_EQ(record.leaf, "top");
  EXPECT_EQ(record.artifact, "target/top");
  EXPECT_EQ(record.text_bytes, 0x4b5);
  EXPECT_EQ(record.live_symbols, 7);
  ASSERT_EQ(record.crates.size(), 3u);  // largest first
  EXPECT_EQ(record.crates[0].name, "top");
  EXPECT_EQ(record.crates[0].functions, 2);
  EXPECT_EQ(record.crates[0].bytes, 0x186 + 0x27);
  EXPECT_EQ(record.crates[1].name, "dep");
  EXPECT_EQ(record.crates[1].functions, 2);
  EXPECT_EQ(record.crates[1].bytes, 0xc5 + 0x41);
  EXPECT_EQ(record.crates[2].name, "(none)");
  EXPECT_EQ(record.crates[2].functions, 3);
  ASSERT_EQ(record.inputs.size(), 4u);  // by name
  EXPECT_EQ(record.inputs[0].name, "Scrt1.o");
  EXPECT_EQ(record.inputs[2].name, "libdep-aaa.rlib");
  EXPECT_EQ(record.inputs[2].functions, 2);
}

TEST(LinkMap, NamesThatAreNotDemangled) {
  LinkMap map = Parse(R"map(1000 1000 10 16 .text
1000 1000 5 16         a.o:(.text)
1000 1000 5 1                 _ZN3dep5alive17h6d426c2bf0a0778aE
)map");
  ASSERT_EQ(map.symbols.size(), 1u);
  EXPECT_TRUE(map.symbols[0].exact);
  EXPECT_EQ(map.symbols[0].crate, "dep");
  EXPECT_EQ(map.symbols[0].readable, "dep::alive");
}

TEST(LinkMap, ASecondNameOfAFunctionIsNotCountedTwice) {
  LinkMap map = Parse(R"map(1000 1000 10 16 .text
1000 1000 5 16         libdep-1.rlib(a.o):(.text._RNvC3dep1a)
1000 1000 5 1                 dep::a
1000 1000 5 1                 dep::b
)map");
  ASSERT_EQ(map.symbols.size(), 2u);
  EXPECT_EQ(map.symbols[0].name, "_RNvC3dep1a");
  EXPECT_TRUE(map.symbols[1].alias);
  EXPECT_FALSE(map.symbols[1].exact);
  EXPECT_EQ(map.symbols[1].name, "dep::b");
  EXPECT_EQ(map.symbols[1].crate, "dep");
  LinkRecord record = ToLinkRecord(map, "x", "y");
  EXPECT_EQ(record.live_symbols, 1);
  EXPECT_EQ(record.crates[0].bytes, 5);
  EXPECT_EQ(map.inputs[0].functions, 1);
}

TEST(LinkMap, LegacyNamesInOneSectionAreToldApart) {
  LinkMap map = Parse(R"map(1000 1000 10 16 .text
1000 1000 5 16         a.o:(.text._ZN3dep1b17h6d426c2bf0a0778aE)
1000 1000 5 1                 dep::a::h0000000000000000
1000 1000 5 1                 dep::b::h6d426c2bf0a0778a
)map");
  ASSERT_EQ(map.symbols.size(), 2u);
  EXPECT_FALSE(map.symbols[0].exact);
  EXPECT_EQ(map.symbols[1].name, "_ZN3dep1b17h6d426c2bf0a0778aE");
}

TEST(LinkMap, SectionsKeptApartAreCode) {
  LinkMap map = Parse(R"map(1000 1000 10 16 .text
1010 1010 20 16 .text.hot
1010 1010 20 16         a.o:(.text.hot.hot_one)
1010 1010 20 1                 hot_one
1030 1030 40 16 .textual
1030 1030 40 16         a.o:(.textual)
1030 1030 40 1                 not_code
)map");
  EXPECT_EQ(map.text_bytes, 0x30);
  EXPECT_THAT(Names(map), ElementsAre("hot_one"));
}

TEST(LinkMap, SymbolsOfAssignmentsAndMarksAreLeftOut) {
  LinkMap map = Parse(R"map(1000 1000 10 16 .text
1000 1000 0 1         . = ALIGN ( 0x10 )
1000 1000 0 1                 no_input_yet
1000 1000 5 16         a.o:(.text)
1000 1000 0 1                 $x.12
1000 1000 5 1                 real
)map");
  EXPECT_EQ(map.garbage_lines, 0);
  EXPECT_THAT(Names(map), ElementsAre("real"));
  EXPECT_FALSE(map.symbols[0].alias);
}

TEST(LinkMap, GarbageLinesAreCountedAndPassedOver) {
  std::string body =
      "\n"
      "words\n"
      "zz 0 0 1 .text\n"
      "1000 1000 10 16\n"
      "1000 1000 10 16     four spaces\n"
      "1000 1000 ffffffffffffffff 16 .text\n"
      "1000 1000 fffffffffffffffff 16 .text\n"
      "1000 1000 10 16 \n";
  body += std::string("\0\1\2\n", 4);
  body += "1000 1000 5 16         no section\n";
  LinkMap map = Parse(body + std::string(kPlain));
  EXPECT_EQ(map.garbage_lines, 10);
  EXPECT_EQ(map.symbols.size(), 7u);
  EXPECT_EQ(map.text_bytes, 0x4b5);
}

// Cut off anywhere: no name that is only half of one.
TEST(LinkMap, TruncatedAnywhere) {
  const std::vector<std::string> all = Names(Parse(kPlain));
  for (size_t size = 0; size < kPlain.size(); ++size) {
    LinkMap map = Parse(kPlain.substr(0, size));
    bool whole_lines = size == 0 || kPlain[size - 1] == '\n';
    EXPECT_EQ(map.garbage_lines, whole_lines ? 0 : 1) << size;
    std::vector<std::string> names = Names(map);
    ASSERT_LE(names.size(), all.size());
    for (size_t i = 0; i < names.size(); ++i) ASSERT_EQ(names[i], all[i]);
  }
}

TEST(LinkMap, OtherFilesAreRefused) {
  for (absl::string_view text :
       {absl::string_view(""), absl::string_view("\n"),
        absl::string_view("\177ELF\2\1\1\0\0\0", 10),
        absl::string_view("Archive member included to satisfy reference\n"),
        absl::string_view("VMA LMA Size Align Out In\n"),
        absl::string_view("VMA LMA Size Align Out In Symbol")}) {
    std::istringstream in{std::string(text)};
    auto map = ParseLinkMap(in, "some.map");
    EXPECT_EQ(map.status().code(), absl::StatusCode::kDataLoss) << text;
    EXPECT_THAT(std::string(map.status().message()), HasSubstr("some.map"));
  }
  TemporaryFolder folder;
  EXPECT_EQ(LoadLinkMap(folder / "none").status().code(),
            absl::StatusCode::kNotFound);
  EXPECT_FALSE(LoadLinkMap(folder.path()).ok());  // a folder
}

TEST(LinkMap, AnEndlessLineIsGarbage) {
  LinkMap map = Parse("1000 1000 10 16 " + std::string(3 << 20, 'x') + "\n" +
                      std::string(kPlain));
  EXPECT_EQ(map.garbage_lines, 1);
  EXPECT_EQ(map.symbols.size(), 7u);
}

const LiveKey kKey = {"/p", "release", "rustc 1"};

TEST(SaveLive, EachProjectProfileAndCompilerHasItsOwnFolders) {
  for (auto folder_of : {SeedsFolder, LiveFolder}) {
    const std::string folder = folder_of("/cache", kKey);
    EXPECT_EQ(folder, folder_of("/cache", {"/p", "release", "rustc 1"}));
    EXPECT_NE(folder, folder_of("/cache", {"/q", "release", "rustc 1"}));
    EXPECT_NE(folder, folder_of("/cache", {"/p", "bench", "rustc 1"}));
    EXPECT_NE(folder, folder_of("/cache", {"/p", "release", "rustc 2"}));
  }
}

TEST(SaveLive, SeedsAreSortedAndReadBySeedSet) {
  TemporaryFolder folder;
  LinkMap map = Parse(kPlain);
  ASSERT_TRUE(SaveLive(map, folder.path(), kKey, "top").ok());
  std::string path = SeedsFolder(folder.path(), kKey) + "/top.seeds";
  EXPECT_EQ(path, folder / "seeds/" + HashedName("/p") + "/release/" +
                      HashedName("rustc 1") + "/top.seeds");
  EXPECT_EQ(ReadText(path),
            "# dfe seeds\n"
            "_ZN3dep5alive17h6d426c2bf0a0778aE\n"
            "_ZN3top4main17h4652341888872594E\n"
            "_ZN45_$LT$dep..S$u20$as$u20$core..fmt..Display$GT$3fmt"
            "17h8fb9f625131aa449E\n"
            "_start\n"
            "deregister_tm_clones\n"
            "main\n"
            "register_tm_clones\n");
  auto loaded = SeedSet::Load(path, "");
  ASSERT_TRUE(std::holds_alternative<SeedSet>(loaded));
  EXPECT_EQ(std::get<SeedSet>(loaded).size(), 7u);
  EXPECT_TRUE(std::get<SeedSet>(loaded).Contains("main"));
}

TEST(SaveLive, LiveFileRoundTrips) {
  TemporaryFolder folder;
  LinkMap map = Parse(kPlain);
  ASSERT_TRUE(SaveLive(map, folder.path(), kKey, "top").ok());
  auto symbols = LoadLive(LiveFolder(folder.path(), kKey) + "/top.live");
  ASSERT_TRUE(symbols.ok()) << symbols.status();
  ASSERT_EQ(symbols->size(), map.symbols.size());
  for (size_t i = 0; i < symbols->size(); ++i) {
    EXPECT_EQ((*symbols)[i].name, map.symbols[i].name);
    EXPECT_EQ((*symbols)[i].readable, map.symbols[i].readable);
    EXPECT_EQ((*symbols)[i].crate, map.symbols[i].crate);
    EXPECT_EQ((*symbols)[i].size, map.symbols[i].size);
  }
}

TEST(SaveLive, NamesCannotLeadOutOfTheFolder) {
  TemporaryFolder folder;
  ASSERT_TRUE(SaveLive(LinkMap(), folder / "root", {"/p", "../../..", "../.."},
                       "../x/y")
                  .ok());
  EXPECT_TRUE(Exists(folder / "root/seeds/" + HashedName("/p") + "/_.._.._../" +
                     HashedName("../..") + "/_.._x_y.seeds"));
  EXPECT_FALSE(Exists(folder / "x"));
}

TEST(SaveLive, AFolderThatCannotBeMadeIsAnError) {
  TemporaryFolder folder;
  WriteText(folder / "seeds", "a file");
  absl::Status status = SaveLive(LinkMap(), folder.path(), kKey, "top");
  EXPECT_EQ(status.code(), absl::StatusCode::kPermissionDenied) << status;
}

TEST(LoadLive, DamagedFilesAreRefused) {
  TemporaryFolder folder;
  const std::string path = folder / "x.live";
  EXPECT_EQ(LoadLive(path).status().code(), absl::StatusCode::kNotFound);
  for (const char* text :
       {"", "# dfe live 2\n", "# dfe live 1\n12\tdep\tname\n",
        "# dfe live 1\nx\tdep\tname\treadable\n",
        "# dfe live 1\n-1\tdep\tname\treadable\n",
        "# dfe live 1\n1\tdep\tname\treada"}) {
    WriteText(path, text);
    EXPECT_EQ(LoadLive(path).status().code(), absl::StatusCode::kDataLoss)
        << text;
  }
}

}  // namespace
}  // namespace dfe::store
