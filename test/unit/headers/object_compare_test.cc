// Objects of the compiler at hand, compared.
#include "dfe/headers/object_compare.h"

#include <elf.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstring>
#include <string>
#include <vector>

#include "absl/strings/str_replace.h"
#include "dfe/base/subprocess.h"
#include "dfe/format/envelope.h"

namespace dfe::headers {
namespace {

// ctest runs each test in a process of its own, several at a time.
std::string Stem(const std::string& name) {
  return testing::TempDir() + "/dfe_object_" + name + std::to_string(getpid());
}

std::string Compiled(const std::string& name, const std::string& source,
                     const std::vector<std::string>& words = {}) {
  const std::string stem = Stem(name);
  EXPECT_FALSE(WriteFileAtomically(stem + ".c", source).has_value());
  SubprocessOptions run;
  run.argv = {"cc", "-O0", "-fno-ident", "-c", stem + ".c", "-o", stem + ".o"};
  run.argv.insert(run.argv.end(), words.begin(), words.end());
  absl::StatusOr<SubprocessResult> result = RunSubprocess(run);
  EXPECT_TRUE(result.ok() && result->ok());
  auto bytes = ReadFile(stem + ".o");
  return std::get<std::string>(bytes);
}

TEST(CompareObjects, WhatALinkerSeesCounts) {
  const std::string one = Compiled("a", "int f(void) { return 1; }");
  const std::string two = Compiled("a", "int f(void) { return 2; }");
  const std::string named = Compiled("a", "int g(void) { return 1; }");
  const std::string calls = Compiled("a", "int h(); int f() { return h(); }");
  const std::string others = Compiled("a", "int i(); int f() { return i(); }");
  EXPECT_EQ(CompareObjects(one, one), "");
  EXPECT_EQ(CompareObjects(one, two), "section .text#0: bytes");
  EXPECT_EQ(CompareObjects(one, named).substr(0, 7), "symbol ");
  EXPECT_EQ(CompareObjects(calls, others), "section .text#0: relocations");
}

TEST(CompareObjects, WhatIsForDebuggersCanBeLeftOut) {
  const std::string one = Compiled("g", "int f(int x) { return x; }", {"-g"});
  const std::string named = Compiled("g", "int f(int y) { return y; }", {"-g"});
  const std::string other =
      Compiled("g", "int f(int x) { return -x; }", {"-g"});
  const std::string frame = Compiled("g", "int f(int x) { return x; }",
                                     {"-g", "-fno-asynchronous-unwind-tables"});
  EXPECT_NE(CompareObjects(one, named), "");
  EXPECT_EQ(CompareObjects(one, named, Compared::kProgram), "");
  EXPECT_NE(CompareObjects(one, other, Compared::kProgram), "");
  EXPECT_NE(CompareObjects(one, frame, Compared::kProgram), "");
}

TEST(CompareObjects, NumberingDoesNot) {
  // The same definitions; the undefined symbols are numbered otherwise.
  const std::string ab = Compiled("b", "extern int a, b; int *p[] = {&a, &b};");
  const std::string ba = Compiled("b", "extern int b, a; int *p[] = {&a, &b};");
  EXPECT_EQ(CompareObjects(ab, ba), "");
}

// The linker merges literals by their text.
TEST(CompareObjects, TheOrderOfLiteralsDoesNot) {
  const std::string flags =
      "__attribute__((section(\".text.g\"))) const char *g(void)";
  const std::string one =
      Compiled("c", "const char *p = \"one\", *q = \"two\";\n" + flags +
                        "{ return \"three\"; }");
  const std::string two =
      Compiled("c", flags +
                        "{ return \"three\"; }\n"
                        "const char *p = \"one\", *q = \"two\";");
  const std::string swapped =
      Compiled("c", "const char *p = \"two\", *q = \"one\";\n" + flags +
                        "{ return \"three\"; }");
  EXPECT_EQ(CompareObjects(one, one), "");
  EXPECT_NE(CompareObjects(one, swapped), "");
  EXPECT_NE(CompareObjects(two, swapped), "");
}

TEST(CompareObjects, WhatIsNoObjectIsComparedByItsBytes) {
  EXPECT_EQ(CompareObjects("a", "b"), "bytes");
  EXPECT_EQ(CompareObjects("a", "a"), "");
  const std::string cut = Compiled("a", "int f(void) { return 1; }");
  EXPECT_EQ(CompareObjects(cut, cut.substr(0, cut.size() / 2)), "bytes");
}

// An object that is not there cannot show that nothing changed.
TEST(CompareObjects, NothingIsNotTheSameAsNothing) {
  EXPECT_EQ(CompareObjects("", ""), "no object");
  EXPECT_EQ(CompareObjects("a", ""), "no object");
}

// Clang where it is there: some of what follows is its own.
bool HasClang() {
  static const bool has = [] {
    SubprocessOptions run;
    run.argv = {"clang-22", "--version"};
    run.discard_stdout = run.discard_stderr = true;
    absl::StatusOr<SubprocessResult> result = RunSubprocess(run);
    return result.ok() && result->ok();
  }();
  return has;
}

std::string Assembled(const std::string& text, const std::string& target = "") {
  const std::string stem = Stem("assembled");
  EXPECT_FALSE(WriteFileAtomically(stem + ".s", text).has_value());
  SubprocessOptions run;
  run.argv = {HasClang() ? "clang-22" : "cc", "-c", stem + ".s", "-o",
              stem + ".o"};
  if (!target.empty()) run.argv.push_back("--target=" + target);
  absl::StatusOr<SubprocessResult> result = RunSubprocess(run);
  EXPECT_TRUE(result.ok() && result->ok()) << text;
  auto bytes = ReadFile(stem + ".o");
  return std::get<std::string>(bytes);
}

// Objects of the same text with one word that differs, each in its own way.
struct Pair {
  const char* what;
  std::string text;  // with @ in it
  const char* one;
  const char* other;
  const char* difference;
};

// Otherwise the pair would show nothing: with the same word there is none.
void ExpectFound(const Pair& pair, const std::string& target = "") {
  auto with = [&](const std::string& word) {
    std::string text = pair.text;
    for (size_t at = text.find('@'); at != std::string::npos;
         at = text.find('@', at + word.size())) {
      text.replace(at, 1, word);
    }
    return Assembled(text, target);
  };
  EXPECT_EQ(CompareObjects(with(pair.one), with(pair.one)), "") << pair.what;
  EXPECT_EQ(CompareObjects(with(pair.one), with(pair.other))
                .substr(0, std::string_view(pair.difference).size()),
            pair.difference)
      << pair.what;
}

TEST(CompareObjects, EachOfTheseIsFound) {
  const std::string kFunction =
      ".section .text.f,\"ax\",%progbits\n.globl f\nf: ret\n";
  for (const Pair& pair : std::vector<Pair>{
           {"constant", ".data\n.long @\n", "1", "2", "section .data#0: bytes"},
           {"addend", ".data\n.quad x+@\n", "8", "16",
            "section .data#0: relocations"},
           {"kind of relocation", ".data\n.long x@\n", "", "-.",
            "section .data#0: relocations"},
           {"place of a relocation", ".data\n.zero @\n.quad x\n.zero 16-@\n",
            "0", "8", "section .data#0: relocations"},
           {"binding", kFunction + ".@ f\n", "globl", "weak", "symbol f"},
           {"visibility", kFunction + ".@ f\n", "hidden", "protected",
            "symbol f"},
           {"type", kFunction + ".type f,%@\n", "function", "object",
            "symbol f"},
           {"size", kFunction + ".size f,@\n", "1", "2", "symbol f"},
           {"value", ".data\n.zero 8\n.globl v\n.set v,.data+@\n", "0", "4",
            "symbol v"},
           {"flags of a section", ".section s,\"@\",%progbits\n.long 1\n", "a",
            "aw", "section s#0: header"},
           {"type of a section", ".section s,\"a\",%@\n.long 1\n", "progbits",
            "note", "section s#0: header"},
           {"alignment", ".section s,\"a\",%progbits\n.p2align @\n.zero 16\n",
            "2", "3", "section s#0: header"},
           {"size of zeros", ".bss\n.zero @\n", "4", "8",
            "section .bss#0: header"},
           {"signature of a group",
            ".section s,\"aG\",%progbits,@,comdat\n.long 1\n"
            ".globl f,g\n.set f,0\n.set g,0\n",
            "f", "g", "section .group of f "},
           {"member of a group",
            ".section s,\"aG\",%progbits,f,comdat\n.long 1\n"
            ".section t,\"a@\n.long 1\n",
            "\",%progbits", "G\",%progbits,f,comdat", "section "},
           {"kind of a group", ".section s,\"aG\",%progbits,f@\n.long 1\n",
            ",comdat", "", "section .group of f "},
           {"line of the code", ".file 1 \"f.c\"\n.text\n.loc 1 @\nnop\n", "1",
            "2", "section .debug_line#0: bytes"},
           {"order of initialisers",
            ".section .init_array,\"aw\",%init_array\n.quad @\n", "a,b", "b,a",
            "section .init_array#0: relocations"},
       }) {
    ExpectFound(pair);
  }
  if (!HasClang()) return;
  for (const Pair& pair : std::vector<Pair>{
           {"what a section is linked to",
            ".section a,\"a\",@progbits\n.section b,\"a\",@progbits\n"
            ".section s,\"ao\",@progbits,$\n.long 1\n",
            "a", "b", "section s#0: header"},
           {"address that counts",
            kFunction + ".globl g\ng: ret\n"
                        ".addrsig\n.addrsig_sym $\n",
            "f", "g", "section .llvm_addrsig#0: relocations"},
       }) {
    Pair plain = pair;
    for (char& c : plain.text) c = c == '@' ? '%' : c == '$' ? '@' : c;
    ExpectFound(plain);
  }
}

// Strings that the linker merges: `use` is what refers to them.
std::string Strings(const std::string& use, const std::string& strings) {
  return ".section .rodata.str1.1,\"aMS\",%progbits,1\n" + strings + use;
}
constexpr char kOneTwo[] = ".L1: .asciz \"one\"\n.L2: .asciz \"two\"\n";
constexpr char kTwoOne[] = ".L2: .asciz \"two\"\n.L1: .asciz \"one\"\n";

TEST(CompareObjects, TheOrderOfLiteralsCountsIfAPlaceIsNamed) {
  auto compare = [](const std::string& use) {
    return CompareObjects(Assembled(Strings(use, kOneTwo)),
                          Assembled(Strings(use, kTwoOne)));
  };
  // By text: an address of each.
  EXPECT_EQ(compare(".data\n.quad .L1, .L2\n"), "");
  EXPECT_EQ(compare(".text\nmovl $.L1, %eax\nmovl $.L2, %eax\n"), "");
  // By place: a symbol that others see, a distance from the section's start.
  EXPECT_NE(compare(".globl g\n.set g, .L1\n"), "");
  EXPECT_NE(compare(".data\n.long .rodata.str1.1 - .\n"), "");
  // One of them at the place of the other.
  EXPECT_NE(CompareObjects(Assembled(Strings(".data\n.quad .L1\n", kOneTwo)),
                           Assembled(Strings(".data\n.quad .L2\n", kOneTwo))),
            "");
  // The same places, other texts in them.
  const std::string at_start = ".globl g\ng: ";
  EXPECT_NE(CompareObjects(Assembled(Strings("", at_start + kOneTwo)),
                           Assembled(Strings("", at_start + kTwoOne))),
            "");
  const std::string global = ".globl g\n.set g, .rodata.str1.1\n";
  EXPECT_NE(CompareObjects(Assembled(Strings(global, kOneTwo)),
                           Assembled(Strings(global, kTwoOne))),
            "");
}

// LLVM makes a table of addresses one of distances from its own begin.
TEST(CompareObjects, TheOrderOfLiteralsDoesNotCountInTablesOfDistances) {
  auto table = [](const std::string& name, const std::string& entries) {
    return ".section " + name + ",\"a\",%progbits\n.Lt:\n" + entries;
  };
  auto compare = [](const std::string& one, const std::string& two) {
    return CompareObjects(Assembled(Strings(one, kOneTwo)),
                          Assembled(Strings(two, kTwoOne)));
  };
  const std::string name = ".rodata..Lswitch.table.f.";
  const std::string both = ".long .L1-.Lt, .L2-.Lt, .L1-.Lt\n";
  EXPECT_EQ(compare(table(name + "rel", both), table(name + "rel", both)), "");
  // The number is that of a label which nobody else sees.
  EXPECT_EQ(compare(table(name + "1.rel", both), table(name + "27.rel", both)),
            "");
  // Another text, or none at that place.
  EXPECT_NE(compare(table(name + "rel", both),
                    table(name + "rel", ".long .L1-.Lt, .L1-.Lt, .L1-.Lt\n")),
            "");
  // Not known to be such a table: of another name, with something between, and
  // in what is executed.
  EXPECT_NE(compare(table(name + "res", both), table(name + "res", both)), "");
  EXPECT_NE(compare(table(".rodata.f.rel", both), table(".rodata.f.rel", both)),
            "");
  const std::string more = both + ".long 7\n";
  EXPECT_NE(compare(table(name + "rel", more), table(name + "rel", more)), "");
  const std::string code =
      ".section " + name + "rel,\"ax\",%progbits\n.Lt:\n" + both;
  EXPECT_NE(compare(code, code), "");
}

// On ARM a literal is reached by its section and the place in it.
// Two functions, each in a section of its own, in the order that is asked for.
std::string TwoFunctions(bool first_a, const std::string& a_frame = "16",
                         const std::string& more = "") {
  const auto function = [](const std::string& name, const std::string& frame) {
    return ".section .text." + name + ",\"ax\",@progbits\n.globl " + name +
           "\n.type " + name + ",@function\n" + name +
           ":\n.cfi_startproc\nnop\n.cfi_def_cfa_offset " + frame +
           "\nret\n.cfi_endproc\n.size " + name + ", .-" + name + "\n";
  };
  const std::string a = function("a", a_frame);
  const std::string b = function("b", "24");
  return Assembled((first_a ? a + b : b + a) + more);
}

TEST(CompareObjects, TheOrderOfUnwindRecordsDoesNot) {
  EXPECT_NE(TwoFunctions(true), TwoFunctions(false));
  EXPECT_EQ(CompareObjects(TwoFunctions(true), TwoFunctions(false)), "");
}

TEST(CompareObjects, TheOrderOfGroupsAndTheNumbersOfTablesDoNot) {
  const auto group = [](const std::string& name, const std::string& table,
                        const std::string& text) {
    return ".section .text." + name + ",\"axG\",@progbits," + name +
           ",comdat\n.weak " + name + "\n" + name + ": " + text +
           "\n.section .gcc_except_table." + name + ",\"aG\",@progbits," +
           name + ",comdat\n" + table + ": .byte 1\n";
  };
  const std::string one = Assembled(group("a", "GCC_except_table0", "nop") +
                                    group("b", "GCC_except_table1", "ret"));
  EXPECT_EQ(
      CompareObjects(one, Assembled(group("b", "GCC_except_table0", "ret") +
                                    group("a", "GCC_except_table1", "nop"))),
      "");
  // Another group's text, another name, a table that others can name.
  EXPECT_EQ(
      CompareObjects(one, Assembled(group("b", "GCC_except_table0", "nop") +
                                    group("a", "GCC_except_table1", "ret"))),
      "section .text.a#0: bytes");
  EXPECT_NE(
      CompareObjects(one, Assembled(group("a", "GCC_except_tableX", "nop") +
                                    group("b", "GCC_except_table1", "ret"))),
      "");
  EXPECT_NE(
      CompareObjects(one, Assembled(group("a", "GCC_except_table0", "nop") +
                                    group("b", "GCC_except_table1", "ret") +
                                    ".globl GCC_except_table1\n")),
      "");
}

TEST(CompareObjects, NumbersAtTheEndOfLocalNamesDoNot) {
  const std::string data = ".data\nx.12: .byte 1\ny3: .byte 2\n";
  const auto named = [&](const std::string& x, const std::string& more = "") {
    return Assembled(absl::StrReplaceAll(data, {{"x.12", x}}) + more);
  };
  EXPECT_EQ(CompareObjects(named("x.12"), named("x.7")), "");
  EXPECT_NE(CompareObjects(named("x.12"), named("z.12")), "");
  EXPECT_NE(CompareObjects(named("x.12", ".globl x.12\n"),
                           named("x.7", ".globl x.7\n")),
            "");
  // Which of two is meant is told by its place.
  EXPECT_NE(
      CompareObjects(named("y2", ".quad y2\n"), named("y2", ".quad y3\n")), "");
}

TEST(CompareObjects, WhatUnwindRecordsSayCounts) {
  EXPECT_EQ(CompareObjects(TwoFunctions(true), TwoFunctions(false, "32")),
            "section .eh_frame#0: relocations");
  // A place of the section is named.
  const std::string place =
      ".section .eh_frame,\"a\",@unwind\n.globl frames\nframes:\n";
  EXPECT_EQ(CompareObjects(TwoFunctions(true, "16", place),
                           TwoFunctions(false, "16", place)),
            "section .eh_frame#0: bytes");
}

TEST(CompareObjects, PlacesOfLiteralsCountOnOtherMachines) {
  if (!HasClang()) return;
  const std::string use = ".text\nadrp x0, .rodata.str1.1\n";
  EXPECT_NE(
      CompareObjects(Assembled(Strings(use, kOneTwo), "aarch64-linux-gnu"),
                     Assembled(Strings(use, kTwoOne), "aarch64-linux-gnu")),
      "");
  const std::string quad = ".data\n.quad .rodata.str1.1 + 4\n";
  EXPECT_NE(
      CompareObjects(Assembled(Strings(quad, kOneTwo), "aarch64-linux-gnu"),
                     Assembled(Strings(quad, kTwoOne), "aarch64-linux-gnu")),
      "");
  EXPECT_EQ(CompareObjects(Assembled(".data\n.long 1\n"),
                           Assembled(".data\n.long 1\n", "aarch64-linux-gnu")),
            "machine or ABI");
}

// A string with more behind its end is more than its text.
TEST(CompareObjects, WhatIsBehindATextCounts) {
  const std::string use =
      ".type .L1,%object\n.size .L1,8\n.data\n.quad .L1\n.text\n"
      "leaq .L1(%rip), %rax\n";
  EXPECT_NE(
      CompareObjects(Assembled(Strings(use,
                                       ".L1: .asciz \"one\"\n.asciz \"two\"\n"
                                       ".asciz \"six\"\n")),
                     Assembled(Strings(use,
                                       ".L1: .asciz \"one\"\n.asciz \"six\"\n"
                                       ".asciz \"two\"\n"))),
      "");
}

// Damage in both of them, so that what is compared is gone.
TEST(CompareObjects, ContentsOutsideOfTheFileAreNotNothing) {
  auto object = [](const std::string& constant) {
    return Assembled(".data\n.long " + constant + "\n");
  };
  auto damaged = [](std::string bytes, uint64_t Elf64_Shdr::* field,
                    uint64_t value) {
    Elf64_Ehdr header;
    std::memcpy(&header, bytes.data(), sizeof header);
    for (int i = 0; i < header.e_shnum; ++i) {
      const size_t at = header.e_shoff + i * sizeof(Elf64_Shdr);
      Elf64_Shdr section;
      std::memcpy(&section, bytes.data() + at, sizeof section);
      if (section.sh_type != SHT_PROGBITS || section.sh_size != 4) continue;
      section.*field = value;
      std::memcpy(bytes.data() + at, &section, sizeof section);
    }
    return bytes;
  };
  EXPECT_EQ(CompareObjects(object("1"), object("2")), "section .data#0: bytes");
  for (const uint64_t wrong : {uint64_t{1} << 20, ~uint64_t{0}}) {
    for (auto field : {&Elf64_Shdr::sh_offset, &Elf64_Shdr::sh_size}) {
      EXPECT_EQ(CompareObjects(damaged(object("1"), field, wrong),
                               damaged(object("2"), field, wrong)),
                "bytes");
    }
  }
}

// Every byte of an object that is turned over is found, or it changes nothing
// that a linker reads.
TEST(CompareObjects, NoDamageIsReadPastTheEnd) {
  const std::string whole =
      Assembled(Strings(".data\n.quad .L1, .L2, x\n", kOneTwo));
  for (size_t i = 0; i < whole.size(); ++i) {
    for (const int flip : {0x01, 0x80, 0xff}) {
      std::string damaged = whole;
      damaged[i] = static_cast<char>(damaged[i] ^ flip);
      (void)CompareObjects(whole, damaged);
      (void)CompareObjects(damaged, whole.substr(0, i));
    }
  }
}

}  // namespace
}  // namespace dfe::headers
