//===- PassOptions.cpp - parsing of options ------------------------------===//
//
// All three sources (pass parameters, configuration file, environment) end in
// PassOptions::set(), which PassOptions.def generates. An unknown name is an
// error that proposes the nearest known one: a typing error in a variable must
// not silently change what is built.
//
//===----------------------------------------------------------------------===//

#include "DeadFnElim/PassOptions.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/MemoryBuffer.h"
#include <optional>
#include <unistd.h>

using namespace llvm;

namespace deadfn {
namespace {

constexpr StringRef EnvPrefix = "DFE_PASS_";
constexpr StringRef EnvConfig = "CONFIG";

// One overload per type of the table; false if the value does not fit.
bool parseValue(StringRef Value, std::string &Out) {
  Out = Value.str();
  return true;
}

bool parseValue(StringRef Value, bool &Out) {
  std::optional<bool> Parsed;
  if (Value.empty() || Value == "1" || Value == "true" || Value == "yes")
    Parsed = true;
  else if (Value == "0" || Value == "false" || Value == "no")
    Parsed = false;
  Out = Parsed.value_or(Out);
  return Parsed.has_value();
}

bool parseValue(StringRef Value, uint64_t &Out) {
  return !Value.getAsInteger(10, Out);
}

bool parseValue(StringRef Value, option::Mode &Out) {
  constexpr StringRef Names[] = {"off",   "record", "cut",
                                 "defer", "stub",   "parts"};
  for (unsigned I = 0; I < std::size(Names); ++I)
    if (Value == Names[I]) {
      Out = static_cast<option::Mode>(I);
      return true;
    }
  return false;
}

bool parseValue(StringRef Value, option::Reach &Out) {
  if (Value != "closure" && Value != "seeds")
    return false;
  Out = Value == "seeds" ? option::Reach::Seeds : option::Reach::Closure;
  return true;
}

struct OptionText {
  StringRef Name, Type, Default, Help;
};

constexpr OptionText Table[] = {
#define DFE_OPTION(Field, Name, Type, Default, Help)                           \
  {Name, #Type, #Default, Help},
#include "DeadFnElim/PassOptions.def"
};

StringRef expectedForm(StringRef Type) {
  if (Type == "Flag")
    return "1 or 0";
  if (Type == "Number")
    return "a number";
  if (Type == "Mode")
    return "off, record, cut, defer, stub or parts";
  if (Type == "Reach")
    return "closure or seeds";
  return "text";
}

std::string unknownOption(StringRef Source, StringRef Name) {
  StringRef Nearest;
  unsigned Best = ~0u;
  for (const OptionText &O : Table)
    if (unsigned D = Name.edit_distance(O.Name); D < Best) {
      Best = D;
      Nearest = O.Name;
    }
  return (Source + ": unknown option '" + Name + "': did you mean '" + Nearest +
          "'?")
      .str();
}

// DUP_BYTES, as an option's name.
std::string nameFromVariable(StringRef Variable) {
  std::string Name = Variable.lower();
  for (char &C : Name)
    if (C == '_')
      C = '-';
  return Name;
}

} // namespace

std::string PassOptions::set(StringRef Source, StringRef Name,
                             StringRef Value) {
  bool Good = false;
  StringRef Expected;
#define DFE_OPTION(Field, OptionName, Type, Default, Help)                     \
  if (Name == (OptionName)) {                                                  \
    Good = parseValue(Value, this->Field);                                     \
    Expected = expectedForm(#Type);                                            \
  }
#include "DeadFnElim/PassOptions.def"
  if (Good)
    return {};
  if (Expected.empty())
    return unknownOption(Source, Name);
  return (Source + ": " + Name + ": expected " + Expected + ", got '" + Value +
          "'")
      .str();
}

std::string PassOptions::setFromParameters(StringRef PassName,
                                           StringRef Parameters) {
  SmallVector<StringRef, 8> Parts;
  Parameters.split(Parts, ';', -1, /*KeepEmpty=*/false);
  for (StringRef Part : Parts) {
    auto [Name, Value] = Part.split('=');
    if (std::string Error = set(PassName, Name, Value); !Error.empty())
      return Error;
  }
  return {};
}

static void setFromFile(PassOptions &Options, StringRef Path,
                        std::vector<std::string> &Errors) {
  auto Buffer = MemoryBuffer::getFile(Path);
  if (!Buffer) {
    Errors.push_back(("configuration: " + Path +
                      ": expected a readable file, "
                      "got " +
                      Buffer.getError().message())
                         .str());
    return;
  }
  SmallVector<StringRef, 16> Lines;
  (*Buffer)->getBuffer().split(Lines, '\n');
  for (auto [Index, Line] : enumerate(Lines)) {
    Line = Line.trim();
    if (Line.empty() || Line.starts_with("#"))
      continue;
    auto [Name, Value] = Line.split('=');
    std::string Where = (Path + ":" + Twine(Index + 1)).str();
    std::string Error = Options.set(Where, Name.rtrim(), Value.ltrim());
    if (!Error.empty())
      Errors.push_back(std::move(Error));
  }
}

std::vector<std::string> PassOptions::setFromEnvironment() {
  std::vector<std::string> Errors;
  SmallVector<std::pair<StringRef, StringRef>, 8> Variables;
  for (char **Entry = environ; Entry && *Entry; ++Entry)
    if (StringRef Text(*Entry); Text.starts_with(EnvPrefix))
      Variables.push_back(Text.drop_front(EnvPrefix.size()).split('='));
  // The file comes first, whatever the order of the environment: one variable
  // must be able to override one line.
  for (auto [Name, Value] : Variables)
    if (Name == EnvConfig)
      setFromFile(*this, Value, Errors);
  for (auto [Name, Value] : Variables) {
    if (Name == EnvConfig)
      continue;
    std::string Source = (EnvPrefix + Name).str();
    std::string Error = set(Source, nameFromVariable(Name), Value);
    if (!Error.empty())
      Errors.push_back(std::move(Error));
  }
  return Errors;
}

std::string PassOptions::help() {
  std::string Out;
  for (const OptionText &O : Table)
    Out += (O.Name + "\t" + expectedForm(O.Type) + "\t" + O.Default + "\t" +
            O.Help + "\n")
               .str();
  return Out;
}

} // namespace deadfn
