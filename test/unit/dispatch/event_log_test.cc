// Events survive a round trip, parallel writers, and damage.
#include "dfe/dispatch/event_log.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>

namespace dfe::dispatch {
namespace {

UnitEvent Sample() {
  UnitEvent e;
  e.crate = "foo";
  e.unit = "abc123";
  e.kind = "leaf";
  e.strategy = "late";
  e.reason = "none";
  e.exit_code = 1;
  e.needs_rebuild = true;
  e.wall_us = 5;
  e.cpu_us = 6;
  e.idle_us = 9;
  e.peak_rss_kib = 7;
  e.own_us = 8;
  e.artifact = "/out dir/foo";
  e.leaf = "foo.cdylib";
  e.kept = "not kept yet";
  return e;
}

std::string FreshFolder(const char* name) {
  std::string path =
      ::testing::TempDir() + "/" + name + std::to_string(getpid());
  mkdir(path.c_str(), 0755);
  unlink((path + "/events").c_str());
  return path;
}

TEST(EventLog, RoundTrip) {
  std::string line = Render(Sample());
  ASSERT_EQ(line.back(), '\n');
  line.pop_back();
  std::optional<UnitEvent> e = ParseEvent(line);
  ASSERT_TRUE(e.has_value());
  EXPECT_EQ(Render(*e), line + "\n");
  EXPECT_EQ(e->artifact, "/out dir/foo");
  EXPECT_EQ(e->leaf, "foo.cdylib");
  EXPECT_EQ(e->kept, "not kept yet");
  EXPECT_TRUE(e->needs_rebuild);
}

TEST(EventLog, TabsInNamesCannotForgeFields) {
  UnitEvent e = Sample();
  e.artifact = "a\tb\nc";
  std::string line = Render(e);
  line.pop_back();
  EXPECT_EQ(ParseEvent(line)->artifact, "a b c");
}

TEST(EventLog, DamagedLinesAreCountedAndPassedOver) {
  std::string folder = FreshFolder("damaged");
  ASSERT_TRUE(AppendEvent(folder, Sample()));
  FILE* file = fopen((folder + "/events").c_str(), "a");
  fputs("2\tfrom\tthe\tfuture\n\nhalf a li", file);
  fclose(file);
  EventLog log = ReadEvents(folder);
  EXPECT_EQ(log.events.size(), 1u);
  EXPECT_EQ(log.damaged_lines, 3);
}

TEST(EventLog, ParallelWritersDoNotTearLines) {
  std::string folder = FreshFolder("parallel");
  for (int p = 0; p < 8; ++p) {
    if (fork() == 0) {
      for (int i = 0; i < 200; ++i) AppendEvent(folder, Sample());
      _exit(0);
    }
  }
  while (wait(nullptr) > 0) {
  }
  EventLog log = ReadEvents(folder);
  EXPECT_EQ(log.events.size(), 1600u);
  EXPECT_EQ(log.damaged_lines, 0);
}

TEST(EventLog, AMissingFolderIsNoCrash) {
  EXPECT_FALSE(AppendEvent("/no/such/folder", Sample()));
  EXPECT_TRUE(ReadEvents("/no/such/folder").events.empty());
}

}  // namespace
}  // namespace dfe::dispatch
