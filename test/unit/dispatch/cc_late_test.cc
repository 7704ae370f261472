// Asking for late orders, before servers of all sorts, and what they take for a
// question.
#include "dfe/dispatch/cc_late.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <thread>

#include "dfe/dispatch/local_socket.h"

namespace dfe::dispatch {
namespace {

namespace fs = std::filesystem;

class CcLate : public testing::Test {
 protected:
  void SetUp() override {
    // Longer than the address of a socket can be.
    session_ =
        fs::temp_directory_path() / ("dfe-late-" + std::to_string(getpid()));
    session_ /= std::string(120, 's');
    fs::remove_all(session_.parent_path());
    fs::create_directories(session_ / "cc");
  }
  void TearDown() override { fs::remove_all(session_.parent_path()); }

  // What the client makes of a server that sends `answer` and hangs up.
  bool Ask(const std::string& answer) {
    const Descriptor listening = ListenIn(session_ / "cc", kLateSocket);
    EXPECT_TRUE(listening.ok());
    std::string key;
    std::thread server([&] {
      const Descriptor call(accept(listening.get(), nullptr, nullptr));
      key = ReadLateRequest(call.get()).value_or("none");
      EXPECT_EQ(send(call.get(), answer.data(), answer.size(), MSG_NOSIGNAL),
                static_cast<ssize_t>(answer.size()));
    });
    const bool written = AskForLateOrder(session_, "0a1b");
    server.join();
    EXPECT_EQ(key, "0a1b");
    fs::remove(session_ / "cc" / kLateSocket);
    return written;
  }

  fs::path session_;
};

TEST_F(CcLate, AnOrderIsNewOnlyIfTheBuildSaysSo) {
  EXPECT_TRUE(Ask("1"));
  EXPECT_FALSE(Ask("0"));
  EXPECT_FALSE(Ask("x"));
  EXPECT_FALSE(Ask(""));
}

TEST_F(CcLate, NobodyListens) {
  EXPECT_FALSE(AskForLateOrder(session_, "0a1b"));
  EXPECT_FALSE(AskForLateOrder(session_ / "nowhere", "0a1b"));
  {
    const Descriptor gone = ListenIn(session_ / "cc", kLateSocket);
  }
  EXPECT_FALSE(AskForLateOrder(session_, "0a1b"));
  EXPECT_FALSE(ListenIn(session_ / "cc", kLateSocket).ok());
}

// What is taken for a question of these parts, and then of the end.
std::string Taken(const std::vector<std::string>& parts) {
  int ends[2];
  EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
  const Descriptor server(ends[0]);
  std::thread client([&] {
    const Descriptor own(ends[1]);
    for (const std::string& part : parts) {
      EXPECT_EQ(write(own.get(), part.data(), part.size()),
                static_cast<ssize_t>(part.size()));
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
  });
  const std::string key = ReadLateRequest(server.get()).value_or("none");
  client.join();
  return key;
}

TEST(LateRequest, IsOneLineWithTheNameOfAnOrder) {
  EXPECT_EQ(Taken({"12ef\n"}), "12ef");
  EXPECT_EQ(Taken({"12", "ef", "\n"}), "12ef");
  EXPECT_EQ(Taken({}), "none");
  EXPECT_EQ(Taken({"12ef"}), "none");
  EXPECT_EQ(Taken({"\n"}), "none");
  EXPECT_EQ(Taken({"../12ef\n"}), "none");
  EXPECT_EQ(Taken({"12\n34\n"}), "none");
  EXPECT_EQ(Taken({std::string(127, 'a') + "\n"}), std::string(127, 'a'));
  EXPECT_EQ(Taken({std::string(128, 'a') + "\n"}), "none");
}

TEST(LateRequest, WhoSaysNothingIsNotWaitedForLong) {
  int ends[2];
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
  const Descriptor server(ends[0]);
  const Descriptor client(ends[1]);
  EXPECT_FALSE(ReadLateRequest(server.get()));
}

}  // namespace
}  // namespace dfe::dispatch
