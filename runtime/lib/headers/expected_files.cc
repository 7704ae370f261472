// A list of sources for each command.
#include "dfe/headers/expected_files.h"

#include <algorithm>
#include <filesystem>
#include <utility>
#include <variant>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "dfe/format/byte_stream.h"
#include "dfe/format/envelope.h"

namespace dfe::headers {
namespace {

namespace fs = std::filesystem;

constexpr char kSignature[] = "DFEFILES";
constexpr uint32_t kVersion = 1;

bool IsNumber(absl::string_view word) {
  return !word.empty() && std::all_of(word.begin(), word.end(), [](char c) {
    return c >= '0' && c <= '9';
  });
}

// The file for a command. How many jobs it runs changes nothing of what it
// makes.
std::string PathOf(const std::string& db,
                   const std::vector<std::string>& words) {
  std::vector<std::string> same;
  for (size_t i = 0; i < words.size(); ++i) {
    absl::string_view count = words[i];
    if (count == "-j" || count == "--jobs") {
      if (i + 1 < words.size() && IsNumber(words[i + 1])) ++i;
      continue;
    }
    if ((absl::ConsumePrefix(&count, "-j") ||
         absl::ConsumePrefix(&count, "--jobs=")) &&
        IsNumber(count)) {
      continue;
    }
    same.push_back(words[i]);
  }
  return absl::StrCat(absl::StripSuffix(db, ".json"), ".",
                      HashName(absl::StrJoin(same, "\n")), ".files");
}

std::optional<std::set<std::string>> Read(const std::string& path) {
  const std::optional<std::string> bytes = ContentOf(path);
  return bytes ? ParseCompiledFiles(*bytes) : std::nullopt;
}

}  // namespace

std::optional<std::set<std::string>> ParseCompiledFiles(
    std::string_view bytes) {
  const auto opened = OpenEnvelope(bytes, "files", kSignature, kVersion, "");
  const auto* frame = std::get_if<Envelope>(&opened);
  if (frame == nullptr) return std::nullopt;
  ByteReader in(frame->payload);
  std::set<std::string> sources;
  in.Each("sources", [&] {
    std::string source = in.Text("source");
    if (!sources.empty() && source <= *sources.rbegin()) {
      in.Fail("sources", "rising ones", "one that is not");
    }
    sources.insert(sources.end(), std::move(source));
  });
  if (in.failed() || !in.at_end()) return std::nullopt;
  return sources;
}

std::string SerializeCompiledFiles(const std::set<std::string>& sources) {
  ByteWriter out;
  out.Each(sources, [&](const std::string& source) { out.Text(source); });
  return SealEnvelope(kSignature, kVersion, "", out.out);
}

bool ExpectedFiles::Has(const std::string& source,
                        const std::string& directory) const {
  if (all || sources.contains(source)) return true;
  const std::string path =
      (fs::path(directory) / source).lexically_normal().string();
  return std::any_of(folders.begin(), folders.end(),
                     [&](const std::string& folder) {
                       return absl::StartsWith(path, folder);
                     });
}

ExpectedFiles LoadExpectedFiles(const std::string& db,
                                const std::vector<std::string>& words,
                                const std::string& directory) {
  ExpectedFiles expected;
  if (std::optional<std::set<std::string>> known = Read(PathOf(db, words))) {
    expected.all = false;
    expected.sources = *std::move(known);
    return expected;
  }
  for (size_t i = 1; i < words.size(); ++i) {
    const std::string& word = words[i];
    std::error_code error;
    if (!absl::EndsWith(word, "/") || absl::StartsWith(word, "-") ||
        absl::StrContains(word, '=') || words[i - 1] == "-C" ||
        !fs::is_directory(fs::path(directory) / word, error)) {
      continue;
    }
    expected.all = false;
    expected.folders.push_back(
        (fs::path(directory) / word).lexically_normal().string());
  }
  return expected;
}

absl::Status KeepCompiledFiles(const std::string& db,
                               const std::vector<std::string>& words,
                               const std::vector<std::string>& sources) {
  const std::string path = PathOf(db, words);
  std::set<std::string> all = Read(path).value_or(std::set<std::string>());
  const size_t known = all.size();
  all.insert(sources.begin(), sources.end());
  if (all.size() == known) return absl::OkStatus();
  std::error_code ignored;  // The write says it.
  fs::create_directories(fs::path(path).parent_path(), ignored);
  const auto error = WriteFileAtomically(path, SerializeCompiledFiles(all));
  return error ? absl::UnavailableError(error->message) : absl::OkStatus();
}

}  // namespace dfe::headers
