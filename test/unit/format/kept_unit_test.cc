// Kept units: what is written is read, and nothing else is.
#include "dfe/format/kept_unit.h"

#include <gtest/gtest.h>

#include <string>

#include "dfe/format/envelope.h"

namespace dfe {
namespace {

TEST(UnitInputs, SurvivesItsPayload) {
  const UnitInputs inputs = {{"src/lib.rs", "", "a b/c.rs"}, {"OUT_DIR"}};
  const auto parsed = UnitInputs::Parse(inputs.Serialize());
  ASSERT_TRUE(parsed.has_value());
  EXPECT_EQ(parsed->files, inputs.files);
  EXPECT_EQ(parsed->variables, inputs.variables);
}

TEST(KeptUnit, SurvivesItsPayload) {
  const std::string library("\0rlib\n", 6);
  const KeptUnit unit = {"messages", "a.d: a.rs\n", "", library};
  const std::string payload = unit.Serialize();
  const auto parsed = KeptUnit::Parse(payload);
  ASSERT_TRUE(parsed.has_value());
  EXPECT_EQ(parsed->messages, "messages");
  EXPECT_EQ(parsed->dep_info, "a.d: a.rs\n");
  EXPECT_EQ(parsed->metadata, "");
  EXPECT_EQ(parsed->library, library);
}

TEST(KeptObject, SurvivesItsPayload) {
  KeptObject object;
  object.dependencies = "a.o: a.c\n";
  object.files = {{"a.c", "0123"}, {"b c.h", ""}};
  object.names = {"b c.h"};
  object.found = {"x/b c.h", "y/b c.h"};
  object.object = std::string_view("\0elf", 4);
  const std::string payload = object.Serialize();
  const auto parsed = KeptObject::Parse(payload);
  ASSERT_TRUE(parsed.has_value());
  EXPECT_EQ(parsed->dependencies, object.dependencies);
  ASSERT_EQ(parsed->files.size(), 2u);
  EXPECT_EQ(parsed->files[1].path, "b c.h");
  EXPECT_EQ(parsed->files[0].hash, "0123");
  EXPECT_EQ(parsed->names, object.names);
  EXPECT_EQ(parsed->found, object.found);
  EXPECT_EQ(parsed->object, object.object);
  for (size_t size = 0; size < payload.size(); ++size) {
    EXPECT_FALSE(KeptObject::Parse(payload.substr(0, size)).has_value())
        << size;
  }
  EXPECT_FALSE(KeptObject::Parse(payload + "x").has_value());
}

TEST(KeptUnit, AnyOtherLengthIsRefused) {
  const std::string unit = KeptUnit{"m", "d", "meta", "lib"}.Serialize();
  const std::string inputs = UnitInputs{{"f"}, {"V", "W"}}.Serialize();
  for (size_t size = 0; size < unit.size(); ++size) {
    EXPECT_FALSE(KeptUnit::Parse(unit.substr(0, size)).has_value()) << size;
  }
  for (size_t size = 0; size < inputs.size(); ++size) {
    EXPECT_FALSE(UnitInputs::Parse(inputs.substr(0, size)).has_value()) << size;
  }
  EXPECT_FALSE(KeptUnit::Parse(unit + "x").has_value());
  EXPECT_FALSE(UnitInputs::Parse(inputs + "x").has_value());
}

TEST(KeptUnit, NumbersThatLieCostNothing) {
  std::string inputs;
  AppendLittle32(inputs, 0xffffffff);
  EXPECT_FALSE(UnitInputs::Parse(inputs + "abcd").has_value());
  std::string unit;
  AppendLittle32(unit, 0);
  AppendLittle32(unit, 0);
  AppendLittle64(unit, 0xffffffffffffffff);
  EXPECT_FALSE(KeptUnit::Parse(unit + "abcdefgh").has_value());
}

}  // namespace
}  // namespace dfe
