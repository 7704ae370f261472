//===- Passages.cpp - going past text that was read before ----------------===//
//
// Where a passage begins and ends is where Clang calls back between two tokens
// of a file, with no directive half read: it begins when a file is entered,
// when an included file is left or skipped, and after the #endif of an
// outermost #if; it ends before the next of these, or with its file. Its last
// directive is left to Clang: that is what searches, skips, and sees guards.
//
//===----------------------------------------------------------------------===//

#include "HeaderRecorder/Passages.h"
#include "clang/Basic/SourceManager.h"
#include "clang/Lex/HeaderSearch.h"

using namespace clang;

namespace dfeheaders {

namespace {

/// Opens what PreprocessorLexer keeps to those who derive from it.
struct LexerAccess : PreprocessorLexer {
  static MultipleIncludeOpt &guard(PreprocessorLexer &L) {
    return L.*(&LexerAccess::MIOpt);
  }
};

/// The name of the macro whose arguments are being read, which a directive or
/// the end of a file can be in the middle of. Nobody else tells: an explicit
/// instantiation may name what is private.
template <Token *Preprocessor::*Member> struct PreprocessorAccess {
  friend const Token *macroWithOpenArguments(const Preprocessor &PP) {
    return PP.*Member;
  }
};
const Token *macroWithOpenArguments(const Preprocessor &PP);
template struct PreprocessorAccess<&Preprocessor::ArgMacro>;

} // namespace

void Passages::remember(const Where &Key, std::unique_ptr<Passage> P) {
  std::vector<std::unique_ptr<Passage>> &Here = Known[Key];
  size_t Size = P->Happenings.size() + P->Questions.size();
  for (const Macro &Own : P->Macros)
    Size += 4 + 2 * Own.Words.size();
  if (Here.size() == MostOfOnePlace || Count + Size > MostRemembered)
    return;
  Count += Size;
  Here.push_back(std::move(P));
}

uint32_t Passages::nameOf(StringRef Text) {
  auto [It, New] = Names.try_emplace(Text, Texts.size());
  if (New)
    Texts.push_back(It->first());
  return It->second;
}

uint32_t Passages::definition(uint64_t Hash, const Meaning &Means) {
  if (Hash == 0)
    return 0;
  auto [It, New] = DefinitionIds.try_emplace(Hash, Definitions.size());
  if (New)
    Definitions.emplace_back(Hash, Means);
  return It->second;
}

uint32_t PassageReader::nameOf(const IdentifierInfo &II) {
  auto [It, New] = Names.try_emplace(&II, 0);
  if (New) {
    const uint32_t Name = It->second = Store.nameOf(II.getName());
    if (Infos.size() <= Name)
      Infos.resize(Name + 1);
    Infos[Name] = const_cast<IdentifierInfo *>(&II);
  }
  return It->second;
}

IdentifierInfo &PassageReader::infoOf(uint32_t Name) {
  if (Infos.size() <= Name)
    Infos.resize(Name + 1);
  if (!Infos[Name]) {
    Infos[Name] = PP.getIdentifierInfo(Store.textOf(Name));
    Names[Infos[Name]] = Name;
  }
  return *Infos[Name];
}

uint32_t PassageReader::definitionOf(uint32_t Local) {
  return Store.definition(R.Record.definitions[Local], R.Meanings[Local]);
}

uint32_t PassageReader::localDefinition(uint32_t Definition) {
  if (Definition == 0)
    return 0;
  const auto &[Hash, Means] = Store.definition(Definition);
  return R.intern(Hash, [&Means = Means] { return Means; });
}

// Without numbering the definition in the record: asking is no reading.
uint64_t PassageReader::hashOf(const MacroInfo *MI) {
  if (!MI)
    return 0;
  if (MI->isBuiltinMacro())
    return 1;
  if (auto It = R.DefinitionIds.find(MI); It != R.DefinitionIds.end())
    return R.Record.definitions[It->second];
  auto [It, New] = Hashes.try_emplace(MI, 0);
  if (New)
    It->second = R.hashOf(*MI);
  return It->second;
}

bool PassageReader::mayBegin() const {
  if (R.Stack.size() < 2 || R.Name || !R.Popped.empty() ||
      !R.Counters.empty() || macroWithOpenArguments(PP))
    return false;
  const dfe::HeaderRecord::File &File = R.Record.files[R.Stack.back().File];
  return File.content != 0 && (File.flags & dfe::kFileBuiltin) == 0;
}

Passages::Place PassageReader::place(const PreprocessorLexer &Lexer) {
  Passages::Place Now;
  // A copy, as it answers some questions only by changing.
  MultipleIncludeOpt State =
      LexerAccess::guard(const_cast<PreprocessorLexer &>(Lexer));
  Now.TheGuard.ReadTokens = State.getHasReadAnyTokensVal();
  State.SetReadToken(false);
  if (const IdentifierInfo *Macro = State.GetControllingMacroAtEndOfFile()) {
    Now.TheGuard.Macro = nameOf(*Macro);
  } else {
    // Whether a macro was expanded counts only as long as there is none.
    const IdentifierInfo *Any = PP.getIdentifierInfo("any");
    State.EnterTopLevelIfndef(Any, SourceLocation());
    State.SetReadToken(false);
    Now.TheGuard.Expanded = State.GetControllingMacroAtEndOfFile() != Any;
  }
  const SourceManager &SM = PP.getSourceManager();
  for (const PPConditionalInfo &If :
       llvm::make_range(Lexer.conditional_begin(), Lexer.conditional_end()))
    Now.Levels.push_back({SM.getFileOffset(If.IfLoc), If.WasSkipping,
                          If.FoundNonSkip, If.FoundElse});
  Now.Linkage = R.Linkage;
  return Now;
}

bool PassageReader::fits(const Passages::Passage &P,
                         const Passages::Place &Now) {
  return P.Begin == Now &&
         llvm::all_of(P.Questions, [&](const Passages::Question &Asked) {
           const IdentifierInfo &II = infoOf(Asked.Name);
           return II.hasMacroDefinition()
                      ? hashOf(PP.getMacroInfo(&II)) == Asked.Hash
                      : Asked.Hash == 0;
         });
}

void PassageReader::begin() {
  Open.reset();
  if (!mayBegin())
    return;
  // Directives and changes of files happen only while a file is lexed.
  auto &Lex = static_cast<Lexer &>(*PP.getCurrentLexer());
  if (Lex.isLexingRawMode() || Lex.isPragmaLexer())
    return;
  const Recorder::Instance &Inst = R.Stack.back();
  const dfe::HeaderRecord::File &File = R.Record.files[Inst.File];
  Passages::Place Now = place(Lex);
  const Passages::Where Key = {File.content, File.bytes,
                               Lex.getCurrentBufferOffset()};
  if (auto *Known = Store.find(Key))
    for (const std::unique_ptr<Passages::Passage> &P : *Known)
      if (fits(*P, Now))
        return replay(*P);
  ++Store.Read;
  Open.emplace();
  Open->Key = Key;
  Open->P = std::make_unique<Passages::Passage>();
  Open->P->Begin = std::move(Now);
  Open->FID = Lex.getFileID();
  Open->File = Inst.File;
  Open->TokensBefore = File.tokens;
  Open->Since = std::chrono::steady_clock::now();
}

void PassageReader::end(uint32_t Offset) {
  if (!Open)
    return;
  // Whether a value ends a name, and what macro is expanded, would be told
  // behind the passage.
  if (!R.Counters.empty() || macroWithOpenArguments(PP))
    return spoil();
  Passages::Passage &P = *Open->P;
  P.EndOffset = Offset;
  P.End.Linkage = R.Linkage;
  P.Tokens = R.Record.files[Open->File].tokens - Open->TokensBefore;
  P.Time = std::chrono::duration_cast<std::chrono::microseconds>(
               std::chrono::steady_clock::now() - Open->Since)
               .count();
  // Only the last definition of a name is still there at the end.
  llvm::DenseSet<uint32_t> Later;
  for (Passages::Happening &H : llvm::reverse(P.Happenings)) {
    if (H.Kind != Passages::Happening::Defined &&
        H.Kind != Passages::Happening::Undefined)
      continue;
    const uint32_t Name = H.Kind == Passages::Happening::Defined
                              ? P.Macros[H.Subject].Name
                              : H.Subject;
    if (!Later.insert(Name).second)
      H.Kind = Passages::Happening::Overwritten;
  }
  Made.emplace_back(Open->Key, std::move(Open->P));
  Open.reset();
}

void PassageReader::endBeforeInclude(SourceLocation Hash) {
  if (!Open)
    return;
  if (Hash.isMacroID() || PP.getSourceManager().getFileID(Hash) != Open->FID)
    return spoil();
  Open->P->End = place(*PP.getCurrentLexer());
  end(PP.getSourceManager().getFileOffset(Hash));
}

void PassageReader::endBeforeEndif(SourceLocation Loc, SourceLocation If) {
  PreprocessorLexer &Lex = *PP.getCurrentLexer();
  if (Lex.isLexingRawMode() || Lex.conditional_begin() != Lex.conditional_end())
    return;
  if (Open && (R.Name || Loc.isMacroID()))
    spoil();
  if (Open) {
    const SourceManager &SM = PP.getSourceManager();
    auto [FID, Offset] = SM.getDecomposedLoc(Loc);
    StringRef Before = SM.getBufferData(FID).take_front(Offset).rtrim(" \t");
    if (FID == Open->FID && Before.ends_with("#")) {
      // As it was, before the #endif told the guard and closed the #if.
      Open->P->End = place(Lex);
      Open->P->End.TheGuard.ReadTokens = true;
      Open->P->End.Levels = {{SM.getFileOffset(If), /*WasSkipping=*/false,
                              /*FoundNonSkip=*/true, /*FoundElse=*/false}};
      end(Before.size() - 1);
    }
  }
  begin();
}

void PassageReader::endOfFile(FileID FID) {
  if (!Open)
    return;
  // After tokens at its end a file has no guard. Without, it is Clang's to say.
  if (FID != Open->FID ||
      R.Record.files[Open->File].tokens == Open->TokensBefore)
    return spoil();
  Open->P->End.TheGuard.ReadTokens = true;
  end(PP.getSourceManager().getBufferData(FID).size());
}

// Not where the file can have ended in the middle of a macro's arguments: after
// a name that may be one with parameters.
void PassageReader::beginAfter(FileID Left) {
  Open.reset();
  StringRef Text = PP.getSourceManager().getBufferData(Left).rtrim();
  StringRef Line = Text.rsplit('\n').second.ltrim();
  if (Line.starts_with("#") || Text.ends_with(";") || Text.ends_with("}"))
    begin();
}

void PassageReader::asked(const IdentifierInfo &II, const MacroInfo *MI) {
  if (Open && Open->Settled.insert(&II).second)
    Open->P->Questions.push_back({nameOf(II), hashOf(MI)});
}

void PassageReader::read(const IdentifierInfo &II, const MacroInfo *MI,
                         dfe::HeaderEvent Kind) {
  if (!Open)
    return;
  asked(II, MI);
  // Once, until it changes.
  if (Open->Reads.insert({&II, Kind == dfe::HeaderEvent::kRead}).second)
    Open->P->Happenings.push_back({Passages::Happening::Event, Kind, nameOf(II),
                                   definitionOf(R.definitionOf(MI)), 0});
}

void PassageReader::changed(const IdentifierInfo &II, dfe::HeaderEvent Kind,
                            uint32_t Definition,
                            const IdentifierInfo *AskedFor) {
  if (!Open)
    return;
  Open->Reads.erase({&II, false});
  Open->Reads.erase({&II, true});
  Open->P->Happenings.push_back({Passages::Happening::Event, Kind, nameOf(II),
                                 definitionOf(Definition),
                                 AskedFor ? nameOf(*AskedFor) : 0});
}

void PassageReader::interned(uint32_t Definition) {
  if (Open)
    Open->P->Happenings.push_back({Passages::Happening::Interned,
                                   dfe::HeaderEvent::kRead, 0,
                                   definitionOf(Definition), 0});
}

void PassageReader::defined(const IdentifierInfo &II, const MacroInfo *MI) {
  if (!Open)
    return;
  Open->Settled.insert(&II);
  if (!MI) {
    Open->P->Happenings.push_back({Passages::Happening::Undefined,
                                   dfe::HeaderEvent::kRead, nameOf(II), 0, 0});
    return;
  }
  const SourceManager &SM = PP.getSourceManager();
  bool InFile = true;
  auto OffsetOf = [&](SourceLocation Loc) -> uint32_t {
    if (Loc.isInvalid() || Loc.isMacroID()) {
      InFile = false;
      return 0;
    }
    auto [FID, Offset] = SM.getDecomposedLoc(Loc);
    InFile &= FID == Open->FID;
    return Offset;
  };
  Passages::Macro M;
  M.Name = nameOf(II);
  M.Definition = definitionOf(R.definitionOf(MI));
  M.Begin = OffsetOf(MI->getDefinitionLoc());
  M.End = OffsetOf(MI->getDefinitionEndLoc());
  M.IsFunctionLike = MI->isFunctionLike();
  M.IsC99Varargs = MI->isC99Varargs();
  M.IsGNUVarargs = MI->isGNUVarargs();
  M.HasCommaPasting = MI->hasCommaPasting();
  for (const IdentifierInfo *Parameter : MI->params())
    M.Parameters.push_back(nameOf(*Parameter));
  for (const Token &Tok : MI->tokens()) {
    const IdentifierInfo *Word = Tok.getIdentifierInfo();
    M.Words.push_back({Tok, OffsetOf(Tok.getLocation()),
                       Word ? nameOf(*Word) : Passages::None});
  }
  if (!InFile)
    return spoil();
  Open->P->Happenings.push_back(
      {Passages::Happening::Defined, dfe::HeaderEvent::kRead,
       static_cast<uint32_t>(Open->P->Macros.size()), 0, 0});
  Open->P->Macros.push_back(std::move(M));
}

void PassageReader::flagged(uint32_t Flag) {
  if (Open)
    Open->P->Flags |= Flag;
}

void PassageReader::counted() {
  if (Open)
    Open->P->Happenings.push_back(
        {Passages::Happening::Event, dfe::HeaderEvent::kCounter, 0, 0, 0});
}

void PassageReader::counterName(StringRef Before) {
  if (Open)
    Open->P->CounterNames.push_back(Store.nameOf(Before));
}

// Brackets that close each other leave nothing behind.
void PassageReader::bracket(char Kind) {
  if (!Open)
    return;
  std::string &Left = Open->P->Brackets;
  const char Last = Left.empty() ? 0 : Left.back();
  if ((Kind == ')' && Last == '(') ||
      (Kind == '}' && (Last == '{' || Last == 'C')))
    Left.pop_back();
  else
    Left += Kind;
}

// Of most lines the preprocessor takes no notice, so their event is all.
void PassageReader::pragma(StringRef Words, SourceLocation Loc) {
  if (!Open)
    return;
  if (Words == "once") {
    Open->P->Once = true;
  } else if (Words == "GCC system_header" &&
             PP.getSourceManager().getFileID(Loc) == Open->FID) {
    Open->P->SystemHeader = PP.getSourceManager().getFileOffset(Loc) + 1;
  } else {
    static constexpr StringRef Harmless[] = {
        "GCC diagnostic ignored",   "GCC diagnostic pop",
        "GCC diagnostic push",      "GCC visibility",
        "clang diagnostic ignored", "clang diagnostic pop",
        "clang diagnostic push",    "pack"};
    if (!llvm::any_of(Harmless, [&](StringRef Begin) {
          return Words.starts_with(Begin);
        }))
      return spoil();
  }
  Open->P->Happenings.push_back({Passages::Happening::Event,
                                 dfe::HeaderEvent::kPragma, Store.nameOf(Words),
                                 0, 0});
}

void PassageReader::makeMacro(const Passages::Macro &M, SourceLocation Start) {
  MacroInfo *MI = PP.AllocateMacroInfo(Start.getLocWithOffset(M.Begin));
  MI->setDefinitionEndLoc(Start.getLocWithOffset(M.End));
  if (M.IsFunctionLike)
    MI->setIsFunctionLike();
  if (M.IsC99Varargs)
    MI->setIsC99Varargs();
  if (M.IsGNUVarargs)
    MI->setIsGNUVarargs();
  if (M.HasCommaPasting)
    MI->setHasCommaPasting();
  llvm::SmallVector<IdentifierInfo *, 8> Parameters;
  for (uint32_t Name : M.Parameters)
    Parameters.push_back(&infoOf(Name));
  MI->setParameterList(Parameters, PP.getPreprocessorAllocator());
  // Literals point into the text of the file, which the process keeps.
  llvm::SmallVector<Token, 32> Words;
  for (const Passages::Macro::Word &Word : M.Words) {
    Token &Tok = Words.emplace_back(Word.Tok);
    Tok.setLocation(Start.getLocWithOffset(Word.Offset));
    if (Word.Name != Passages::None)
      Tok.setIdentifierInfo(&infoOf(Word.Name));
  }
  MI->setTokens(Words, PP.getPreprocessorAllocator());
  PP.appendDefMacroDirective(&infoOf(M.Name), MI);
  R.DefinitionIds[MI] = localDefinition(M.Definition);
}

void PassageReader::replay(const Passages::Passage &P) {
  ++Store.Taken;
  auto &Lex = static_cast<Lexer &>(*PP.getCurrentLexer());
  const SourceLocation Start =
      PP.getSourceManager().getLocForStartOfFile(Lex.getFileID());
  for (const Passages::Happening &H : P.Happenings) {
    switch (H.Kind) {
    case Passages::Happening::Overwritten:
      break;
    case Passages::Happening::Interned:
      localDefinition(H.Value);
      break;
    case Passages::Happening::Defined:
      makeMacro(P.Macros[H.Subject], Start);
      break;
    case Passages::Happening::Undefined:
      if (IdentifierInfo &II = infoOf(H.Subject); PP.getMacroInfo(&II))
        PP.appendMacroDirective(&II, new (PP.getPreprocessorAllocator())
                                         UndefMacroDirective(Start));
      break;
    case Passages::Happening::Event:
      if (H.Recorded == dfe::HeaderEvent::kPragma) {
        R.Record.events.push_back(
            {H.Recorded, R.internPragma(Store.textOf(H.Subject)), 0, 0});
      } else if (H.Recorded == dfe::HeaderEvent::kCounter) {
        R.Record.events.push_back({H.Recorded});
        PP.setCounterValue(PP.getCounterValue() + 1);
      } else {
        R.happen(H.Recorded, infoOf(H.Subject),
                 H.Recorded == dfe::HeaderEvent::kDefault ? &infoOf(H.Other)
                                                          : nullptr,
                 [&] { return localDefinition(H.Value); });
      }
      break;
    }
  }
  const Recorder::Instance &Inst = R.Stack.back();
  dfe::HeaderRecord::File &File = R.Record.files[Inst.File];
  File.flags |= P.Flags;
  File.tokens += P.Tokens;
  File.own_us += P.Time;
  for (uint32_t Name : P.CounterNames)
    R.CounterNames.insert(Store.textOf(Name));
  for (char Kind : P.Brackets)
    R.bracket(Kind);
  R.Linkage = P.End.Linkage;

  OptionalFileEntryRef Entry = Lex.getFileEntry();
  HeaderSearch &Search = PP.getHeaderSearchInfo();
  if (P.Once && Entry)
    Search.MarkFileIncludeOnce(*Entry);
  if (P.SystemHeader != 0 && Entry) {
    SourceManager &SM = PP.getSourceManager();
    const SourceLocation Loc = Start.getLocWithOffset(P.SystemHeader - 1);
    const PresumedLoc Line = SM.getPresumedLoc(Loc);
    Search.MarkFileSystemHeader(*Entry);
    SM.AddLineNote(
        Loc, Line.getLine() + 1, SM.getLineTableFilenameID(Line.getFilename()),
        /*IsFileEntry=*/false, /*IsFileExit=*/false, SrcMgr::C_System);
  }

  MultipleIncludeOpt State;
  if (P.End.TheGuard.Expanded)
    State.ExpandedMacro();
  if (P.End.TheGuard.Macro != Passages::None)
    State.EnterTopLevelIfndef(&infoOf(P.End.TheGuard.Macro), Start);
  State.resetImmediatelyAfterTopLevelIfndef();
  State.SetReadToken(P.End.TheGuard.ReadTokens);
  LexerAccess::guard(Lex) = State;
  llvm::SmallVector<PPConditionalInfo, 4> Levels;
  for (const Passages::Level &If : P.End.Levels)
    Levels.push_back({Start.getLocWithOffset(If.Offset), If.WasSkipping,
                      If.FoundNonSkip, If.FoundElse});
  Lex.setConditionalLevels(Levels);
  Lex.seek(P.EndOffset, /*IsAtStartOfLine=*/true);
}

void PassageReader::commit() {
  for (auto &[Key, P] : Made)
    Store.remember(Key, std::move(P));
  Made.clear();
}

} // namespace dfeheaders
