// Keys from records, and orders for dfe-cc.
#include "dfe/headers/kept_objects.h"

#include <filesystem>
#include <fstream>
#include <iterator>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "dfe/dispatch/cc_kept.h"
#include "dfe/dispatch/cc_objects.h"
#include "dfe/format/envelope.h"

namespace dfe::headers {
namespace {

namespace fs = std::filesystem;

std::string TextOf(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file),
          std::istreambuf_iterator<char>()};
}

}  // namespace

std::string KeptRefusal(const ProjectUnit& unit) {
  if (!unit.call.refusal.empty()) return unit.call.refusal;
  if (!unit.recorded) return "no record";
  dispatch::CcInvocation call = unit.call;
  call.output = call.ObjectName();
  call.flags.clear();
  for (size_t i = 0; i < unit.call.flags.size(); ++i) {
    const std::string& word = unit.call.flags[i];
    // Another assembler, of which the key does not know.
    if (word == "-fno-integrated-as") {
      return absl::StrCat("word that objects are not kept for: ", word);
    }
    if (word == "-include") {
      ++i;
    } else if (word != "-nostdinc" && word != "-nostdinc++" &&
               word != "-Qunused-arguments" && word != "-Wa,--noexecstack" &&
               // Which processor that is, is in the setup of the unit.
               word != "-march=native" && word != "-mtune=native" &&
               !absl::StartsWith(word, "-stdlib=") &&
               !absl::StartsWith(word, "-fdiagnostics-color")) {
      call.flags.push_back(word);
    }
  }
  std::string refusal = dispatch::WordRefusal(call);
  if (!refusal.empty()) return refusal;
  for (const HeaderRecord::File& file : unit.record.files) {
    if ((file.flags & kFileDate) != 0) {
      return absl::StrCat("the day or the time is in ", file.name);
    }
  }
  return "";
}

std::string ObjectKey(const ProjectUnit& unit, absl::string_view way) {
  std::string key = absl::StrCat("dfe-object 3\n", unit.identity, "\n",
                                 unit.setup, "\n", unit.directory, "\n", way);
  for (const std::string& word : unit.call.words) {
    absl::StrAppend(&key, "\n", word.size(), " ", word);
  }
  for (const HeaderRecord::File& file : unit.record.files) {
    if ((file.flags & kFileBuiltin) != 0) continue;
    absl::StrAppend(&key, "\n", file.name, " ", file.bytes, " ", file.content);
  }
  for (const HeaderRecord::Probe& probe : unit.record.probes) {
    absl::StrAppend(&key, "\n", probe.path, " ", static_cast<int>(probe.kind));
  }
  return HashName(key);
}

absl::StatusOr<KeptSummary> WriteKept(const Project& project,
                                      const std::string& session) {
  const std::string folder = project.cache + "/objects/cc";
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) {
    return absl::UnavailableError(
        absl::StrCat("objects: ", folder, ": ", error.message()));
  }
  KeptSummary summary;
  for (size_t i = 0; i < project.units.size(); ++i) {
    const ProjectUnit& unit = project.units[i];
    if (std::string refusal = KeptRefusal(unit); !refusal.empty()) {
      ++summary.refused[std::move(refusal)];
      continue;
    }
    const std::string name = unit.call.Key(unit.directory);
    const int node = project.plan.node_of_unit[i];
    std::string way = "plain";
    if (node >= 0) {
      way = TextOf(absl::StrCat(session, "/cc/nodes/",
                                project.first_node + node, ".content"));
      if (way.empty()) continue;
    }
    const std::string parts = TextOf(absl::StrCat(session, "/cc/parts/", name));
    const std::string key = ObjectKey(unit, absl::StrCat(way, "\n", parts));
    const std::string path = absl::StrCat(session, "/cc/units/", name, ".kept");
    if (WriteFileAtomically(
            path,
            dispatch::KeptOrderText(
                {absl::StrCat(folder, "/", key.substr(0, 2), "/", key), key,
                 !parts.empty(), node < 0 ? node : project.first_node + node,
                 unit.record_path, unit.record_hash}))) {
      return absl::UnavailableError(
          absl::StrCat("objects: ", path, ": cannot be written"));
    }
    ++summary.files;
  }
  return summary;
}

}  // namespace dfe::headers
