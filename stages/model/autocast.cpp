#include <ATen/autocast_mode.h>
#include <stages/model/autocast.hpp>

namespace tivit::model {

Autocast::Autocast(at::Device device, bool enabled) : type_(device.type()), before_(at::autocast::is_autocast_enabled(type_)) {
  at::autocast::set_autocast_enabled(type_, enabled);
  if (enabled) at::autocast::set_autocast_dtype(type_, at::kBFloat16);
}

Autocast::~Autocast() {
  at::autocast::clear_cache();
  at::autocast::set_autocast_enabled(type_, before_);
}

}  // namespace tivit::model
