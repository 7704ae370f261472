// What cargo says that it made.
#include "dfe/build/verify_build.h"

#include <gtest/gtest.h>

namespace dfe {
namespace {

constexpr char kMessages[] = R"(
{"reason":"compiler-artifact","target":{"kind":["lib"],"name":"dep"},"filenames":["/t/libdep.rlib"],"executable":null}
{"reason":"compiler-artifact","target":{"kind":["custom-build"],"name":"build-script-build"},"filenames":["/t/build"],"executable":null}
{"reason":"build-script-executed","target":{"kind":["bin"],"name":"x"},"executable":"/t/x"}
{"reason":"compiler-artifact","target":{"kind":["bin"],"name":"app"},"filenames":["/t/app"],"executable":"/t/app"}
{"reason":"compiler-artifact","target":{"kind":["cdylib","rlib"],"name":"ext"},"filenames":["/t/libext.rlib","/t/libext.so"],"executable":null}
{"reason":"compiler-artifact","target":{"kind":["proc-macro"],"name":"mac"},"filenames":["/t/libmac.so"],"executable":null}
{"reason":"build-finished","success":true}
)";

TEST(BuiltPrograms, ProgramsAndDynamicLibraries) {
  const std::vector<BuiltProgram> made = BuiltPrograms(kMessages);
  ASSERT_EQ(made.size(), 2u);
  EXPECT_EQ(made[0].name, "bin app");
  EXPECT_EQ(made[0].path, "/t/app");
  EXPECT_TRUE(made[0].runs);
  EXPECT_EQ(made[1].name, "cdylib ext");
  EXPECT_EQ(made[1].path, "/t/libext.so");
  EXPECT_FALSE(made[1].runs);
}

TEST(BuiltPrograms, OtherLinesArePassedOver) {
  for (const char* text :
       {"", "not json", "[]", "7", R"({"reason":7})",
        R"({"reason":"compiler-artifact","target":7})",
        R"({"reason":"compiler-artifact","target":{"kind":[7]}})",
        R"({"reason":"compiler-artifact","filenames":7})"}) {
    EXPECT_TRUE(BuiltPrograms(text).empty()) << text;
  }
}

}  // namespace
}  // namespace dfe
