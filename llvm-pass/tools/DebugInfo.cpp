//===- DebugInfo.cpp - What debug information says, in any order ----------===//
//
//   dfe-debug-info OBJECT            prints it, a line for each thing it says
//   dfe-debug-info OBJECT OBJECT     prints the first line that only one has,
//                                    those about lines of code before others
//
// Clang describes a type when something first needs it. In a compile with a
// precompiled header other things come first, so the same entries stand in
// another order, with other numbers, and two objects that tell a debugger the
// same differ in most bytes of .debug_info. This reads DWARF (version 4 and 5)
// and writes each entry as a line: its kind, where it is by names, and its
// attributes; places in code and data by symbols, types and other entries by
// what they are called, files by their paths; lines of code, too. Sorted, equal
// texts are equal debug information, but for six things:
//
//  - A typedef counts once, without the class that it is in. Where several
//    instances of a template name one type alike (size_type), Clang describes
//    the one that was declared last when it came past.
//  - A type is meant behind all typedefs, for the same reason.
//  - The language's own types, the compiler's (__va_list_tag) and those without
//    a name (pointers) have no line: what needs one says which.
//  - Functions that no source has (an implicit destructor, a builtin) are said
//    to be where they were first used, wherever that came first. Such a place
//    is `implicit`, in lines of code, too, if an object gives it to one of
//    them.
//  - Of several declarations of a function, in its class and after it, any is
//    said to be the one; so with its parameters, and with texts (variables
//    without a name) that several functions have in common. Definitions are
//    where they are.
//  - Parameters of templates count by their number; each declaration of a
//    template may name them.
//
// A place that a relocation inside of an expression says (thread-local
// variables, DWARF 4) counts by its offset alone; the variable has its name.
//
// Exit code: 0 the same, 1 different, 2 for what is not understood.
//
//===----------------------------------------------------------------------===//

#include "llvm/ADT/StringExtras.h"
#include "llvm/BinaryFormat/Dwarf.h"
#include "llvm/DebugInfo/DWARF/DWARFContext.h"
#include "llvm/DebugInfo/DWARF/DWARFDie.h"
#include "llvm/DebugInfo/DWARF/LowLevel/DWARFExpression.h"
#include "llvm/Object/ELFObjectFile.h"
#include "llvm/Object/ObjectFile.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/WithColor.h"
#include "llvm/Support/raw_ostream.h"
#include <map>
#include <set>

using namespace llvm;
using namespace llvm::dwarf;
using namespace llvm::object;

using FileKind = DILineInfoSpecifier::FileLineInfoKind;

// Types in types; what is deeper is no type that a compiler writes.
static constexpr unsigned MaxDepth = 64;

namespace {

// Names places of an object.
class Places {
public:
  explicit Places(const ObjectFile &File) {
    for (const SectionRef &Section : File.sections())
      Sections.try_emplace(Section.getIndex(), Section);
    for (const ELFSymbolRef Symbol :
         static_cast<const ELFObjectFileBase &>(File).symbols()) {
      Expected<StringRef> Name = Symbol.getName();
      Expected<section_iterator> Home = Symbol.getSection();
      Expected<uint64_t> At = Symbol.getAddress();
      if (Name && Home && At && *Home != File.section_end() && !Name->empty() &&
          Symbol.getELFType() != ELF::STT_SECTION) {
        // The number that ends a local name counts what was emitted before.
        const bool Local = Symbol.getBinding() == ELF::STB_LOCAL;
        BySection[(*Home)->getIndex()].emplace(
            *At, Local ? Name->rtrim("0123456789") : *Name);
      }
      consumeError(Name.takeError());
      consumeError(Home.takeError());
      consumeError(At.takeError());
    }
  }

  // By the symbol at or before it, by its text in merged strings, or by what is
  // left: the name of its section.
  std::string nameOf(SectionedAddress Place) const {
    auto Home = Sections.find(Place.SectionIndex);
    if (Home == Sections.end())
      return "elsewhere+" + utohexstr(Place.Address);
    const ELFSectionRef Section(Home->second);
    if (Section.getFlags() & ELF::SHF_STRINGS) {
      Expected<StringRef> Bytes = Section.getContents();
      if (Bytes)
        return ("text " + Bytes->substr(Place.Address).split('\0').first).str();
      consumeError(Bytes.takeError());
    }
    auto Symbols = BySection.find(Place.SectionIndex);
    if (Symbols != BySection.end()) {
      auto Next = Symbols->second.upper_bound(Place.Address);
      if (Next != Symbols->second.begin()) {
        const auto &[At, Name] = *std::prev(Next);
        return (Name + "+" + utohexstr(Place.Address - At)).str();
      }
    }
    Expected<StringRef> Name = Section.getName();
    if (Name)
      return (*Name + "+" + utohexstr(Place.Address)).str();
    consumeError(Name.takeError());
    return "section " + utostr(Place.SectionIndex) + "+" +
           utohexstr(Place.Address);
  }

private:
  std::map<uint64_t, SectionRef> Sections;
  std::map<uint64_t, std::map<uint64_t, StringRef>> BySection;
};

// What an object says: the places of its code, and everything else.
struct Said {
  std::vector<std::string> Rows, Entries;
  std::string Trouble; // what was not understood, or ""
};

// Writes what one unit says.
class UnitText {
public:
  UnitText(DWARFContext &Context, DWARFUnit &Unit, const Places &Where,
           Said &All)
      : Context(Context), Unit(Unit), Where(Where), All(All),
        Table(Context.getLineTableForUnit(&Unit)) {}

  void write() {
    findImplicit(Unit.getUnitDIE(false), 0);
    write(Unit.getUnitDIE(false), 0);
    All.Entries.insert(All.Entries.end(), Typedefs.begin(), Typedefs.end());
    if (Table)
      writeRows();
  }

private:
  // What two objects may both not say in a way that is understood here is no
  // match.
  std::string notUnderstood(Error Why) {
    All.Trouble = toString(std::move(Why));
    return "";
  }

  std::string fileOf(uint64_t Number) const {
    std::string Name;
    if (Table && Table->getFileNameByIndex(Number, Unit.getCompilationDir(),
                                           FileKind::AbsoluteFilePath, Name))
      return Name;
    return "file " + utostr(Number);
  }

  // Whether no source has a function.
  static bool isImplicit(DWARFDie Die) {
    if (Die.getTag() != DW_TAG_subprogram)
      return false;
    return Die.findRecursively(DW_AT_artificial).has_value();
  }

  void findImplicit(DWARFDie Die, unsigned Depth) {
    if (!Die || Depth > 4 * MaxDepth)
      return;
    if (isImplicit(Die) && !Die.find(DW_AT_declaration))
      Implicit.insert(declaredAt(Die));
    for (DWARFDie Child : Die.children())
      findImplicit(Child, Depth + 1);
  }

  // A place in the source: file, line, column.
  std::string sourceAt(uint64_t File, uint64_t Line, uint64_t Column) const {
    if (Line == 0) // Code that is of no line; the rest then says nothing.
      return "nowhere";
    const std::string Place = fileOf(File) + ":" + utostr(Line);
    return Implicit.count(Place) ? "implicit" : Place + ":" + utostr(Column);
  }

  void writeRows() {
    for (const DWARFDebugLine::Row &Row : Table->Rows)
      All.Rows.push_back(
          formatv("line {0} {1} {2} {3}{4}{5}{6}{7}", Where.nameOf(Row.Address),
                  sourceAt(Row.File, Row.Line, Row.Column), Row.Discriminator,
                  Row.IsStmt ? "s" : "", Row.BasicBlock ? "b" : "",
                  Row.EndSequence ? "e" : "", Row.PrologueEnd ? "p" : "",
                  Row.EpilogueBegin ? "x" : ""));
  }

  static bool isTypedef(DWARFDie Die) {
    return Die.getTag() == DW_TAG_typedef ||
           Die.getTag() == DW_TAG_template_alias;
  }

  // The place of an entry among those of its kind that have the same parent.
  static unsigned ordinal(DWARFDie Die) {
    unsigned Number = 0;
    for (DWARFDie Other = Die.getPreviousSibling(); Other;
         Other = Other.getPreviousSibling())
      Number += Other.getTag() == Die.getTag();
    return Number;
  }

  std::string declaredAt(DWARFDie Die) const {
    return Die.getDeclFile(FileKind::AbsoluteFilePath) + ":" +
           utostr(Die.getDeclLine());
  }

  // What an entry is called within its parent.
  std::string label(DWARFDie Die) {
    switch (Die.getTag()) {
    case DW_TAG_lexical_block:
    case DW_TAG_inlined_subroutine:
    case DW_TAG_call_site:
    case DW_TAG_GNU_call_site:
      return "at " + rangesOf(Die);
    case DW_TAG_formal_parameter:
    case DW_TAG_template_type_parameter:
    case DW_TAG_template_value_parameter:
    case DW_TAG_subrange_type:
    case DW_TAG_call_site_parameter:
    case DW_TAG_GNU_call_site_parameter:
    case DW_TAG_inheritance:
      return "#" + utostr(ordinal(Die));
    default:
      break;
    }
    if (const char *Name = Die.getLinkageName())
      return Name;
    if (const char *Name = Die.getShortName())
      return Name;
    return "(" + TagString(Die.getTag()).str() +
           (hasAnyPlace(Die) ? "" : " " + declaredAt(Die)) + ")";
  }

  // An entry by the names of all that it is in. A definition is where its
  // declaration is.
  std::string pathOf(DWARFDie Die, unsigned Depth = 0) {
    if (!Die || Die.getTag() == DW_TAG_compile_unit || Depth > MaxDepth)
      return "";
    auto Known = Paths.find(Die.getOffset());
    if (Known != Paths.end())
      return Known->second;
    DWARFDie Home = Die;
    for (Attribute Of : {DW_AT_abstract_origin, DW_AT_specification})
      if (Die.getTag() == DW_TAG_subprogram || Die.getTag() == DW_TAG_variable)
        if (DWARFDie Other = Home.getAttributeValueAsReferencedDie(Of))
          Home = Other;
    std::string Path = pathOf(Home.getParent(), Depth + 1) + "/" + label(Die);
    return Paths[Die.getOffset()] = std::move(Path);
  }

  // A type in words, behind all typedefs.
  std::string typeOf(DWARFDie Die, unsigned Depth = 0) {
    if (!Die)
      return "void";
    if (Depth > MaxDepth)
      return "...";
    auto Known = Types.find(Die.getOffset());
    if (Known != Types.end())
      return Known->second;
    auto Inner = [&] {
      return typeOf(Die.getAttributeValueAsReferencedDie(DW_AT_type),
                    Depth + 1);
    };
    std::string Text;
    switch (Die.getTag()) {
    case DW_TAG_typedef:
    case DW_TAG_template_alias:
      Text = Inner();
      break;
    case DW_TAG_array_type:
    case DW_TAG_subroutine_type:
      Text = TagString(Die.getTag()).str() + " of " + Inner() + " (";
      for (DWARFDie Child : Die.children()) {
        Text += TagString(Child.getTag()).str() + " " +
                typeOf(Child.getAttributeValueAsReferencedDie(DW_AT_type),
                       Depth + 1);
        for (Attribute Bound :
             {DW_AT_lower_bound, DW_AT_upper_bound, DW_AT_count})
          if (auto Value = Child.find(Bound))
            if (auto Number = toUnsigned(Value))
              Text += " " + utostr(*Number);
        Text += ";";
      }
      Text += ")";
      break;
    case DW_TAG_ptr_to_member_type:
      Text = "member of " +
             typeOf(Die.getAttributeValueAsReferencedDie(DW_AT_containing_type),
                    Depth + 1) +
             " " + Inner();
      break;
    default:
      // What has a name is known by it, all else by what it is of.
      Text = Die.getShortName() || !Die.find(DW_AT_type)
                 ? pathOf(Die)
                 : TagString(Die.getTag()).str() + " " + Inner();
    }
    if (Depth == 0)
      Types[Die.getOffset()] = Text;
    return Text;
  }

  std::string rangesOf(DWARFDie Die) {
    if (auto Return = Die.find({DW_AT_call_return_pc, DW_AT_call_pc}))
      if (auto Place = Return->getAsSectionedAddress())
        return Where.nameOf(*Place);
    Expected<DWARFAddressRangesVector> Ranges = Die.getAddressRanges();
    if (!Ranges)
      return notUnderstood(Ranges.takeError());
    std::vector<std::string> Names;
    if (Ranges->empty()) // A label is at one place.
      if (auto Low = Die.find(DW_AT_low_pc))
        if (auto Place = Low->getAsSectionedAddress())
          return Where.nameOf(*Place);
    for (const DWARFAddressRange &Range : *Ranges)
      Names.push_back(Where.nameOf({Range.LowPC, Range.SectionIndex}) + "," +
                      utohexstr(Range.HighPC - Range.LowPC));
    sort(Names);
    return join(Names, " ");
  }

  std::string expressionText(ArrayRef<uint8_t> Bytes) {
    DataExtractor Data(toStringRef(Bytes), Context.isLittleEndian(),
                       Unit.getAddressByteSize());
    const DWARFExpression Expression(Data, Unit.getAddressByteSize(),
                                     Unit.getFormParams().Format);
    std::string Text;
    for (const DWARFExpression::Operation &Step : Expression) {
      if (Step.isError())
        return toHex(Bytes);
      Text += OperationEncodingString(Step.getCode()).str();
      for (unsigned I = 0; I < Step.getNumOperands(); ++I) {
        const uint64_t Value = Step.getRawOperand(I);
        const auto Kind = Step.getDescription().Op[I];
        std::optional<SectionedAddress> Place;
        if (Step.getCode() == DW_OP_addrx || Step.getCode() == DW_OP_constx ||
            Step.getCode() == DW_OP_GNU_addr_index)
          Place = Unit.getAddrOffsetSectionItem(Value);
        Text += " ";
        if (Place)
          Text += Where.nameOf(*Place);
        else if (Kind == DWARFExpression::Operation::BaseTypeRef)
          Text += typeOf(Unit.getDIEForOffset(Unit.getOffset() + Value));
        else
          Text += utohexstr(Value);
      }
      Text += ";";
    }
    return Text;
  }

  std::string locationText(DWARFDie Die, Attribute Attr) {
    Expected<DWARFLocationExpressionsVector> List = Die.getLocations(Attr);
    if (!List)
      return notUnderstood(List.takeError());
    std::string Text;
    for (const DWARFLocationExpression &One : *List) {
      if (One.Range)
        Text += Where.nameOf({One.Range->LowPC, One.Range->SectionIndex}) +
                "," + utohexstr(One.Range->HighPC - One.Range->LowPC) + ": ";
      Text += expressionText(One.Expr) + "|";
    }
    return Text;
  }

  // Whether it is a matter of order which declaration Clang says.
  static bool hasAnyPlace(DWARFDie Die) {
    switch (Die.getTag()) {
    case DW_TAG_subprogram:
      return isImplicit(Die) || Die.find(DW_AT_declaration);
    case DW_TAG_formal_parameter:
      return true;
    case DW_TAG_variable:
      return !Die.getShortName();
    default:
      return false;
    }
  }

  static uint64_t number(DWARFDie Die, Attribute Attr) {
    return toUnsigned(Die.find(Attr), 0);
  }

  // An attribute's value; "" for what says where things are in the file alone.
  std::string valueOf(DWARFDie Die, const DWARFAttribute &Attr) {
    const DWARFFormValue &Value = Attr.Value;
    switch (Attr.Attr) {
    case DW_AT_sibling:
    case DW_AT_stmt_list:
    case DW_AT_str_offsets_base:
    case DW_AT_addr_base:
    case DW_AT_rnglists_base:
    case DW_AT_loclists_base:
    case DW_AT_GNU_pubnames:
    case DW_AT_low_pc:
    case DW_AT_high_pc:
    case DW_AT_name:
    case DW_AT_linkage_name:
    case DW_AT_ranges:
    case DW_AT_decl_file: // These two, and the names: see write.
    case DW_AT_decl_line:
    case DW_AT_call_line: // Said with the file.
    case DW_AT_call_column:
      return "";
    case DW_AT_call_file:
      return sourceAt(number(Die, DW_AT_call_file),
                      number(Die, DW_AT_call_line),
                      number(Die, DW_AT_call_column));
    case DW_AT_type:
    case DW_AT_containing_type:
      return typeOf(Die.getAttributeValueAsReferencedDie(Value));
    default:
      break;
    }
    if (Value.isFormClass(DWARFFormValue::FC_Reference))
      return pathOf(Die.getAttributeValueAsReferencedDie(Value));
    if (Value.isFormClass(DWARFFormValue::FC_Exprloc) ||
        (DWARFAttribute::mayHaveLocationList(Attr.Attr) &&
         Value.isFormClass(DWARFFormValue::FC_SectionOffset)))
      return locationText(Die, Attr.Attr);
    if (auto Place = Value.getAsSectionedAddress())
      return Where.nameOf(*Place);
    if (auto Text = dwarf::toString(Value))
      return *Text;
    if (auto Number = Value.getAsUnsignedConstant())
      return utostr(*Number);
    if (auto Number = Value.getAsSignedConstant())
      return itostr(*Number);
    if (auto Block = Value.getAsBlock())
      return toHex(*Block);
    return notUnderstood(
        createStringError(AttributeString(Attr.Attr) + " as " +
                          FormEncodingString(Value.getForm())));
  }

  static bool isPredefined(DWARFDie Die) {
    const StringRef Name = Die.getShortName() ? Die.getShortName() : "";
    switch (Die.getTag()) {
    case DW_TAG_base_type:
    case DW_TAG_unspecified_type:
      return true;
    case DW_TAG_structure_type:
      return Name == "__va_list_tag";
    case DW_TAG_pointer_type:
    case DW_TAG_reference_type:
    case DW_TAG_rvalue_reference_type:
    case DW_TAG_ptr_to_member_type:
    case DW_TAG_const_type:
    case DW_TAG_volatile_type:
    case DW_TAG_restrict_type:
    case DW_TAG_atomic_type:
    case DW_TAG_array_type:
    case DW_TAG_subroutine_type:
      return Name.empty();
    default:
      return false;
    }
  }

  void write(DWARFDie Die, unsigned Depth) {
    if (!Die || Depth > 4 * MaxDepth || isPredefined(Die))
      return;
    std::string Line = TagString(Die.getTag()).str() + " ";
    const bool Typedef = isTypedef(Die);
    const char *Name = Die.getShortName();
    if (Die.getTag() == DW_TAG_template_type_parameter ||
        Die.getTag() == DW_TAG_template_value_parameter)
      Name = nullptr;
    if (Typedef)
      Line += Name ? Name : "";
    else
      Line += pathOf(Die) + " name " + (Name ? Name : "") + " " +
              (Die.getTag() == DW_TAG_compile_unit ? "" : rangesOf(Die));
    if (Die.find({DW_AT_decl_line, DW_AT_specification}) && !hasAnyPlace(Die))
      Line += " " + declaredAt(Die);
    for (const DWARFAttribute &Attr : Die.attributes()) {
      if (Typedef && Attr.Attr == DW_AT_accessibility)
        continue;
      const std::string Value = valueOf(Die, Attr);
      if (!Value.empty())
        Line += " " + AttributeString(Attr.Attr).str() + "=" + Value;
    }
    if (Typedef)
      Typedefs.insert(std::move(Line));
    else
      All.Entries.push_back(std::move(Line));
    for (DWARFDie Child : Die.children())
      write(Child, Depth + 1);
  }

  DWARFContext &Context;
  DWARFUnit &Unit;
  const Places &Where;
  Said &All;
  const DWARFDebugLine::LineTable *Table;
  std::set<std::string> Typedefs;
  std::set<std::string> Implicit; // FILE:LINE
  std::map<uint64_t, std::string> Paths, Types;
};

} // namespace

static Error expected(const Twine &Where, const Twine &What) {
  return createStringError(Where + ": expected " + What);
}

// All that an object's debug information says, sorted.
static Expected<Said> readObject(StringRef Path) {
  auto Bytes = MemoryBuffer::getFile(Path);
  if (!Bytes)
    return expected(Path, "an object, got " + Bytes.getError().message());
  Expected<std::unique_ptr<ObjectFile>> File =
      ObjectFile::createObjectFile(**Bytes);
  if (!File)
    return File.takeError();
  if (!isa<ELFObjectFileBase>(**File))
    return expected(Path, "ELF");
  Said Text;
  auto Hear = [&Text](Error Why) { Text.Trouble = toString(std::move(Why)); };
  std::unique_ptr<DWARFContext> Context = DWARFContext::create(
      **File, DWARFContext::ProcessDebugRelocations::Process, nullptr, "", Hear,
      Hear);
  const Places Where(**File);
  for (const std::unique_ptr<DWARFUnit> &Unit : Context->normal_units()) {
    if (Unit->isTypeUnit())
      return expected(Path, "types in the unit that uses them");
    if (Unit->getVersion() < 4)
      return expected(Path, "DWARF 4 or 5");
    UnitText(*Context, *Unit, Where, Text).write();
  }
  if (!Text.Trouble.empty())
    return expected(Path, "DWARF, got: " + Text.Trouble);
  sort(Text.Rows);
  sort(Text.Entries);
  return Text;
}

// Prints the first line that only one of two sorted texts has, if there is one.
static bool differ(const std::vector<std::string> &A,
                   const std::vector<std::string> &B) {
  const auto [Left, Right] =
      std::mismatch(A.begin(), A.end(), B.begin(), B.end());
  if (Left == A.end() && Right == B.end())
    return false;
  // Of two lines the smaller one is missing in the other text.
  const bool Lost = Right == B.end() || (Left != A.end() && *Left < *Right);
  outs() << (Lost ? "lost: " + *Left : "new: " + *Right) << "\n";
  return true;
}

int main(int Count, char **Words) {
  if (Count != 2 && Count != 3) {
    WithColor::error(errs(), "dfe-debug-info")
        << "expected one object or two\n";
    return 2;
  }
  std::vector<Said> Texts;
  for (int I = 1; I < Count; ++I) {
    Expected<Said> Text = readObject(Words[I]);
    if (!Text) {
      WithColor::error(errs(), "dfe-debug-info")
          << toString(Text.takeError()) << "\n";
      return 2;
    }
    Texts.push_back(std::move(*Text));
  }
  if (Count == 3)
    return differ(Texts[0].Rows, Texts[1].Rows) ||
                   differ(Texts[0].Entries, Texts[1].Entries)
               ? 1
               : 0;
  for (const std::vector<std::string> *Part :
       {&Texts[0].Rows, &Texts[0].Entries})
    for (const std::string &Line : *Part)
      outs() << Line << "\n";
  return 0;
}
