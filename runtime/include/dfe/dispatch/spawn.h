// Running the compiler. Standard library only.
#ifndef DFE_DISPATCH_SPAWN_H_
#define DFE_DISPATCH_SPAWN_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace dfe::dispatch {

// The words as exec takes them; they must outlive this.
std::vector<char*> Pointers(std::vector<std::string>& words);

// The value of an environment variable, or "".
std::string EnvironmentValue(const char* name);

// Becomes the program `argv[0]`. Returns only if that is impossible, 127, and
// says so in the name of `self`.
int Become(const char* self, char** argv);

struct Usage {
  int exit_code = 127;  // 128 and the number of a signal that ended it
  int64_t cpu_us = 0;
  int64_t peak_rss_kib = 0;
};

// Where the output goes.
struct SpawnOutput {
  bool quiet = false;  // nowhere
  int error_to = -1;   // standard error: to this descriptor, if not -1
  int output_to = -1;  // standard output: likewise
};

// A process that was started and has to be waited for; 0 if it was not.
struct Child {
  int pid = 0;
};
Child Start(const char* self, std::vector<std::string> words,
            const SpawnOutput& output = {});
Usage Wait(const Child& child);

// Runs the words to the end. What cannot start is said as in Become.
Usage RunAndWait(const char* self, std::vector<std::string> words,
                 const SpawnOutput& output = {});

// The same, and keeps what it says; its standard output only if asked.
struct Captured {
  Usage usage;
  std::string text;    // standard error
  std::string output;  // standard output, or ""
};
enum class Capture { kError, kErrorAndOutput };
// Nothing if there is no memory to keep it in: then nothing ran, or nobody can
// tell what it said.
std::optional<Captured> RunCaptured(const char* self,
                                    std::vector<std::string> words,
                                    Capture what = Capture::kError);

// Runs the words to the end; what they say on standard error is said at once,
// and kept. Nothing if it cannot be: then nothing ran.
std::optional<Captured> RunForwarded(const char* self,
                                     std::vector<std::string> words);

// The file that exec would start for a program's name: as PATH has it, or the
// name itself if it is a path. "" if there is none.
std::string FindProgram(const std::string& name);

// All that a descriptor gives until its end; nothing on a fault.
std::optional<std::string> ReadAll(int fd);

}  // namespace dfe::dispatch

#endif  // DFE_DISPATCH_SPAWN_H_
