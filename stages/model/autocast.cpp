#include <ATen/autocast_mode.h>
#include <stages/model/autocast.hpp>

#include <tivit/error.hpp>

namespace tivit::model {

Autocast::Autocast(at::Device device, bool enabled) : type_(device.type()), before_(at::autocast::is_autocast_enabled(type_)) {
  at::autocast::set_autocast_enabled(type_, enabled);
  if (enabled) at::autocast::set_autocast_dtype(type_, at::kBFloat16);
}

Autocast::~Autocast() {
  at::autocast::clear_cache();
  at::autocast::set_autocast_enabled(type_, before_);
}

void Autocast::must_work([[maybe_unused]] at::Device device) {
#if defined(__x86_64__)
  if (!device.is_cpu()) return;
  if (__builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq")) return;
  throw Error("precision \"bf16\": this processor lacks AVX-512 (bw, vl, dq), without which LibTorch's convolutions do not compute so",
              "set run.precision to \"auto\" or \"fp32\"");
#endif
}

}  // namespace tivit::model
