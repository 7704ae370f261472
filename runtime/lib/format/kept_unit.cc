// Reading and writing of kept units; the layout is in the header.
#include "dfe/format/kept_unit.h"

#include "dfe/format/envelope.h"

namespace dfe {
namespace {

void AppendText(std::string& out, std::string_view text) {
  AppendLittle32(out, static_cast<uint32_t>(text.size()));
  out += text;
}

void AppendTexts(std::string& out, const std::vector<std::string>& texts) {
  AppendLittle32(out, static_cast<uint32_t>(texts.size()));
  for (const std::string& text : texts) AppendText(out, text);
}

void AppendBlob(std::string& out, std::string_view bytes) {
  AppendLittle64(out, bytes.size());
  out += bytes;
}

// Takes fields from the front; a field that is not all there fails for good.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}

  uint32_t Number() {
    const std::string bytes(Take(4));
    return ok_ ? ReadLittle32(bytes.c_str()) : 0;
  }
  std::string_view Text() { return Take(Number()); }
  std::vector<std::string> Texts() {
    std::vector<std::string> texts;
    const uint32_t count = Number();
    for (uint32_t i = 0; i < count && ok_; ++i) texts.emplace_back(Text());
    return texts;
  }
  std::string_view Blob() {
    const std::string bytes(Take(8));
    return Take(ok_ ? ReadLittle64(bytes.c_str()) : 0);
  }
  bool ok() const { return ok_; }
  bool AtEnd() const { return ok_ && rest_.empty(); }

 private:
  std::string_view Take(uint64_t size) {
    if (!ok_ || size > rest_.size()) {
      ok_ = false;
      return {};
    }
    const std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }

  std::string_view rest_;
  bool ok_ = true;
};

}  // namespace

std::string UnitInputs::Serialize() const {
  std::string out;
  AppendTexts(out, files);
  AppendTexts(out, variables);
  return out;
}

std::optional<UnitInputs> UnitInputs::Parse(std::string_view payload) {
  UnitInputs inputs;
  Reader reader(payload);
  inputs.files = reader.Texts();
  inputs.variables = reader.Texts();
  if (!reader.AtEnd()) return std::nullopt;
  return inputs;
}

std::string KeptUnit::Serialize() const {
  std::string out;
  out.reserve(messages.size() + dep_info.size() + metadata.size() +
              library.size() + 24);
  AppendText(out, messages);
  AppendText(out, dep_info);
  AppendBlob(out, metadata);
  AppendBlob(out, library);
  return out;
}

std::optional<KeptUnit> KeptUnit::Parse(std::string_view payload) {
  KeptUnit unit;
  Reader reader(payload);
  unit.messages = reader.Text();
  unit.dep_info = reader.Text();
  unit.metadata = reader.Blob();
  unit.library = reader.Blob();
  if (!reader.AtEnd()) return std::nullopt;
  return unit;
}

std::string KeptObject::Serialize() const {
  std::string out;
  out.reserve(object.size() + size_t{65536});
  AppendText(out, dependencies);
  AppendLittle32(out, static_cast<uint32_t>(files.size()));
  for (const File& file : files) {
    AppendText(out, file.path);
    AppendText(out, file.hash);
  }
  AppendTexts(out, names);
  AppendTexts(out, found);
  AppendBlob(out, object);
  return out;
}

std::optional<KeptObject> KeptObject::Parse(std::string_view payload) {
  KeptObject kept;
  Reader reader(payload);
  kept.dependencies = reader.Text();
  const uint32_t files = reader.Number();
  for (uint32_t i = 0; i < files && reader.ok(); ++i) {
    File& file = kept.files.emplace_back();
    file.path = reader.Text();
    file.hash = reader.Text();
  }
  kept.names = reader.Texts();
  kept.found = reader.Texts();
  kept.object = reader.Blob();
  if (!reader.AtEnd()) return std::nullopt;
  return kept;
}

}  // namespace dfe
