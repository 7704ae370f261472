#include "store_testing.h"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "dfe/store/clean.h"
#include "dfe/store/explain.h"
#include "dfe/store/stats.h"

namespace dfe::store {

TemporaryFolder::TemporaryFolder() {
  std::string name =
      (std::filesystem::temp_directory_path() / "dfe-store-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr || chmod(name.c_str(), 0755) != 0)
    abort();
  path_ = std::filesystem::canonical(name).string();
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string TemporaryFolder::operator/(absl::string_view name) const {
  return absl::StrCat(path_, "/", name);
}

void WriteText(const std::string& path, absl::string_view text) {
  std::filesystem::create_directories(
      std::filesystem::path(path).parent_path());
  std::ofstream out(path, std::ios::binary);
  out.write(text.data(), static_cast<std::streamsize>(text.size()));
  out.close();
  if (!out) abort();
}

std::string ReadText(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

bool Exists(const std::string& path) {
  struct stat status;
  return lstat(path.c_str(), &status) == 0;
}

BuildRecord Build(int64_t wall_us, int64_t cpu_us) {
  BuildRecord build;
  build.project = "/p";
  build.command = "cargo build --release";
  build.profile = "release";
  build.strategy = "late";
  build.rustc = "rustc one";
  build.dfe_version = "9.9";
  build.started = absl::FromUnixSeconds(1000000);
  build.wall_us = wall_us;
  build.cpu_us = cpu_us;
  build.exit_code = 0;
  return build;
}

dispatch::UnitEvent Unit(const std::string& crate, int64_t cpu_us,
                         const std::string& strategy) {
  dispatch::UnitEvent unit;
  unit.crate = crate;
  unit.unit = "0123abcd";
  unit.kind = "library";
  unit.strategy = strategy;
  unit.reason = strategy == "plain" ? "host-unit" : "none";
  unit.wall_us = cpu_us / 2;
  unit.cpu_us = cpu_us;
  unit.idle_us = cpu_us * 2;
  unit.peak_rss_kib = cpu_us / 4;
  unit.own_us = 300;
  return unit;
}

bool InChild(const std::function<bool()>& body) {
  pid_t child = fork();
  if (child < 0) abort();
  if (child == 0) {
    if (geteuid() == 0 && setresuid(65534, 65534, 65534) != 0) _exit(3);
    _exit(body() ? 0 : 1);
  }
  int status = 0;
  if (waitpid(child, &status, 0) != child) abort();
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

absl::StatusOr<ParsedOptions> Parse(const std::vector<std::string>& words) {
  static constexpr CommandSpec kCommands[] = {
      {"", "", ""}, {"explain", "", ""}, {"stats", "", ""}, {"clean", "", ""}};
  static const std::vector<OptionSpec> options = [] {
    std::vector<OptionSpec> all = {
        {"store", OptionKind::kText, "DIR", "", "*", "cache"},
        {"project", OptionKind::kText, "DIR", "", "*", "project"},
        {"json", OptionKind::kFlag, "", "", "*", "as JSON"}};
    for (absl::Span<const OptionSpec> own :
         {ExplainOptions(), StatsOptions(), CleanOptions()}) {
      all.insert(all.end(), own.begin(), own.end());
    }
    return all;
  }();
  static const OptionTable table("dfe", kCommands, options);
  return table.Parse(words, {});
}

}  // namespace dfe::store
