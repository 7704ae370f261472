//===- Conditions.cpp - conditions that need not be the same --------------===//
//
// A macro that a condition asks for is read, and has to be in front what it was
// in the plain order. Two kinds of block are so frequent in headers of systems,
// and so harmless, that they are told apart by their text:
//
//   #ifndef WCHAR_MIN
//   #define WCHAR_MIN __WCHAR_MIN
//   #define WCHAR_MAX __WCHAR_MAX
//   #endif
//
// Headers that say so of the same macros can come in any order if they say the
// same: <wchar.h> and <stdint.h> do. The record has what the block does in
// either case, as the preprocessor skips it where the macro is defined.
//
//   #if !defined _WCTYPE_H && !defined _WCHAR_H
//   # error "Never include <bits/wctype-wchar.h> directly"
//   #endif
//
// Such a condition can only end the compile, and a precompiled header that does
// not compile is not used. So nothing of it is recorded.
//
//===----------------------------------------------------------------------===//

#include "HeaderRecorder/Passages.h"
#include "clang/Basic/SourceManager.h"
#include "clang/Lex/Lexer.h"
#include "clang/Lex/MacroInfo.h"

using namespace clang;

namespace dfeheaders {

namespace {

/// More are a header under its guard, which is looked at when it is included.
constexpr size_t kMostDefaults = 8;

/// The tokens of a file after a directive's name, without comments.
class RawTokens {
public:
  RawTokens(Preprocessor &PP, SourceLocation After) : PP(PP) {
    const SourceManager &SM = PP.getSourceManager();
    auto [FID, Offset] = SM.getDecomposedLoc(After);
    StringRef Text = SM.getBufferData(FID);
    Raw.emplace(SM.getLocForStartOfFile(FID), PP.getLangOpts(), Text.begin(),
                Text.begin() + Offset, Text.end());
    next();
  }
  void next() {
    Raw->LexFromRawLexer(Tok);
    if (Tok.is(tok::raw_identifier))
      PP.LookUpIdentifierInfo(Tok);
  }
  bool startsLine() const { return Tok.isAtStartOfLine() || Tok.is(tok::eof); }
  const Token *operator->() const { return &Tok; }
  /// Goes past a word of this line if it is this one.
  bool take(StringRef Word) {
    if (!Tok.getIdentifierInfo() || !Tok.getIdentifierInfo()->isStr(Word) ||
        startsLine())
      return false;
    next();
    return true;
  }
  bool takeHash() {
    if (Tok.isNot(tok::hash) || !Tok.isAtStartOfLine())
      return false;
    next();
    return true;
  }

private:
  Preprocessor &PP;
  std::optional<Lexer> Raw;
  Token Tok;
};

} // namespace

// The text of a line from Text's begin, which goes past it. A line goes on
// after a backslash.
static StringRef takeLine(StringRef &Text) {
  size_t End = 0;
  do {
    End = Text.find('\n', End);
    End = End == StringRef::npos ? Text.size() : End + 1;
  } while (End != Text.size() && Text.take_front(End).rtrim().ends_with("\\"));
  StringRef Line = Text.take_front(End);
  Text = Text.drop_front(End);
  return Line;
}

// Whether the conditional line that has Loc in it is followed by #error, and
// this by #endif.
bool Recorder::onlyRefuses(SourceLocation Loc) const {
  if (Stack.size() < 2 || Loc.isInvalid())
    return false;
  const SourceManager &SM = PP.getSourceManager();
  auto [FID, Offset] = SM.getDecomposedExpansionLoc(Loc);
  StringRef Text = SM.getBufferData(FID).drop_front(Offset);
  // A comment that goes on would hide what follows.
  auto EndsByItself = [](StringRef Line) {
    return Line.rfind("/*") == StringRef::npos ||
           (Line.rfind("*/") != StringRef::npos &&
            Line.rfind("*/") > Line.rfind("/*") + 1);
  };
  if (!EndsByItself(takeLine(Text)))
    return false;
  for (StringRef Directive : {"error", "endif"}) {
    StringRef Line = takeLine(Text).ltrim();
    if (!Line.consume_front("#") || !Line.ltrim().starts_with(Directive) ||
        !EndsByItself(Line))
      return false;
  }
  return true;
}

// Fills Defaults and DefaultLines; false if the #ifndef of Name holds anything
// else, or what cannot be told from its text.
bool Recorder::readDefaults(const Token &Name) {
  Defaults.clear();
  DefaultLines = SourceRange();
  if (Name.getLocation().isMacroID())
    return false;
  RawTokens Toks(PP, Name.getEndLoc());
  const SourceLocation Begin = Toks->getLocation();
  if (!Toks.startsLine())
    return false;
  while (Toks.takeHash()) {
    if (Toks.take("endif")) {
      DefaultLines = SourceRange(Begin, Toks->getLocation());
      return !Defaults.empty();
    }
    if (!Toks.take("define") || !Toks->getIdentifierInfo() ||
        Toks.startsLine() || Defaults.size() == kMostDefaults)
      return false;
    Default Own = {Toks->getIdentifierInfo(), 0};
    if (llvm::any_of(Defaults, [&](const Default &Other) {
          return Other.Macro == Own.Macro;
        }))
      return false;
    Toks.next();
    Spelling Def;
    if (Toks->is(tok::l_paren) && !Toks->hasLeadingSpace() &&
        !Toks.startsLine()) {
      Def.Parameters = "(";
      for (Toks.next(); Toks->isNot(tok::r_paren); Toks.next()) {
        if (Toks.startsLine() || !Toks->getIdentifierInfo())
          return false;
        Def.Parameters += Toks->getIdentifierInfo()->getName();
        Def.Parameters += ',';
        Toks.next();
        if (Toks->is(tok::r_paren))
          break;
        if (Toks->isNot(tok::comma))
          return false;
      }
      Def.Parameters += ')';
      Toks.next();
    }
    const SourceManager &SM = PP.getSourceManager();
    for (bool First = true; !Toks.startsLine(); First = false, Toks.next()) {
      // What # and ## make is Clang's to say.
      if (Toks->isOneOf(tok::hash, tok::hashhash, tok::unknown) ||
          Toks->needsCleaning() || Toks->hasUCN())
        return false;
      const bool Space =
          Toks->hasLeadingSpace() && !(First && Def.Parameters.empty());
      Def.Words.push_back({Space, Toks->getKind(),
                           StringRef(SM.getCharacterData(Toks->getLocation()),
                                     Toks->getLength())});
    }
    Own.Definition = intern(Def);
    Defaults.push_back(Own);
  }
  return false;
}

void Recorder::ifNotDefined(const Token &Name, const MacroInfo *MI) {
  const IdentifierInfo &II = *Name.getIdentifierInfo();
  if (onlyRefuses(Name.getLocation()))
    return ask(II, MI);
  // A main file stays where it is.
  if (Stack.size() < 2 || (MI && MI->isBuiltinMacro()) || !readDefaults(Name))
    return read(&II, MI);
  settle();
  ask(II, MI);
  // The macro itself comes last: the others are defined as it is not.
  auto Itself = llvm::find_if(
      Defaults, [&](const Default &Own) { return Own.Macro == &II; });
  if (Itself != Defaults.end())
    std::rotate(Itself, Itself + 1, Defaults.end());
  for (const Default &Own : Defaults) {
    happen(dfe::HeaderEvent::kDefault, *Own.Macro, &II,
           [&] { return Own.Definition; });
    if (Reader)
      Reader->changed(*Own.Macro, dfe::HeaderEvent::kDefault, Own.Definition,
                      &II);
  }
}

// A definition that is recorded already, and as Clang has it.
bool Recorder::isDefault(const Token &Name, const MacroInfo *MI) {
  if (DefaultLines.isInvalid() || Stack.empty())
    return false;
  const SourceLocation Loc = Name.getLocation();
  if (Loc < DefaultLines.getBegin() || DefaultLines.getEnd() < Loc)
    return false;
  for (const Default &Own : Defaults)
    if (Own.Macro == Name.getIdentifierInfo() &&
        Own.Definition == definitionOf(MI))
      return true;
  // It was read otherwise than Clang does: the file stays where it is.
  flag(dfe::kFilePlace);
  return false;
}

} // namespace dfeheaders
