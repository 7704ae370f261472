// Appending to archives; the format is in the header.
#include "dfe/dispatch/archive_append.h"

#include <dirent.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstring>

namespace dfe::dispatch {
namespace {

constexpr char kMagic[] = "!<arch>\n";

// Copies all of `path` to `out`; -1 if either side fails, else the size.
long CopyTo(FILE* out, const std::string& path) {
  FILE* in = std::fopen(path.c_str(), "re");
  if (in == nullptr) return -1;
  char buffer[1 << 16];
  long total = 0;
  size_t n;
  bool ok = true;
  while (ok && (n = std::fread(buffer, 1, sizeof buffer, in)) > 0) {
    ok = std::fwrite(buffer, 1, n, out) == n;
    total += static_cast<long>(n);
  }
  ok = ok && std::ferror(in) == 0;
  std::fclose(in);
  return ok ? total : -1;
}

bool Pad(FILE* out, long size) {
  return size % 2 == 0 || std::fputc('\n', out) != EOF;
}

long FileSize(const std::string& path) {
  FILE* file = std::fopen(path.c_str(), "re");
  if (file == nullptr) return -1;
  long size = std::fseek(file, 0, SEEK_END) == 0 ? std::ftell(file) : -1;
  std::fclose(file);
  return size;
}

bool IsArchive(const std::string& path) {
  char head[sizeof kMagic - 1];
  FILE* file = std::fopen(path.c_str(), "re");
  if (file == nullptr) return false;
  bool ok = std::fread(head, 1, sizeof head, file) == sizeof head &&
            std::memcmp(head, kMagic, sizeof head) == 0;
  std::fclose(file);
  return ok;
}

bool AppendMember(FILE* out, size_t index, const std::string& path) {
  const long size = FileSize(path);
  if (size < 0) return false;
  // Name, date, owner, group, mode, size, end; no date, so that equal builds
  // give equal archives.
  std::string name = "dfe" + std::to_string(index) + ".bc/";
  return name.size() <= 16 &&
         std::fprintf(out, "%-16s%-12d%-6d%-6d%-8s%-10ld`\n", name.c_str(), 0,
                      0, 0, "644", size) == 60 &&
         CopyTo(out, path) == size && Pad(out, size);
}

}  // namespace

bool AppendMembers(const std::string& archive,
                   const std::vector<std::string>& files) {
  if (files.empty()) return true;
  if (!IsArchive(archive)) return false;
  const std::string fresh = archive + ".dfe-" + std::to_string(getpid());
  FILE* out = std::fopen(fresh.c_str(), "we");
  if (out == nullptr) return false;
  long size = CopyTo(out, archive);
  bool ok = size >= 0 && Pad(out, size);
  for (size_t i = 0; ok && i < files.size(); ++i) {
    ok = AppendMember(out, i, files[i]);
  }
  ok = std::fclose(out) == 0 && ok;
  if (ok) ok = std::rename(fresh.c_str(), archive.c_str()) == 0;
  if (!ok) std::remove(fresh.c_str());
  return ok;
}

std::vector<std::string> FilesIn(const std::string& folder,
                                 const std::string& suffix) {
  std::vector<std::string> found;
  DIR* dir = opendir(folder.c_str());
  if (dir == nullptr) return found;
  while (const struct dirent* entry = readdir(dir)) {
    std::string name = entry->d_name;
    if (name.size() > suffix.size() &&
        name.compare(name.size() - suffix.size(), suffix.size(), suffix) == 0) {
      found.push_back(folder);
      found.back().append("/").append(name);
    }
  }
  closedir(dir);
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace dfe::dispatch
