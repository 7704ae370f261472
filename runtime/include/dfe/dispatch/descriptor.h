// A file descriptor that is closed with its owner. Standard library only.
#ifndef DFE_DISPATCH_DESCRIPTOR_H_
#define DFE_DISPATCH_DESCRIPTOR_H_

#include <unistd.h>

#include <utility>

namespace dfe::dispatch {

class Descriptor {
 public:
  // Takes `fd`, which may be a fault's -1.
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Descriptor() {
    if (fd_ >= 0) close(fd_);
  }
  int get() const { return fd_; }
  bool ok() const { return fd_ >= 0; }

 private:
  int fd_;
};

}  // namespace dfe::dispatch

#endif  // DFE_DISPATCH_DESCRIPTOR_H_
