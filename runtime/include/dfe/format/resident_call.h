// What dfe-cc and a resident compiler say to each other.
//
// A resident compiler is the user's own Clang, started once for a build with
// clang-plugin/lib/Resident.cpp in it, which forks for each call: a call costs
// what it compiles, and not loading and relocating Clang's libraries as well.
//
// Both talk through a stream socket of the machine.
//
//   client   a frame (dfe/format/envelope.h) with signature "DFECCALL",
//            version 1, no identity, and the payload of a ResidentCall. With
//            its first byte come four descriptors: standard input, output and
//            error, and the folder in which to compile
//   server   kResidentStarted as soon as there is a process for the call; then
//            a frame with signature "DFECDONE", version 1, no identity, and the
//            payload of a ResidentAnswer; then the end
//
// An end before the answer means that nothing is known of the call. Payloads
// are made of the numbers, texts and lists of dfe/format/byte_stream.h, in the
// order of the members.
#ifndef DFE_FORMAT_RESIDENT_CALL_H_
#define DFE_FORMAT_RESIDENT_CALL_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "dfe/format/format_error.h"

namespace dfe {

inline constexpr char kResidentStarted = 'S';
// More is no call: a command line and an environment have at most 6 MiB.
inline constexpr uint64_t kMaxResidentFrame = uint64_t{1} << 24;
inline constexpr int kResidentDescriptors = 4;

struct ResidentCall {
  // The compiler's program that the words would start, without links.
  std::string program;
  std::vector<std::string> words;        // as exec takes them
  std::vector<std::string> environment;  // likewise
  uint32_t umask = 0;
  std::string circumstances;  // of the caller, see Circumstances

  std::string Render() const;
  static std::variant<ResidentCall, FormatError> Parse(std::string_view frame);
};

struct ResidentAnswer {
  // Why nothing was compiled, or "": then the rest counts.
  std::string refusal;
  uint32_t exit_code = 0;
  uint64_t cpu_us = 0;
  uint64_t peak_rss_kib = 0;

  std::string Render() const;
  static std::variant<ResidentAnswer, FormatError> Parse(
      std::string_view frame);
};

// What a process has from the one that started it, besides words, environment,
// folder, descriptors and umask, in so far as a compiler could act otherwise
// for it: who it is, its limits, how it is scheduled, the signals that it
// ignores, its file system and control group. Two processes with equal texts
// are the same to a compiler. Linux only.
std::string Circumstances();

// The circumstances of a caller without the signals that it ignores and this
// process handles. A program that handles a signal does so whatever it was
// started with: Clang does for SIGQUIT and others, which shells ignore in what
// they run in the background.
std::string WithoutHandledSignals(std::string_view circumstances);

}  // namespace dfe

#endif  // DFE_FORMAT_RESIDENT_CALL_H_
