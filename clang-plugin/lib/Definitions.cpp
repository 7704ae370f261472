//===- Definitions.cpp - when two macros mean the same -------------------===//

#include "HeaderRecorder/Passages.h"
#include "dfe/format/envelope.h"
#include "clang/Lex/MacroInfo.h"
#include "llvm/ADT/StringSet.h"

using namespace clang;

namespace dfeheaders {

// Equal hashes: the macro means the same. Whether a token has white space
// before it counts, because # makes a string of it. Names of GNU attributes
// have a second spelling with underscores, which Clang takes for the same (the
// kernel's notrace is defined in each): if Attributes is not null, they are
// hashed without, and added to it.
uint64_t Recorder::hashOf(const Spelling &Def,
                          std::vector<std::string> *Attributes) {
  llvm::SmallString<256> Text(Def.Parameters.empty() ? StringRef(" ")
                                                     : Def.Parameters.str());
  // Open brackets since __attribute__; 2 where names of attributes stand.
  int Depth = -1;
  bool IsName = false;
  for (const Spelling::Word &Tok : Def.Words) {
    Text.push_back(Tok.LeadingSpace ? ' ' : '\1');
    StringRef Word = Tok.Text;
    if (!Attributes) {
      // As it is.
    } else if (Tok.Kind == tok::kw___attribute) {
      Depth = 0;
    } else if (Depth >= 0 && Tok.Kind == tok::l_paren) {
      IsName = ++Depth == 2;
    } else if (Depth >= 0 && Tok.Kind == tok::r_paren) {
      if (--Depth <= 0)
        Depth = -1;
      IsName = false;
    } else if (Depth == 2 && Tok.Kind == tok::comma) {
      IsName = true;
    } else if (std::exchange(IsName, false)) {
      if (Word.size() > 4 && Word.starts_with("__") && Word.ends_with("__"))
        Word = Word.drop_front(2).drop_back(2);
      Attributes->push_back(Word.str());
    }
    Text += Word;
  }
  uint64_t Hash =
      dfe::HashBytes({Text.data(), Text.size()}) | 1; // 0 is "not defined"
  return Def.Parameters.empty() ? Hash & ~dfe::kTakesParameters
                                : Hash | dfe::kTakesParameters;
}

uint32_t Recorder::intern(uint64_t Hash, llvm::function_ref<Meaning()> Means) {
  auto [Same, Unseen] =
      DefinitionsByHash.try_emplace(Hash, Record.definitions.size());
  if (Unseen) {
    Record.definitions.push_back(Hash);
    Meanings.push_back(Means());
  }
  if (Reader)
    Reader->interned(Same->second);
  return Same->second;
}

uint32_t Recorder::intern(const Spelling &Def) {
  const uint64_t Hash = hashOf(Def, nullptr);
  return intern(Hash, [&] {
    Meaning Own;
    const bool HasAttributes =
        llvm::any_of(Def.Words, [](const Spelling::Word &Tok) {
          return Tok.Kind == tok::kw___attribute;
        });
    Own.Hash = HasAttributes ? hashOf(Def, &Own.Attributes) : Hash;
    return Own;
  });
}

/// Text: spellings that the source does not have as they are, of few tokens.
Recorder::Spelling
Recorder::spellingOf(const MacroInfo &MI,
                     std::deque<llvm::SmallString<32>> &Text) const {
  Spelling Def;
  if (MI.isFunctionLike()) {
    Def.Parameters = "(";
    for (const IdentifierInfo *Param : MI.params()) {
      Def.Parameters += Param->getName();
      Def.Parameters += ',';
    }
    Def.Parameters += MI.isC99Varargs()   ? "...)"
                      : MI.isGNUVarargs() ? "..)"
                                          : ")";
  }
  for (const Token &Tok : MI.tokens()) {
    Text.emplace_back();
    StringRef Word = PP.getSpelling(Tok, Text.back());
    Def.Words.push_back({Tok.hasLeadingSpace(), Tok.getKind(), Word});
    if (Word.data() != Text.back().data())
      Text.pop_back();
  }
  return Def;
}

uint32_t Recorder::definitionOf(const MacroInfo *MI) {
  if (!MI)
    return 0;
  if (auto It = DefinitionIds.find(MI); It != DefinitionIds.end())
    return It->second;
  std::deque<llvm::SmallString<32>> Text;
  return DefinitionIds[MI] = intern(spellingOf(*MI, Text));
}

uint64_t Recorder::hashOf(const MacroInfo &MI) const {
  std::deque<llvm::SmallString<32>> Text;
  return hashOf(spellingOf(MI, Text), nullptr);
}

// By definition, the first one that means the same. If the name of one of its
// attributes is a macro anywhere, the two spellings of that are not one.
std::vector<uint32_t> Recorder::sameDefinitions() const {
  llvm::StringSet<> Defined;
  for (const auto &[II, Macro] : MacroIds)
    if (Interesting[Macro])
      Defined.insert(II->getName());
  llvm::DenseMap<uint64_t, uint32_t> First;
  std::vector<uint32_t> Same;
  for (const Meaning &Own : Meanings) {
    const uint32_t Id = Same.size();
    const bool Ambiguous =
        llvm::any_of(Own.Attributes, [&](const std::string &Name) {
          return Defined.contains(Name) || Defined.contains("__" + Name + "__");
        });
    Same.push_back(Ambiguous ? Id
                             : First.try_emplace(Own.Hash, Id).first->second);
  }
  return Same;
}

// The line that defines or undefines a macro alike, or "". Clang takes another
// definition for the same only if it has blanks in the same places.
std::string Recorder::lineOf(const IdentifierInfo &II,
                             const MacroInfo *MI) const {
  std::string Line = MI ? "#define " : "#undef ";
  Line += II.getName();
  if (!MI)
    return Line;
  if (MI->isFunctionLike()) {
    Line += '(';
    for (auto [Index, Param] : llvm::enumerate(MI->params())) {
      const bool Last = Index + 1 == MI->getNumParams();
      if (Index > 0)
        Line += ',';
      if (!(Last && MI->isC99Varargs()))
        Line += Param->getName();
      if (Last && MI->isVariadic())
        Line += "...";
    }
    Line += ')';
  }
  for (auto [Index, Tok] : llvm::enumerate(MI->tokens())) {
    if (Index == 0 || Tok.hasLeadingSpace())
      Line += ' ';
    Line += PP.getSpelling(Tok);
  }
  return StringRef(Line).contains('\n') ? std::string() : Line;
}

} // namespace dfeheaders
