//===- Recorder.h - what the headers of a unit did to each other ---------===//
//
// Listens to the preprocessor of one translation unit and fills a
// dfe::HeaderRecord, see dfe/format/header_record.h.
//
//===----------------------------------------------------------------------===//

#ifndef DFE_HEADERRECORDER_RECORDER_H
#define DFE_HEADERRECORDER_RECORDER_H

#include "dfe/format/header_record.h"
#include "clang/Lex/PPCallbacks.h"
#include "clang/Lex/Preprocessor.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/VirtualFileSystem.h"
#include <chrono>
#include <deque>

namespace dfeheaders {

class Passages;
class PassageReader;

/// A definition in which both spellings of an attribute are one, and the names
/// of its attributes, without underscores.
struct Meaning {
  uint64_t Hash = 0;
  std::vector<std::string> Attributes;
};

/// The file system of a scan, which keeps what it was asked for and what was
/// there. A file's time is that of its opening, so it is never newer than the
/// text that was read.
class AskedFiles : public llvm::vfs::ProxyFileSystem {
public:
  using ProxyFileSystem::ProxyFileSystem;

  llvm::ErrorOr<llvm::vfs::Status> status(const llvm::Twine &Path) override;
  bool exists(const llvm::Twine &Path) override;
  llvm::ErrorOr<std::unique_ptr<llvm::vfs::File>>
  openFileForRead(const llvm::Twine &Path) override;

  /// By path. The first answer counts: it is the one that clang keeps.
  const llvm::StringMap<dfe::HeaderRecord::Probe> &asked() const {
    return Asked;
  }

private:
  void note(const llvm::Twine &Path,
            const llvm::ErrorOr<llvm::vfs::Status> &Status);

  llvm::StringMap<dfe::HeaderRecord::Probe> Asked;
};

/// The preprocessor owns the callbacks; they keep the recorder alive through a
/// shared pointer, so that it can be asked after the last file was left.
class Recorder {
public:
  /// Asked: the file system in use, if probes are to be recorded. Known: what
  /// scans before remember, if text that is known need not be read.
  explicit Recorder(clang::Preprocessor &PP,
                    llvm::IntrusiveRefCntPtr<AskedFiles> Asked = nullptr,
                    Passages *Known = nullptr);
  ~Recorder();

  /// Starts to listen. Must come before the main file is entered.
  static void listen(std::shared_ptr<Recorder> R);

  /// Counts one instantiation for the file that Loc is in.
  void countInstantiation(clang::SourceLocation Loc);

  /// Completes the record: files that are still open are left, reads of names
  /// that neither a file nor the command line defines are dropped. Call once.
  dfe::HeaderRecord take();

  /// Whether the record would be another if __COUNTER__ had begun with another
  /// number. Before take().
  bool dependsOnCounter() const;

private:
  friend class Callbacks;
  friend class PassageReader;

  /// A file that is being read: one entry of the include stack.
  struct Instance {
    uint32_t File;
    uint32_t Id;
    /// Number of #include lines so far: reads are kept once between two.
    uint32_t Epoch = 0;
    std::chrono::steady_clock::time_point Since;
  };

  uint32_t fileOf(clang::FileID FID);
  uint32_t fileOf(clang::FileEntryRef Entry);
  uint32_t macroOf(const clang::IdentifierInfo &II);
  uint32_t definitionOf(const clang::MacroInfo *MI);
  /// A definition as it is spelt.
  struct Spelling {
    struct Word {
      bool LeadingSpace;
      clang::tok::TokenKind Kind;
      llvm::StringRef Text;
    };
    /// "(A,B,)" of a macro with parameters, or nothing.
    llvm::SmallString<32> Parameters;
    llvm::SmallVector<Word, 16> Words;
  };
  uint32_t intern(const Spelling &Def);
  uint32_t intern(uint64_t Hash, llvm::function_ref<Meaning()> Means);
  Spelling spellingOf(const clang::MacroInfo &MI,
                      std::deque<llvm::SmallString<32>> &Text) const;
  uint64_t hashOf(const clang::MacroInfo &MI) const;
  static uint64_t hashOf(const Spelling &Def,
                         std::vector<std::string> *Attributes);
  std::vector<uint32_t> sameDefinitions() const;
  uint32_t internPragma(llvm::StringRef Text);

  void settle();
  void enter(clang::FileID FID);
  void exit(clang::FileID Left);
  /// What happens to a name. AskedFor: of kDefault.
  void happen(dfe::HeaderEvent Kind, const clang::IdentifierInfo &II,
              const clang::IdentifierInfo *AskedFor,
              llvm::function_ref<uint32_t()> Definition);
  void read(const clang::IdentifierInfo *II, const clang::MacroInfo *MI,
            dfe::HeaderEvent Kind = dfe::HeaderEvent::kRead);
  void ask(const clang::IdentifierInfo &II, const clang::MacroInfo *MI);
  void settleName(bool BracketFollows = true);
  void readCondition(clang::SourceRange Range);
  void ifNotDefined(const clang::Token &Name, const clang::MacroInfo *MI);
  void readCondition(const clang::Token &Name, const clang::MacroInfo *MI);
  bool onlyRefuses(clang::SourceLocation Loc) const;
  bool readDefaults(const clang::Token &Name);
  bool isDefault(const clang::Token &Name, const clang::MacroInfo *MI);
  void expand(const clang::Token &Name, const clang::MacroInfo *MI);
  void readArguments(const clang::MacroInfo &MI, const clang::MacroArgs &Args);
  std::string lineOf(const clang::IdentifierInfo &II,
                     const clang::MacroInfo *MI) const;
  void change(const clang::IdentifierInfo &II, const clang::MacroInfo *MI);
  void pragma(clang::SourceLocation Loc);
  /// Kind: '(', ')', '{', '}', or 'C' for the brace of extern "C".
  void bracket(char Kind);
  void token(const clang::Token &Tok);
  void counterValue();
  void lookForCounter(const clang::Token &Tok);
  void flag(uint32_t Flag);
  void chargeTime();
  void addProbes();

  clang::Preprocessor &PP;
  llvm::IntrusiveRefCntPtr<AskedFiles> Asked;
  std::unique_ptr<PassageReader> Reader;
  dfe::HeaderRecord Record;
  std::vector<Instance> Stack;
  llvm::DenseMap<const clang::FileEntry *, uint32_t> FileIds;
  /// Entries of FileIds by number; none for what the command line defines.
  std::vector<clang::OptionalFileEntryRef> Entries;
  llvm::DenseMap<const clang::IdentifierInfo *, uint32_t> MacroIds;
  llvm::DenseMap<const clang::MacroInfo *, uint32_t> DefinitionIds;
  llvm::DenseMap<uint64_t, uint32_t> DefinitionsByHash;
  std::vector<Meaning> Meanings = {{}};
  llvm::StringMap<uint32_t> PragmaIds;
  /// What __has_include told files, as hashes.
  llvm::DenseSet<std::pair<uint32_t, uint64_t>> Answers;
  /// Changes of each macro so far, by macro.
  std::vector<uint32_t> Versions;
  /// Macros that some file, or a word of the command line, defines.
  std::vector<bool> Interesting;
  /// Nothing happens in an instance between two of its reads in one epoch, so
  /// the last one tells whether the next one is new.
  struct LastRead {
    uint32_t Instance = ~0U;
    uint32_t Version = 0;
    uint32_t Epoch = 0;
    bool operator==(const LastRead &) const = default;
  };
  /// By macro: when it was read last, and when its name was.
  std::vector<LastRead> Reads;
  std::vector<LastRead> Names;
  /// The name that was seen last, while nobody knows what follows it.
  const clang::IdentifierInfo *Name = nullptr;
  const clang::MacroInfo *NameDefinition = nullptr;
  /// The route of the #include line that is being carried out, + 1.
  uint32_t PendingRoute = 0;
  /// Macros of #pragma pop_macro lines that have yet to come into force.
  std::vector<const clang::IdentifierInfo *> Popped;
  /// Words that can make names of files part of the program.
  llvm::SmallVector<const clang::IdentifierInfo *, 8> TellsNames;
  /// Values of __COUNTER__ by file, until a name was seen that ends with one.
  struct CounterUse {
    std::string Value;
    uint32_t File;
  };
  std::vector<CounterUse> Counters;
  bool RefusesByCounter = false;
  /// What such names have before the digits at their end.
  llvm::StringSet<> CounterNames;
  /// What the last #ifndef defines if its macro is not, and where that stands.
  struct Default {
    const clang::IdentifierInfo *Macro;
    uint32_t Definition;
  };
  llvm::SmallVector<Default, 8> Defaults;
  clang::SourceRange DefaultLines;
  uint32_t NextInstance = 0;
  uint32_t Depth = 0;
  /// What each open brace adds to Depth.
  std::vector<uint32_t> Braces;
  /// 1 after `extern`, 2 after its string.
  int Linkage = 0;
  bool SawCode = false;
  /// The main file had its first #include, or its first token.
  bool LeadIsOver = false;
};

} // namespace dfeheaders

#endif // DFE_HEADERRECORDER_RECORDER_H
