//===- AskedFiles.cpp - what Clang asked the disk for ---------------------===//
//
// Clang has no callback for a search that found nothing in a folder: the file
// system is asked to tell.
//
//===----------------------------------------------------------------------===//

#include "HeaderRecorder/Recorder.h"

namespace dfeheaders {

llvm::ErrorOr<llvm::vfs::Status> AskedFiles::status(const llvm::Twine &Path) {
  llvm::ErrorOr<llvm::vfs::Status> Status = ProxyFileSystem::status(Path);
  note(Path, Status);
  return Status;
}

bool AskedFiles::exists(const llvm::Twine &Path) {
  return static_cast<bool>(status(Path));
}

llvm::ErrorOr<std::unique_ptr<llvm::vfs::File>>
AskedFiles::openFileForRead(const llvm::Twine &Path) {
  llvm::ErrorOr<std::unique_ptr<llvm::vfs::File>> File =
      ProxyFileSystem::openFileForRead(Path);
  if (File)
    note(Path, (*File)->status());
  else
    note(Path, File.getError());
  return File;
}

void AskedFiles::note(const llvm::Twine &Path,
                      const llvm::ErrorOr<llvm::vfs::Status> &Status) {
  llvm::SmallString<256> Storage;
  llvm::StringRef Text = Path.toStringRef(Storage);
  auto [It, New] = Asked.try_emplace(Text);
  if (!New)
    return;
  dfe::HeaderRecord::Probe &Probe = It->second;
  Probe.path = Text.str();
  if (!Status)
    return;
  Probe.kind =
      Status->isDirectory() ? dfe::ProbeKind::kFolder : dfe::ProbeKind::kFile;
  Probe.bytes = Status->getSize();
  Probe.modified_ns =
      Status->getLastModificationTime().time_since_epoch().count();
}

} // namespace dfeheaders
