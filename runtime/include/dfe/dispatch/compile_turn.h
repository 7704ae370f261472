// Turns: which of the compiles that cargo has started goes on first.
//
// `dfe build` lets cargo start more compiles than there are cores, and has them
// wait for a turn each (dfe/build/compile_queue.h). In the session folder are
//
//   turns    a socket. Gets one line, `NAME VERSION` of the package that is
//            compiled, and answers with one byte when it is the caller's turn,
//            which ends with the connection
//   tokens   a FIFO with a byte for each compile that may run besides those
//            that have a turn: the jobserver of rustc's own threads
//
// Nobody listens, or no longer: everybody goes on at once. Standard library
// only.
#ifndef DFE_DISPATCH_COMPILE_TURN_H_
#define DFE_DISPATCH_COMPILE_TURN_H_

#include <optional>
#include <string>

#include "dfe/dispatch/descriptor.h"

namespace dfe::dispatch {

inline constexpr char kTurnsSocket[] = "turns";
inline constexpr char kTokensFifo[] = "tokens";

// Set for what a compile with a turn starts, which is to wait for none.
inline constexpr char kTurnVariable[] = "DFE_TURN";

// A package, as cargo's variables name it.
struct TurnRequest {
  std::string name;
  std::string version;

  bool operator==(const TurnRequest&) const = default;
};

// Waits for its turn when it is made, and ends it when it goes.
class CompileTurn {
 public:
  enum class Compiler {
    kOther,
    // Its threads take tokens in place of cargo's, of which there are too many.
    kRustc,
  };

  CompileTurn(const std::string& session, Compiler compiler);
  CompileTurn(const CompileTurn&) = delete;
  CompileTurn& operator=(const CompileTurn&) = delete;
  ~CompileTurn();

  // True if it waited for anybody at all.
  bool taken() const { return connection_.ok(); }

 private:
  Descriptor connection_{-1};
  Descriptor tokens_{-1};
};

// For the one that listens. What a caller says, or nothing: it says no such
// thing.
std::optional<TurnRequest> ParseTurnRequest(const std::string& line);
inline constexpr size_t kMaxTurnRequest = 512;

}  // namespace dfe::dispatch

#endif  // DFE_DISPATCH_COMPILE_TURN_H_
