// Two builds at once: several processes on one index.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "dfe/base/sqlite.h"
#include "dfe/store/cache_folders.h"
#include "dfe/store/store.h"
#include "store_testing.h"

namespace dfe::store {
namespace {

constexpr int kWriters = 4;
constexpr int kBuildsEach = 10;

// Starts the writers at one moment; returns how many ended well.
int RunWriters(const std::function<bool(int)>& body) {
  int gate[2];
  if (pipe(gate) != 0) return -1;
  std::vector<pid_t> children;
  for (int writer = 0; writer < kWriters; ++writer) {
    pid_t child = fork();
    if (child == 0) {
      char byte;
      close(gate[1]);
      bool open = read(gate[0], &byte, 1) == 0;
      _exit(open && body(writer) ? 0 : 1);
    }
    children.push_back(child);
  }
  close(gate[0]);
  close(gate[1]);
  int good = 0;
  for (pid_t child : children) {
    int status = 1;
    waitpid(child, &status, 0);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) ++good;
  }
  return good;
}

bool WriteBuilds(const std::string& root, int writer, bool* warned) {
  for (int i = 0; i < kBuildsEach; ++i) {
    auto store = Store::Open(root);
    if (!store.ok()) return false;
    *warned = *warned || !store->warning().empty();
    BuildRecord build = Build();
    build.project = "/project" + std::to_string(writer);
    auto id = store->BeginBuild(build);
    if (!id.ok()) return false;
    if (!store->FinishBuild(*id, build, {Unit("a", 1), Unit("b", 2)}, {}).ok())
      return false;
  }
  return true;
}

TEST(Processes, WritersOfANewIndexLoseNothing) {
  TemporaryFolder folder;
  EXPECT_EQ(RunWriters([&](int writer) {
              bool warned = false;
              return WriteBuilds(folder.path(), writer, &warned) && !warned;
            }),
            kWriters);
  auto store = Store::Open(folder.path());
  ASSERT_TRUE(store.ok()) << store.status();
  EXPECT_EQ(store->warning(), "");
  for (int writer = 0; writer < kWriters; ++writer) {
    auto builds = store->Builds("/project" + std::to_string(writer));
    ASSERT_EQ(builds->size(), size_t{kBuildsEach});
    for (const BuildRecord& build : *builds) {
      EXPECT_EQ(store->Units(build.id)->size(), 2u);
    }
  }
}

TEST(Processes, ADamagedIndexIsReplacedOnce) {
  TemporaryFolder folder;
  const std::string damaged = "not a database, but a text of some length";
  WriteText(folder / "index.db", damaged);
  EXPECT_EQ(RunWriters([&](int writer) {
              bool warned = false;
              return WriteBuilds(folder.path(), writer, &warned);
            }),
            kWriters);
  // A second replacement would have moved a good index over the bad one.
  EXPECT_EQ(ReadText(folder / "index.db.bad"), damaged);
  auto store = Store::Open(folder.path());
  ASSERT_TRUE(store.ok()) << store.status();
  for (int writer = 0; writer < kWriters; ++writer) {
    EXPECT_EQ(store->Builds("/project" + std::to_string(writer))->size(),
              size_t{kBuildsEach});
  }
}

TEST(Processes, ALockThatStaysIsUnavailable) {
  TemporaryFolder folder;
  ASSERT_TRUE(Store::Open(folder.path()).ok());
  auto holder = SqliteDatabase::Open(folder / "index.db");
  ASSERT_TRUE(holder.ok());
  ASSERT_TRUE(holder->Execute("BEGIN IMMEDIATE").ok());
  auto store = Store::Open(folder.path(), absl::Milliseconds(50));
  EXPECT_EQ(store.status().code(), absl::StatusCode::kUnavailable)
      << store.status();
  EXPECT_FALSE(Exists(folder / "index.db.bad"));
}

TEST(Processes, AnIndexInUseIsNotCleaned) {
  TemporaryFolder folder;
  auto store = Store::Open(folder.path());
  ASSERT_TRUE(store.ok());
  ASSERT_TRUE(store->BeginBuild(Build()).ok());
  EXPECT_EQ(Clean(folder.path(), CleanTarget::kIndex).status().code(),
            absl::StatusCode::kUnavailable);
  EXPECT_TRUE(store->FinishBuild(0, Build(), {}, {}).ok());
}

}  // namespace
}  // namespace dfe::store
