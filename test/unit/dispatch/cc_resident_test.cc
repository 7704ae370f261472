// The client of resident compilers, before servers of all sorts.
#include "dfe/dispatch/cc_resident.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <thread>

#include "dfe/dispatch/local_socket.h"
#include "dfe/format/resident_call.h"

namespace dfe::dispatch {
namespace {

namespace fs = std::filesystem;

// A session folder with a socket for a program of its own.
class Session {
 public:
  Session() {
    folder = fs::temp_directory_path() /
             ("dfe-resident-" + std::to_string(getpid()));
    fs::remove_all(folder);
    fs::create_directories(folder / "cc" / "resident");
    program = folder / "clang";
    std::ofstream(program) << "#!/bin/sh\n";
    chmod(program.c_str(), 0755);
    program = fs::canonical(program);
  }
  ~Session() { fs::remove_all(folder); }

  // What the client gets from a server that does `serve` with the call's
  // socket, after it read all that came.
  std::optional<Captured> Ask(const std::function<void(int)>& serve,
                              std::vector<std::string> words = {}) {
    const Descriptor listening =
        ListenIn(folder / "cc" / "resident", ResidentKey(program));
    EXPECT_TRUE(listening.ok());
    std::thread server([&] {
      const int call = accept(listening.get(), nullptr, nullptr);
      if (call >= 0) serve(call);
      if (call >= 0) close(call);
    });
    words.insert(words.begin(), program);
    why.clear();
    auto run = RunResident(folder, words, &why);
    shutdown(listening.get(), SHUT_RDWR);
    server.join();
    fs::remove(folder / "cc" / "resident" / ResidentKey(program));
    return run;
  }

  fs::path folder;
  std::string program;
  std::string why;  // as of the last call
};

// Reads the call with its descriptors.
ResidentCall Receive(int socket, int (&descriptors)[kResidentDescriptors]) {
  std::string frame(1 << 20, '\0');
  alignas(cmsghdr) char control[256];
  iovec part = {frame.data(), frame.size()};
  msghdr message = {};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  const ssize_t size = recvmsg(socket, &message, 0);
  EXPECT_GT(size, 0);
  std::memcpy(descriptors, CMSG_DATA(CMSG_FIRSTHDR(&message)),
              sizeof descriptors);
  auto parsed = ResidentCall::Parse(frame.substr(0, static_cast<size_t>(size)));
  EXPECT_TRUE(std::holds_alternative<ResidentCall>(parsed));
  return std::get<ResidentCall>(parsed);
}

void Say(int socket, const std::string& text) {
  EXPECT_EQ(send(socket, text.data(), text.size(), MSG_NOSIGNAL),
            static_cast<ssize_t>(text.size()));
}

// Answers as a compiler would that says something on both channels.
void Answer(int socket, const ResidentAnswer& answer) {
  int descriptors[kResidentDescriptors];
  const ResidentCall call = Receive(socket, descriptors);
  EXPECT_EQ(call.words.back(), "x.c");
  EXPECT_EQ(call.circumstances, Circumstances());
  EXPECT_EQ(write(descriptors[1], "out", 3), 3);
  EXPECT_EQ(write(descriptors[2], "warning\n", 8), 8);
  for (int fd : descriptors) close(fd);
  Say(socket, "S");
  Say(socket, answer.Render());
}

TEST(RunResident, GivesWhatTheCompilerSaid) {
  const auto run =
      Session().Ask([](int call) { Answer(call, {"", 0, 5000, 70}); }, {"x.c"});
  ASSERT_TRUE(run.has_value());
  EXPECT_EQ(run->usage.exit_code, 0);
  EXPECT_EQ(run->usage.cpu_us, 5000);
  EXPECT_EQ(run->usage.peak_rss_kib, 70);
  EXPECT_EQ(run->text, "warning\n");
  EXPECT_EQ(run->output, "out");
}

TEST(RunResident, TellsFailedFromRefused) {
  Session session;
  const auto failed =
      session.Ask([](int call) { Answer(call, {"", 1, 1, 1}); }, {"x.c"});
  ASSERT_TRUE(failed.has_value());
  EXPECT_EQ(failed->usage.exit_code, 1);
  EXPECT_EQ(session.why, "");
  EXPECT_FALSE(
      session.Ask([](int call) { Answer(call, {"no", 0, 1, 1}); }, {"x.c"}));
  EXPECT_EQ(session.why, "no");
}

TEST(RunResident, IsNothingIfTheServerIsNotWhatItShouldBe) {
  Session session;
  const std::string answer = ResidentAnswer{}.Render();
  for (const std::string& said :
       {std::string(), std::string("S"), std::string("X") + answer, answer,
        "S" + answer.substr(0, answer.size() - 1), "S" + answer + "S"}) {
    EXPECT_FALSE(session.Ask(
        [&](int call) {
          int descriptors[kResidentDescriptors];
          Receive(call, descriptors);
          for (int fd : descriptors) close(fd);
          if (!said.empty()) Say(call, said);
        },
        {"x.c"}))
        << said;
    EXPECT_NE(session.why, "") << said;
  }
  EXPECT_FALSE(session.Ask([](int) {}, {"x.c"}));
}

TEST(RunResident, IsNothingWithoutAServer) {
  Session session;
  std::string why;
  const std::vector<std::string> words = {session.program, "x.c"};
  EXPECT_FALSE(RunResident(session.folder / "absent", words, &why));
  EXPECT_FALSE(RunResident(session.folder, {}, &why));
  EXPECT_EQ(why, "");
  EXPECT_FALSE(RunResident(session.folder, words, &why));
  EXPECT_EQ(why, "none was started of " + session.program);
  EXPECT_FALSE(RunResident(session.folder, {session.program, "-v"}, &why));
  EXPECT_EQ(why, "for the program alone: -v");
}

TEST(ResidentRefusal, IsForWhatIsMoreThanACompile) {
  EXPECT_EQ(ResidentRefusal({"clang", "-O2", "-c", "x.c", "-mllvm", "-x"}), "");
  EXPECT_EQ(ResidentRefusal({"clang", "-fplugin=/x/dfe-imports.so", "-c"}), "");
  for (const char* word :
       {"-v", "-ftime-report", "-ftime-trace", "-fplugin=x.so",
        "-fplugin=x-dfe-imports.so", "-fpass-plugin=/x/dfe-imports.so",
        "-fpass-plugin=x.so", "-no-canonical-prefixes", "-fno-integrated-cc1",
        "--driver-mode=cl"}) {
    EXPECT_NE(ResidentRefusal({"clang", "-c", word, "x.c"}), "") << word;
  }
  EXPECT_NE(ResidentRefusal({"clang", "-Xclang", "-load", "-Xclang", "x.so"}),
            "");
}

TEST(ProgramOf, IsWhatExecWouldStart) {
  Session session;
  const std::string folder = session.folder;
  fs::create_directory(session.folder / "bin");
  fs::create_symlink(session.program, session.folder / "bin" / "cc");
  EXPECT_EQ(ProgramOf("bin/cc", folder), session.program);
  EXPECT_EQ(ProgramOf(folder + "/bin/cc", "/"), session.program);
  EXPECT_EQ(ProgramOf("bin/absent", folder), "");
  EXPECT_EQ(ProgramOf("bin", folder), "");
  const std::string path = std::getenv("PATH");
  setenv("PATH", ("/absent:" + folder + "/bin:/usr/bin").c_str(), 1);
  EXPECT_EQ(ProgramOf("cc", "/"), session.program);
  setenv("PATH", ("bin:" + folder + "/bin").c_str(), 1);
  EXPECT_EQ(ProgramOf("cc", "/proc"), session.program);
  const fs::path before = fs::current_path();
  fs::current_path(folder);
  EXPECT_EQ(ProgramOf("cc", folder), "");
  fs::current_path(before);
  setenv("PATH", path.c_str(), 1);
}

}  // namespace
}  // namespace dfe::dispatch
