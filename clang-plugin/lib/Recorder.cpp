//===- Recorder.cpp - from preprocessor callbacks to a record ------------===//
//
// Four things are easy to miss, because clang has no callback for them:
//  - A name that is no macro yet is read too: were it defined earlier, it would
//    be expanded. So every identifier counts as a read, and those that no file
//    ever defines are dropped at the end.
//  - In `#if X`, an undefined X is 0. The condition is lexed once more.
//  - #pragma lines have no common form. Their text is kept; the planner decides
//    which of them mean something beyond their line.
//  - Where a search did not find a file. The file system is asked to tell.
//
//===----------------------------------------------------------------------===//

#include "HeaderRecorder/Recorder.h"
#include "HeaderRecorder/Passages.h"
#include "dfe/format/envelope.h"
#include "clang/Basic/FileManager.h"
#include "clang/Basic/SourceManager.h"
#include "clang/Lex/HeaderSearch.h"
#include "clang/Lex/Lexer.h"
#include "clang/Lex/PreprocessorOptions.h"
#include "llvm/ADT/StringSet.h"

using namespace clang;

namespace dfeheaders {

class Callbacks : public PPCallbacks {
public:
  explicit Callbacks(std::shared_ptr<Recorder> R) : R(std::move(R)) {}

  void LexedFileChanged(FileID FID, LexedFileChangeReason Reason,
                        SrcMgr::CharacteristicKind, FileID Left,
                        SourceLocation) override {
    if (Reason == LexedFileChangeReason::EnterFile)
      R->enter(FID);
    else
      R->exit(Left);
  }
  void FileSkipped(const FileEntryRef &File, const Token &,
                   SrcMgr::CharacteristicKind) override {
    R->settle();
    R->Record.events.push_back(
        {dfe::HeaderEvent::kSkip, R->fileOf(File), R->PendingRoute, R->Depth});
    R->PendingRoute = 0;
    if (R->Reader)
      R->Reader->begin();
  }
  void InclusionDirective(SourceLocation Hash, const Token &IncludeTok,
                          StringRef Spelled, bool Angled, CharSourceRange,
                          OptionalFileEntryRef, StringRef SearchPath,
                          StringRef RelativePath, const Module *, bool,
                          SrcMgr::CharacteristicKind) override {
    R->settle();
    if (R->Reader)
      R->Reader->endBeforeInclude(Hash);
    dfe::HeaderRecord::Route Route;
    Route.spelled = Spelled.str();
    Route.flags = Angled ? uint32_t{dfe::kRouteAngled} : 0;
    if (IncludeTok.getIdentifierInfo()->isStr("include_next")) {
      Route.flags |= dfe::kRouteNext;
      R->flag(dfe::kFileIncludeNext);
    }
    // Beside the includer is no search: then the path is the includer's, and it
    // can still be equal to that of a folder that is searched.
    if (RelativePath == Spelled)
      for (auto [I, Folder] : llvm::enumerate(R->Record.search_folders))
        if (SearchPath == Folder) {
          Route.search = I + 1;
          break;
        }
    Route.line = R->PP.getSourceManager().getExpansionLineNumber(Hash);
    R->Record.routes.push_back(std::move(Route));
    R->PendingRoute = R->Record.routes.size();
    if (!R->Stack.empty())
      ++R->Stack.back().Epoch;
    if (R->Stack.size() == 1)
      R->LeadIsOver = true;
  }
  void MacroExpands(const Token &Name, const MacroDefinition &MD, SourceRange,
                    const MacroArgs *Args) override {
    R->expand(Name, MD.getMacroInfo());
    if (Args && MD.getMacroInfo())
      R->readArguments(*MD.getMacroInfo(), *Args);
  }
  void MacroDefined(const Token &Name, const MacroDirective *MD) override {
    if (!R->isDefault(Name, MD->getMacroInfo()))
      R->change(*Name.getIdentifierInfo(), MD->getMacroInfo());
    if (R->Reader)
      R->Reader->defined(*Name.getIdentifierInfo(), MD->getMacroInfo());
  }
  // Also of a name that was no macro: the line does the same in any order.
  void MacroUndefined(const Token &Name, const MacroDefinition &,
                      const MacroDirective *) override {
    R->change(*Name.getIdentifierInfo(), nullptr);
    if (R->Reader)
      R->Reader->defined(*Name.getIdentifierInfo(), nullptr);
  }
  void Defined(const Token &Name, const MacroDefinition &MD,
               SourceRange) override {
    R->readCondition(Name, MD.getMacroInfo());
  }
  void Ifdef(SourceLocation, const Token &Name,
             const MacroDefinition &MD) override {
    R->readCondition(Name, MD.getMacroInfo());
  }
  void Ifndef(SourceLocation, const Token &Name,
              const MacroDefinition &MD) override {
    R->ifNotDefined(Name, MD.getMacroInfo());
  }
  using PPCallbacks::Elifdef;
  void Elifdef(SourceLocation, const Token &Name,
               const MacroDefinition &MD) override {
    R->readCondition(Name, MD.getMacroInfo());
  }
  using PPCallbacks::Elifndef;
  void Elifndef(SourceLocation, const Token &Name,
                const MacroDefinition &MD) override {
    R->readCondition(Name, MD.getMacroInfo());
  }
  void If(SourceLocation, SourceRange Range, ConditionValueKind) override {
    R->readCondition(Range);
  }
  void Elif(SourceLocation, SourceRange Range, ConditionValueKind Value,
            SourceLocation) override {
    if (Value != CVK_NotEvaluated)
      R->readCondition(Range);
  }
  // A line marker can say that what follows is a system header's.
  void FileChanged(SourceLocation, FileChangeReason Reason,
                   SrcMgr::CharacteristicKind, FileID) override {
    if (Reason == RenameFile && R->Reader)
      R->Reader->spoil();
  }
  // What is embedded is asked of the disk, as what __has_include asks for.
  void EmbedDirective(SourceLocation, StringRef, bool, OptionalFileEntryRef,
                      const LexEmbedParametersResult &) override {
    if (R->Reader)
      R->Reader->spoil();
  }
  void HasEmbed(SourceLocation, StringRef, bool,
                OptionalFileEntryRef) override {
    if (R->Reader)
      R->Reader->spoil();
  }
  void Endif(SourceLocation Loc, SourceLocation If) override {
    if (R->Reader)
      R->Reader->endBeforeEndif(Loc, If);
  }
  void HasInclude(SourceLocation, StringRef Spelled, bool Angled,
                  OptionalFileEntryRef Found,
                  SrcMgr::CharacteristicKind Kind) override {
    R->flag(dfe::kFileHasInclude);
    if (R->Reader)
      R->Reader->spoil();
    if (R->Stack.empty())
      return;
    // Each question once, as a file can be entered any number of times.
    const uint32_t Asker = R->Stack.back().File;
    const uint64_t Answer =
        dfe::HashBytes((Angled ? "<" : "\"") + Spelled.str() + " " +
                       (Found ? Found->getName().str() : "")) |
        1; // 0 is "nothing"
    if (R->Answers.insert({Asker, Answer}).second)
      R->Record.files[Asker].asked += Answer;
    if (!Found)
      return;
    dfe::HeaderRecord::File &File = R->Record.files[R->fileOf(*Found)];
    File.flags |= dfe::kFileAsked;
    if (File.content == 0 && SrcMgr::isSystem(Kind))
      File.flags |= dfe::kFileSystem;
  }
  void PragmaDirective(SourceLocation Loc, PragmaIntroducerKind) override {
    R->pragma(Loc);
  }

private:
  std::shared_ptr<Recorder> R;
};

Recorder::Recorder(Preprocessor &PP, llvm::IntrusiveRefCntPtr<AskedFiles> Asked,
                   Passages *Known)
    : PP(PP), Asked(std::move(Asked)) {
  if (Known) {
    Reader = std::make_unique<PassageReader>(*this, PP, *Known);
    PP.setCounterValue(Passages::FirstCounter);
  }
  for (const DirectoryLookup &Folder :
       PP.getHeaderSearchInfo().search_dir_range())
    Record.search_folders.push_back(Folder.getName().str());
  for (StringRef Word : {"source_location", "__builtin_source_location",
                         "__builtin_FILE", "__builtin_FILE_NAME"})
    TellsNames.push_back(PP.getIdentifierInfo(Word));
  if (PP.getLangOpts().CPlusPlus)
    TellsNames.push_back(PP.getIdentifierInfo("__PRETTY_FUNCTION__"));
  // Files that share a precompiled header can differ in these.
  for (const auto &[Text, IsUndef] : PP.getPreprocessorOpts().Macros) {
    StringRef Name =
        StringRef(Text).take_until([](char C) { return C == '=' || C == '('; });
    Interesting[macroOf(*PP.getIdentifierInfo(Name))] = true;
  }
}

Recorder::~Recorder() = default;

void Recorder::listen(std::shared_ptr<Recorder> R) {
  Preprocessor &PP = R->PP;
  PP.setTokenWatcher([R](const Token &Tok) { R->token(Tok); });
  PP.addPPCallbacks(std::make_unique<Callbacks>(std::move(R)));
}

uint32_t Recorder::fileOf(FileEntryRef Entry) {
  auto [It, New] =
      FileIds.try_emplace(&Entry.getFileEntry(), Record.files.size());
  if (New) {
    dfe::HeaderRecord::File File;
    File.name = Entry.getName().str();
    File.bytes = Entry.getSize();
    Record.files.push_back(std::move(File));
    Entries.push_back(Entry);
  }
  return It->second;
}

// Buffers that are no file (what the command line defines) are all one.
uint32_t Recorder::fileOf(FileID FID) {
  if (OptionalFileEntryRef Entry =
          PP.getSourceManager().getFileEntryRefForID(FID)) {
    uint32_t Id = fileOf(*Entry);
    dfe::HeaderRecord::File &File = Record.files[Id];
    // A __has_include can have found it as something else.
    if (File.content == 0)
      File.flags &= ~dfe::kFileSystem;
    if (File.content == 0)
      if (std::optional<StringRef> Text =
              PP.getSourceManager().getBufferDataOrNone(FID))
        File.content = dfe::HashBytes({Text->data(), Text->size()});
    return Id;
  }
  for (auto [Id, File] : llvm::enumerate(Record.files))
    if (File.flags & dfe::kFileBuiltin)
      return Id;
  dfe::HeaderRecord::File File;
  File.name = "<command line>";
  File.flags = dfe::kFileBuiltin;
  Record.files.push_back(std::move(File));
  Entries.push_back(std::nullopt);
  return Record.files.size() - 1;
}

uint32_t Recorder::macroOf(const IdentifierInfo &II) {
  auto [It, New] = MacroIds.try_emplace(&II, Record.macros.size());
  if (New) {
    Record.macros.push_back(II.getName().str());
    Versions.push_back(0);
    Reads.emplace_back();
    Names.emplace_back();
    Interesting.push_back(false);
  }
  return It->second;
}

uint32_t Recorder::internPragma(StringRef Text) {
  auto [It, New] = PragmaIds.try_emplace(Text, Record.pragmas.size());
  if (New)
    Record.pragmas.push_back(Text.str());
  return It->second;
}

void Recorder::chargeTime() {
  if (Stack.empty())
    return;
  auto Now = std::chrono::steady_clock::now();
  Record.files[Stack.back().File].own_us +=
      std::chrono::duration_cast<std::chrono::microseconds>(Now -
                                                            Stack.back().Since)
          .count();
  Stack.back().Since = Now;
}

// #pragma pop_macro has no callback either, and comes into force only after the
// callback of its line: so it is looked at when the next thing happens.
void Recorder::settle() {
  settleName();
  if (Popped.empty())
    return;
  for (const IdentifierInfo *II : std::exchange(Popped, {}))
    change(*II, PP.getMacroInfo(II));
}

void Recorder::enter(FileID FID) {
  settle();
  chargeTime();
  Instance Inst;
  Inst.File = fileOf(FID);
  Inst.Id = NextInstance++;
  Inst.Since = std::chrono::steady_clock::now();
  if (Stack.empty())
    Record.main_file = Record.files[Inst.File].name;
  SourceLocation Start = PP.getSourceManager().getLocForStartOfFile(FID);
  if (PP.getSourceManager().isInSystemHeader(Start))
    Record.files[Inst.File].flags |= dfe::kFileSystem;
  Stack.push_back(Inst);
  Record.events.push_back(
      {dfe::HeaderEvent::kEnter, Inst.File, PendingRoute, Depth});
  PendingRoute = 0;
  if (Reader)
    Reader->begin();
}

void Recorder::exit(FileID Left) {
  if (Stack.size() <= 1)
    return; // the main file is left in take()
  settle();
  if (Reader)
    Reader->endOfFile(Left);
  chargeTime();
  Stack.pop_back();
  Stack.back().Since = std::chrono::steady_clock::now();
  Record.events.push_back({dfe::HeaderEvent::kExit});
  if (Reader)
    Reader->beginAfter(Left);
}

void Recorder::flag(uint32_t Flag) {
  if (Stack.empty())
    return;
  Record.files[Stack.back().File].flags |= Flag;
  if (Reader)
    Reader->flagged(Flag);
}

void Recorder::happen(dfe::HeaderEvent Kind, const IdentifierInfo &II,
                      const IdentifierInfo *AskedFor,
                      llvm::function_ref<uint32_t()> Definition) {
  uint32_t Asks = 0;
  if (AskedFor) {
    Asks = macroOf(*AskedFor);
    Interesting[Asks] = true;
  }
  const uint32_t Macro = macroOf(II);
  const Instance &Inst = Stack.back();
  if (Kind == dfe::HeaderEvent::kRead || Kind == dfe::HeaderEvent::kName) {
    const LastRead Now = {Inst.Id, Versions[Macro], Inst.Epoch};
    auto &Last = Kind == dfe::HeaderEvent::kRead ? Reads : Names;
    if (std::exchange(Last[Macro], Now) == Now)
      return;
  } else {
    ++Versions[Macro];
    if (!(Record.files[Inst.File].flags & dfe::kFileBuiltin))
      Interesting[Macro] = true;
  }
  Record.events.push_back({Kind, Macro, Definition(), Asks});
}

void Recorder::read(const IdentifierInfo *II, const MacroInfo *MI,
                    dfe::HeaderEvent Kind) {
  if (!II || Stack.empty())
    return;
  if (MI && MI->isBuiltinMacro())
    return ask(*II, MI);
  settle();
  happen(Kind, *II, nullptr, [&] { return definitionOf(MI); });
  if (Reader)
    Reader->read(*II, MI, Kind);
}

// What the preprocessor does depends on it, and nothing of the record does.
void Recorder::ask(const IdentifierInfo &II, const MacroInfo *MI) {
  if (Reader)
    Reader->asked(II, MI);
}

void Recorder::readCondition(const Token &Name, const MacroInfo *MI) {
  if (onlyRefuses(Name.getLocation()))
    ask(*Name.getIdentifierInfo(), MI);
  else
    read(Name.getIdentifierInfo(), MI);
}

void Recorder::readCondition(SourceRange Range) {
  if (Range.isInvalid() || Range.getBegin().isMacroID())
    return;
  const bool Refuses = onlyRefuses(Range.getBegin());
  const SourceManager &SM = PP.getSourceManager();
  auto [FID, Offset] = SM.getDecomposedLoc(Range.getBegin());
  StringRef Text = SM.getBufferData(FID);
  Lexer Raw(SM.getLocForStartOfFile(FID), PP.getLangOpts(), Text.begin(),
            Text.begin() + Offset, Text.end());
  // The end of the range is the last token of the line; the condition ends with
  // its line in any case.
  Token Tok;
  for (bool First = true;; First = false) {
    if (Raw.LexFromRawLexer(Tok) || (Tok.isAtStartOfLine() && !First))
      return;
    if (Tok.is(tok::raw_identifier)) {
      IdentifierInfo *II = PP.LookUpIdentifierInfo(Tok);
      if (Refuses)
        ask(*II, PP.getMacroInfo(II));
      else
        read(II, PP.getMacroInfo(II));
    }
  }
}

void Recorder::expand(const Token &Name, const MacroInfo *MI) {
  const IdentifierInfo *II = Name.getIdentifierInfo();
  settle();
  if (PP.isParsingIfOrElifDirective() && onlyRefuses(Name.getLocation())) {
    // It may refuse or not by the value, of which the record has nothing.
    if (MI && MI->isBuiltinMacro() && II->isStr("__COUNTER__")) {
      RefusesByCounter = true;
      if (Reader)
        Reader->spoil();
    }
    return ask(*II, MI);
  }
  if (!MI || !MI->isBuiltinMacro())
    return read(II, MI);
  ask(*II, MI);
  StringRef Text = II->getName();
  if (Text == "__COUNTER__") {
    counterValue();
  } else if (Text == "__DATE__" || Text == "__TIME__" ||
             Text == "__TIMESTAMP__") {
    flag(dfe::kFileDate);
  } else if (Text == "__FILE__" || Text == "__FILE_NAME__") {
    flag(dfe::kFileName);
  } else if (Text == "__BASE_FILE__" || Text == "__INCLUDE_LEVEL__") {
    flag(dfe::kFilePlace);
  }
}

void Recorder::change(const IdentifierInfo &II, const MacroInfo *MI) {
  if (Stack.empty())
    return;
  settleName();
  if (Stack.size() == 1 && !LeadIsOver)
    Record.leading.push_back({II.getName().str(), lineOf(II, MI)});
  const dfe::HeaderEvent Kind =
      MI ? dfe::HeaderEvent::kDefine : dfe::HeaderEvent::kUndefine;
  happen(Kind, II, nullptr, [&] { return definitionOf(MI); });
  if (Reader)
    Reader->changed(II, Kind, definitionOf(MI));
}

// The text of the line, or of _Pragma's brackets, with single blanks.
void Recorder::pragma(SourceLocation Loc) {
  const SourceManager &SM = PP.getSourceManager();
  Loc = SM.getSpellingLoc(Loc);
  auto [FID, Offset] = SM.getDecomposedLoc(Loc);
  StringRef Text = SM.getBufferData(FID).substr(Offset);
  settle();
  Text = Text.take_until([](char C) { return C == '\n'; });
  if (Text.consume_front("_Pragma")) {
    Text = Text.take_until([](char C) { return C == ')'; });
    Text = Text.trim(" \t(\"");
  } else {
    Text.consume_front("#");
    Text = Text.ltrim();
    Text.consume_front("pragma");
    Text = Text.split("//").first.split("/*").first;
  }
  std::string Words;
  for (StringRef Rest = Text.trim(); !Rest.empty();) {
    auto [Word, After] = Rest.split(' ');
    if (!Word.trim().empty())
      Words += (Words.empty() ? "" : " ") + Word.trim().str();
    Rest = After;
  }
  // push_macro("X") reads X, pop_macro("X") changes it.
  StringRef Rest = Words;
  bool Pops = Rest.consume_front("pop_macro");
  if (Pops || Rest.consume_front("push_macro")) {
    if (Reader)
      Reader->spoil();
    StringRef Name = Rest.split('"').second.split('"').first;
    if (const IdentifierInfo *II = PP.getIdentifierInfo(Name)) {
      if (Pops)
        Popped.push_back(II);
      else
        read(II, PP.getMacroInfo(II));
    }
    return;
  }
  Record.events.push_back(
      {dfe::HeaderEvent::kPragma, internPragma(Words), 0, 0});
  if (Reader)
    Reader->pragma(Words, Loc);
}

void Recorder::bracket(char Kind) {
  if (Reader)
    Reader->bracket(Kind);
  switch (Kind) {
  case 'C':
  case '{':
    Braces.push_back(Kind == 'C' ? 1 : dfe::kDepthBracket);
    Depth += Braces.back();
    break;
  case '(':
    Depth += dfe::kDepthBracket;
    break;
  case '}':
    if (!Braces.empty()) {
      // A bracket of another kind can have closed it.
      Depth -= std::min(Depth, Braces.back());
      Braces.pop_back();
    }
    break;
  case ')':
    if (Depth >= dfe::kDepthBracket)
      Depth -= dfe::kDepthBracket;
    break;
  default:
    break;
  }
}

void Recorder::token(const Token &Tok) {
  // Annotations stand for what the preprocessor has already dealt with.
  if (Stack.empty() || Tok.isAnnotation())
    return;
  settleName(Tok.is(tok::l_paren));
  settle();
  ++Record.files[Stack.back().File].tokens;
  // extern "C" { is counted apart from other brackets.
  switch (Tok.getKind()) {
  case tok::l_brace:
    bracket(Linkage == 2 ? 'C' : '{');
    break;
  case tok::l_paren:
  case tok::l_square:
    bracket('(');
    break;
  case tok::r_brace:
    bracket('}');
    break;
  case tok::r_paren:
  case tok::r_square:
    bracket(')');
    break;
  default:
    break;
  }
  Linkage = Tok.is(tok::kw_extern)                        ? 1
            : Linkage == 1 && Tok.is(tok::string_literal) ? 2
                                                          : 0;
  if (Record.files[Stack.back().File].flags & dfe::kFileCounter)
    lookForCounter(Tok);
  if (const IdentifierInfo *II = Tok.getIdentifierInfo()) {
    if (llvm::is_contained(TellsNames, II))
      flag(dfe::kFileTellsNames);
    Name = II;
    NameDefinition = PP.getMacroInfo(II);
  }
  if (!SawCode && Stack.size() == 1 && Tok.isNot(tok::eof)) {
    SawCode = true;
    LeadIsOver = true;
    Record.events.push_back({dfe::HeaderEvent::kCode});
  }
}

void Recorder::countInstantiation(SourceLocation Loc) {
  const SourceManager &SM = PP.getSourceManager();
  if (Loc.isInvalid())
    return;
  if (OptionalFileEntryRef Entry =
          SM.getFileEntryRefForID(SM.getFileID(SM.getExpansionLoc(Loc)))) {
    auto It = FileIds.find(&Entry->getFileEntry());
    if (It != FileIds.end())
      ++Record.files[It->second].instantiations;
  }
}

dfe::HeaderRecord Recorder::take() {
  settle();
  chargeTime();
  if (Reader)
    Reader->commit();
  for (size_t I = Stack.size(); I > 0; --I)
    Record.events.push_back({dfe::HeaderEvent::kExit});
  Stack.clear();

  // 0. Values of __COUNTER__ that ended no name: in a string, for all we know.
  for (const CounterUse &Use : Counters)
    Record.files[Use.File].flags |= dfe::kFileCounterNumber;

  // 1. Only macros that files or the command line define.
  const std::vector<uint32_t> Same = sameDefinitions();
  std::vector<uint32_t> NewMacro(Record.macros.size());
  std::vector<std::string> Macros;
  for (auto [Old, Name] : llvm::enumerate(Record.macros))
    if (Interesting[Old]) {
      NewMacro[Old] = Macros.size();
      Macros.push_back(std::move(Name));
    }
  Record.macros = std::move(Macros);
  std::vector<dfe::HeaderRecord::Event> Events;
  Events.reserve(Record.events.size());
  for (dfe::HeaderRecord::Event Event : Record.events) {
    if (Event.kind == dfe::HeaderEvent::kRead ||
        Event.kind == dfe::HeaderEvent::kName ||
        Event.kind == dfe::HeaderEvent::kDefine ||
        Event.kind == dfe::HeaderEvent::kDefault ||
        Event.kind == dfe::HeaderEvent::kUndefine) {
      if (!Interesting[Event.subject])
        continue;
      Event.subject = NewMacro[Event.subject];
      if (Event.kind == dfe::HeaderEvent::kDefault)
        Event.depth = NewMacro[Event.depth];
      if (Event.kind != dfe::HeaderEvent::kUndefine)
        Event.value = Same[Event.value];
    }
    Events.push_back(Event);
  }
  Record.events = std::move(Events);

  // 2. What is known of a file only now: its guard, and its time stamp.
  HeaderSearch &Search = PP.getHeaderSearchInfo();
  for (auto [Entry, File] : llvm::zip_equal(Entries, Record.files)) {
    if (!Entry)
      continue;
    // FileEntry knows whole seconds only.
    if (Asked && Asked->asked().contains(File.name))
      File.modified_ns = Asked->asked().at(File.name).modified_ns;
    else if (llvm::ErrorOr<llvm::vfs::Status> Status =
                 PP.getFileManager().getVirtualFileSystem().status(File.name))
      File.modified_ns =
          Status->getLastModificationTime().time_since_epoch().count();
    if (const HeaderFileInfo *Info = Search.getExistingFileInfo(*Entry)) {
      if (Info->isPragmaOnce || Info->isImport)
        File.flags |= dfe::kFileOnce;
      // No PCH was read, so the identifier needs no external source.
      if (Info->LazyControllingMacro.isValid() &&
          !Info->LazyControllingMacro.isID())
        if (const IdentifierInfo *Guard = Info->LazyControllingMacro.getPtr())
          File.guard = Guard->getName().str();
    }
  }
  if (Asked)
    addProbes();
  return std::move(Record);
}

// By path, so that the order does not depend on hashes.
void Recorder::addProbes() {
  llvm::StringSet<> Known;
  for (const dfe::HeaderRecord::File &File : Record.files)
    Known.insert(File.name);
  for (const auto &Entry : Asked->asked())
    if (!Known.contains(Entry.first()))
      Record.probes.push_back(Entry.second);
  llvm::sort(Record.probes,
             [](const auto &A, const auto &B) { return A.path < B.path; });
}

} // namespace dfeheaders
