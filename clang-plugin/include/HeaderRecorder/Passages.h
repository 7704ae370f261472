//===- Passages.h - text of headers that need not be read again ----------===//
//
// A process that scans one file after another reads the same headers again and
// again. What the preprocessor does in a passage of a header, its own text up
// to the next #include, is a function of that text and of the definitions that
// it asks for. So the first scan remembers what was asked and what happened,
// and a later one that comes to the same text, and gets the same answers, has
// that happen without reading: events go to its record, definitions to its
// preprocessor, and the lexer goes on behind the passage. Everything else, the
// search for headers and guards above all, is done by Clang each time.
//
// The record is to be the same to the bit; test/clang-plugin and
// ci/proofs/scans compare.
//
// Names can end in the value of __COUNTER__, which many headers of Linux
// expand, and the value depends on what came before. So a scan that goes past
// passages counts from a number that no text has: then such a name is never a
// macro, whatever the value. If it could be one counted from 0, or the value is
// used otherwise, the file is scanned once more, from 0 and reading everything.
//
//===----------------------------------------------------------------------===//

#ifndef DFE_HEADERRECORDER_PASSAGES_H
#define DFE_HEADERRECORDER_PASSAGES_H

#include "HeaderRecorder/Recorder.h"
#include "clang/Lex/Lexer.h"
#include "clang/Lex/MacroInfo.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/PointerIntPair.h"
#include "llvm/ADT/StringMap.h"
#include <map>
#include <tuple>

namespace dfeheaders {

/// What a process remembers from scan to scan. All scans must have the same
/// language options and target; macros and search folders may differ.
class Passages {
public:
  /// Remembers no more than that many happenings, questions and (half) words
  /// of definitions, of 16 bytes each.
  static constexpr size_t MostRemembered = 16'000'000;
  /// Of one place in a text. Where headers are included in ever other orders,
  /// looking for one that fits would take longer than reading.
  static constexpr size_t MostOfOnePlace = 16;

  static constexpr uint32_t None = ~0U;

  /// The first value of __COUNTER__. Clang allows up to 2^31 - 1.
  static constexpr uint32_t FirstCounter = 1'738'205'000;

  /// An #if that is open, by its offset in the file.
  struct Level {
    uint32_t Offset;
    bool WasSkipping, FoundNonSkip, FoundElse;
    bool operator==(const Level &) const = default;
  };
  /// What Clang knows of a file's guard so far.
  struct Guard {
    uint32_t Macro = None;
    bool ReadTokens = false;
    bool Expanded = false;
    bool operator==(const Guard &) const = default;
  };
  /// The state of a file's lexer between two tokens.
  struct Place {
    Guard TheGuard;
    llvm::SmallVector<Level, 2> Levels;
    int Linkage = 0;
    bool operator==(const Place &) const = default;
  };
  /// A definition that can be made again in another preprocessor.
  struct Macro {
    uint32_t Name;
    uint32_t Definition;
    uint32_t Begin, End;
    bool IsFunctionLike, IsC99Varargs, IsGNUVarargs, HasCommaPasting;
    std::vector<uint32_t> Parameters;
    struct Word {
      clang::Token Tok;
      uint32_t Offset;
      uint32_t Name;
    };
    std::vector<Word> Words;
  };
  struct Happening {
    /// Overwritten: Defined or Undefined, and so again later.
    enum : uint8_t { Event, Interned, Defined, Undefined, Overwritten } Kind;
    dfe::HeaderEvent Recorded = dfe::HeaderEvent::kRead;
    /// Name; or of Interned, definition; of a pragma, text; of Defined, macro.
    uint32_t Subject = 0;
    uint32_t Value = 0; ///< Definition.
    uint32_t Other = 0; ///< Name that kDefault asks for.
  };
  /// What a name must be. Hash 0: no macro; 1: one that Clang makes up.
  struct Question {
    uint32_t Name;
    uint64_t Hash;
  };
  struct Passage {
    Place Begin, End;
    uint32_t EndOffset = 0;
    std::vector<Question> Questions;
    std::vector<Happening> Happenings;
    std::vector<Macro> Macros;
    /// Brackets that are open at the end, or close what was open before: what
    /// Recorder::bracket gets.
    std::string Brackets;
    uint32_t Flags = 0;
    uint32_t Tokens = 0;
    uint64_t Time = 0;
    bool Once = false;
    /// Offset of a #pragma GCC system_header + 1, or 0.
    uint32_t SystemHeader = 0;
    /// What Recorder::CounterNames got.
    std::vector<uint32_t> CounterNames;
  };
  /// A text, by hash and size, and an offset in it.
  using Where = std::tuple<uint64_t, uint64_t, uint32_t>;

  std::vector<std::unique_ptr<Passage>> *find(const Where &Key) {
    auto It = Known.find(Key);
    return It == Known.end() ? nullptr : &It->second;
  }
  void remember(const Where &Key, std::unique_ptr<Passage> P);

  /// How many passages were gone past, and how many were read.
  size_t Taken = 0, Read = 0;

  uint32_t nameOf(llvm::StringRef Text);
  llvm::StringRef textOf(uint32_t Name) const { return Texts[Name]; }
  uint32_t definition(uint64_t Hash, const Meaning &Means);
  const std::pair<uint64_t, Meaning> &definition(uint32_t Id) const {
    return Definitions[Id];
  }

private:
  std::map<Where, std::vector<std::unique_ptr<Passage>>> Known;
  size_t Count = 0;
  llvm::StringMap<uint32_t> Names;
  std::vector<llvm::StringRef> Texts;
  llvm::DenseMap<uint64_t, uint32_t> DefinitionIds;
  std::vector<std::pair<uint64_t, Meaning>> Definitions = {{}};
};

/// Of one scan: goes past passages that are known, and remembers others.
class PassageReader {
public:
  PassageReader(Recorder &R, clang::Preprocessor &PP, Passages &Store)
      : R(R), PP(PP), Store(Store) {}

  /// The lexer is at a place where a passage can begin.
  void begin();
  /// The passage ends before Offset of its file.
  void end(uint32_t Offset);
  void endBeforeInclude(clang::SourceLocation Hash);
  /// Of the outermost #if of a file. Then the next passage begins.
  void endBeforeEndif(clang::SourceLocation Loc, clang::SourceLocation If);
  /// The file whose lexer is gone.
  void endOfFile(clang::FileID FID);
  /// The includer goes on.
  void beginAfter(clang::FileID Left);

  // What happens in between.
  void asked(const clang::IdentifierInfo &II, const clang::MacroInfo *MI);
  void read(const clang::IdentifierInfo &II, const clang::MacroInfo *MI,
            dfe::HeaderEvent Kind);
  /// Definition: the record's number of it. AskedFor: of kDefault.
  void changed(const clang::IdentifierInfo &II, dfe::HeaderEvent Kind,
               uint32_t Definition,
               const clang::IdentifierInfo *AskedFor = nullptr);
  void interned(uint32_t Definition);
  void defined(const clang::IdentifierInfo &II, const clang::MacroInfo *MI);
  void flagged(uint32_t Flag);
  void counted();
  void counterName(llvm::StringRef Before);
  void bracket(char Kind);
  void pragma(llvm::StringRef Words, clang::SourceLocation Loc);
  /// Something that is not a function of the text and what it asks for.
  void spoil() { Open.reset(); }

  /// Passages of a scan that had an error are not to be believed.
  void commit();

private:
  struct OpenPassage {
    Passages::Where Key;
    std::unique_ptr<Passages::Passage> P;
    clang::FileID FID;
    uint32_t File;
    uint64_t TokensBefore;
    std::chrono::steady_clock::time_point Since;
    /// Names that were asked for, or changed and so need not be.
    llvm::DenseSet<const clang::IdentifierInfo *> Settled;
    /// Names that were recorded as read, or as seen, since they changed.
    llvm::DenseSet<llvm::PointerIntPair<const clang::IdentifierInfo *, 1, bool>>
        Reads;
  };

  bool mayBegin() const;
  Passages::Place place(const clang::PreprocessorLexer &Lexer);
  bool fits(const Passages::Passage &P, const Passages::Place &Now);
  void replay(const Passages::Passage &P);
  void makeMacro(const Passages::Macro &M, clang::SourceLocation Start);
  uint64_t hashOf(const clang::MacroInfo *MI);
  uint32_t nameOf(const clang::IdentifierInfo &II);
  clang::IdentifierInfo &infoOf(uint32_t Name);
  uint32_t definitionOf(uint32_t Local);
  uint32_t localDefinition(uint32_t Definition);

  Recorder &R;
  clang::Preprocessor &PP;
  Passages &Store;
  std::optional<OpenPassage> Open;
  std::vector<std::pair<Passages::Where, std::unique_ptr<Passages::Passage>>>
      Made;
  llvm::DenseMap<const clang::IdentifierInfo *, uint32_t> Names;
  std::vector<clang::IdentifierInfo *> Infos;
  llvm::DenseMap<const clang::MacroInfo *, uint64_t> Hashes;
};

} // namespace dfeheaders

#endif // DFE_HEADERRECORDER_PASSAGES_H
