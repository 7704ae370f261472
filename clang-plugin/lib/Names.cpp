//===- Names.cpp - names that no callback tells of ------------------------===//

#include "HeaderRecorder/Passages.h"
#include "clang/Basic/SourceManager.h"
#include "clang/Lex/MacroArgs.h"
#include "clang/Lex/MacroInfo.h"
#include "llvm/ADT/SmallBitVector.h"

using namespace clang;

namespace dfeheaders {

// A name that is no macro, or one with parameters, is as good as read if a
// bracket follows, and only seen if not. What follows is known when the next
// token comes; what comes before that happens after the name.
void Recorder::settleName(bool BracketFollows) {
  if (const IdentifierInfo *II = std::exchange(Name, nullptr))
    read(II, NameDefinition,
         BracketFollows ? dfe::HeaderEvent::kRead : dfe::HeaderEvent::kName);
}

// What is given to a macro is expanded first, so its names are read, also those
// that come out as a string and never as a token: the kernel's ALTERNATIVE
// makes one of "16*32+22" if X86_FEATURE_RDPID is defined by then, and else of
// the name.
void Recorder::readArguments(const MacroInfo &MI, const MacroArgs &Args) {
  llvm::SmallBitVector Expands(MI.getNumParams());
  ArrayRef<Token> Body = MI.tokens();
  for (auto [Index, Tok] : llvm::enumerate(Body)) {
    const IdentifierInfo *II = Tok.getIdentifierInfo();
    const int Param = II ? MI.getParameterNum(II) : -1;
    if (Param >= 0 &&
        (Index == 0 ||
         !Body[Index - 1].isOneOf(tok::hash, tok::hashat, tok::hashhash)) &&
        (Index + 1 == Body.size() || Body[Index + 1].isNot(tok::hashhash)))
      Expands.set(Param);
  }
  for (unsigned Param : Expands.set_bits()) {
    if (Param >= Args.getNumMacroArguments())
      continue;
    for (const Token *Tok = Args.getUnexpArgument(Param); Tok->isNot(tok::eof);
         ++Tok) {
      const IdentifierInfo *II =
          Tok->isAnnotation() ? nullptr : Tok->getIdentifierInfo();
      const MacroInfo *Own = II ? PP.getMacroInfo(II) : nullptr;
      // Of one that is expanded Clang tells.
      if (II && (!Own || Own->isFunctionLike()))
        read(II, Own,
             Tok[1].is(tok::l_paren) ? dfe::HeaderEvent::kRead
                                     : dfe::HeaderEvent::kName);
    }
  }
}

static StringRef withoutNumber(StringRef Name) {
  return Name.rtrim("0123456789");
}

void Recorder::counterValue() {
  Record.events.push_back({dfe::HeaderEvent::kCounter});
  if (Reader)
    Reader->counted();
  flag(dfe::kFileCounter);
  if (Stack.empty())
    return;
  if (PP.isParsingIfOrElifDirective())
    flag(dfe::kFileCounterNumber);
  else
    Counters.push_back(
        {std::to_string(PP.getCounterValue()), Stack.back().File});
}

// Only tokens that the preprocessor made itself are in its scratch space:
// pasted names and what built-in macros expand to.
void Recorder::lookForCounter(const Token &Tok) {
  const SourceManager &SM = PP.getSourceManager();
  SourceLocation Loc = Tok.getLocation();
  if (!Loc.isMacroID())
    return;
  // Asking for the place is a fifth of a scan of Linux if all tokens do so.
  auto IsMade = [&] {
    return SM.isWrittenInScratchSpace(SM.getSpellingLoc(Loc));
  };
  if (const IdentifierInfo *II = Tok.getIdentifierInfo()) {
    auto IsEnd = [&](const CounterUse &Use) {
      return II->getName().ends_with(Use.Value);
    };
    if (llvm::any_of(Counters, IsEnd) && IsMade()) {
      llvm::erase_if(Counters, IsEnd);
      const StringRef Before = withoutNumber(II->getName());
      CounterNames.insert(Before);
      if (Reader)
        Reader->counterName(Before);
    }
    return;
  }
  if (Tok.isNot(tok::numeric_constant) || !IsMade())
    return;
  for (; Loc.isMacroID(); Loc = SM.getImmediateSpellingLoc(Loc)) {
    SourceLocation Name =
        SM.getSpellingLoc(SM.getImmediateExpansionRange(Loc).getBegin());
    if (StringRef(SM.getCharacterData(Name)).starts_with("__COUNTER__"))
      flag(dfe::kFileCounterNumber);
  }
}

bool Recorder::dependsOnCounter() const {
  if (RefusesByCounter || !Counters.empty() ||
      llvm::any_of(Record.files, [](const dfe::HeaderRecord::File &File) {
        return File.flags & dfe::kFileCounterNumber;
      }))
    return true;
  if (CounterNames.empty())
    return false;
  // Clang's own macros count: they are asked for like any other. So do names
  // that are only undefined, or asked for.
  return llvm::any_of(PP.getIdentifierTable(), [&](const auto &Entry) {
    const IdentifierInfo *II = Entry.second;
    if (!II || !CounterNames.contains(withoutNumber(II->getName())))
      return false;
    auto Known = MacroIds.find(II);
    return II->hadMacroDefinition() ||
           (Known != MacroIds.end() && Interesting[Known->second]);
  });
}

} // namespace dfeheaders
