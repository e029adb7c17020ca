#pragma once
// An open file, as the operating system numbers it.
#include <unistd.h>

namespace tivit {

/// Owns a file descriptor and closes it; a negative one is none.
struct Descriptor {
  explicit Descriptor(int number) : value(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (value >= 0) ::close(value);
  }
  const int value;
};

}  // namespace tivit
