//===- Output.cpp - names and files of what the passes write -------------===//
//
// Names depend on the module only, never on the process or the time, so that
// equal compiles give equal files.
//
//===----------------------------------------------------------------------===//

#include "DeadFnElim/Output.h"
#include "dfe/format/envelope.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Path.h"

using namespace llvm;

namespace deadfn {

std::string moduleKey(const Module &M, const PassOptions &Options) {
  std::string Text = Options.Unit + '\0' + M.getModuleIdentifier() + '\0' +
                     M.getSourceFileName();
  uint64_t Key = dfe::HashBytes(Text);
  for (const GlobalValue &GV : M.global_values()) {
    if (!GV.hasExternalLinkage() || GV.isDeclaration())
      continue;
    Text.assign(reinterpret_cast<const char *>(&Key), sizeof Key);
    Text += GV.getName();
    Key = dfe::HashBytes(Text);
  }
  return utohexstr(Key, /*LowerCase=*/true, /*Width=*/16);
}

std::string outputPath(const Module &M, const PassOptions &Options,
                       StringRef Dir, StringRef Suffix) {
  if (!Options.Out.empty())
    return Options.Out;
  std::string Name = sys::path::filename(M.getModuleIdentifier()).str();
  for (char &C : Name)
    if (!isAlnum(C) && C != '.' && C != '-' && C != '_')
      C = '_';
  Name.resize(std::min<size_t>(Name.size(), 128));
  SmallString<256> Path(Dir);
  sys::path::append(Path, Name + "." + moduleKey(M, Options) + Suffix);
  return std::string(Path);
}

std::variant<dfe::SeedSet, std::string> loadSeeds(const PassOptions &Options) {
  if (Options.Seeds.empty())
    return std::string("seeds: expected a file, got none");
  auto Loaded = dfe::SeedSet::Load(Options.Seeds, Options.Identity);
  if (auto *Error = std::get_if<dfe::FormatError>(&Loaded))
    return "seeds: " + std::move(Error->message);
  return std::get<dfe::SeedSet>(std::move(Loaded));
}

} // namespace deadfn
