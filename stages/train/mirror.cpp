#include <ATen/ops/where.h>
#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>
#include <stages/train/mirror.hpp>

#include <string_view>
#include <tivit/error.hpp>

namespace tivit::train {
namespace {

bool ends_with_one_of(std::string_view name, std::initializer_list<std::string_view> ends) {
  for (const auto end : ends)
    if (name == end || name.ends_with("." + std::string(end))) return true;
  return false;
}

at::Tensor columns_mirrored(const at::Tensor& roll) {
  auto out = at::zeros_like(roll);
  const auto axis = roll.dim() - 1;
  for (int index = 0; index <= mirrored_key(0); ++index) out.select(axis, index).copy_(roll.select(axis, mirrored_key(index)));
  return out;
}

/// 0 and 1 change places (left and right, bass and treble); 2 (either) stays.
at::Tensor sides_swapped(const at::Tensor& sides) { return at::where(sides.eq(2), sides, sides.neg().add(1)); }

}  // namespace

keyboard::KeyGeometry mirrored(const keyboard::KeyGeometry& geometry) {
  const auto shown = [&](int index) {
    for (const auto& key : geometry.keys)
      if (key.index == index) return key.present;
    return false;
  };
  keyboard::KeyGeometry out = geometry;
  for (auto& key : out.keys) key.present = key.present && shown(mirrored_key(key.index));
  return out;
}

Fields mirrored(const Fields& targets) {
  Fields out;
  for (const auto& [name, values] : targets) {
    if (ends_with_one_of(name, {"hand", "clef"}))
      out.set(name, sides_swapped(values));
    else if (values.dim() >= 1 && values.dim() <= 2 && values.size(-1) == 88)
      out.set(name, columns_mirrored(values));
    else
      throw Error("the targets \"" + name + "\" cannot be mirrored", "give rolls [T,88] of all keys, hands and clefs, or set mirror = 0");
  }
  return out;
}

}  // namespace tivit::train
