#pragma once
// Mixed precision for the operators called while it lives: matrix products and convolutions in bf16, sums in fp32.
#include <c10/core/Device.h>

namespace tivit::model {

class Autocast {
 public:
  Autocast(at::Device device, bool enabled);
  /// Throws Error where bf16 is not computed at all: LibTorch's convolutions refuse processors without AVX-512.
  static void must_work(at::Device device);
  ~Autocast();
  Autocast(const Autocast&) = delete;
  Autocast& operator=(const Autocast&) = delete;

 private:
  at::DeviceType type_;
  bool before_;
};

}  // namespace tivit::model
