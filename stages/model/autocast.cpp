#include <ATen/autocast_mode.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/zeros.h>
#include <stages/model/autocast.hpp>

#include <string>
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

void Autocast::must_work(at::Device device) {
  const auto options = at::TensorOptions(device).dtype(at::kBFloat16);
  try {
    at::conv2d(at::zeros({1, 1, 4, 4}, options), at::zeros({1, 1, 3, 3}, options));
  } catch (const c10::Error& error) {
    throw Error(std::string("precision \"bf16\": LibTorch cannot compute so here: ") + error.what_without_backtrace(),
                "set run.precision to \"auto\" or \"fp32\"");
  }
}

}  // namespace tivit::model
