#include <ATen/ops/adaptive_max_pool1d.h>
#include <ATen/ops/arange.h>
#include <ATen/TensorOperators.h>
#include <stages/labels/on_steps.hpp>
#include <stages/notes/note.hpp>
#include <tivit/error.hpp>

namespace tivit::labels {

at::Tensor pool_time(const at::Tensor& roll, std::int64_t steps) {
  if (roll.size(1) == steps) return roll;
  return std::get<0>(at::adaptive_max_pool1d(roll.transpose(1, 2), {steps})).transpose(1, 2);
}

at::Tensor nearest_time(const at::Tensor& rows, std::int64_t steps) {
  const auto index = at::arange(steps, rows.options().dtype(at::kLong)).mul_(rows.size(1)).floor_divide_(steps);
  return rows.index_select(1, index);
}

Fields on_steps(const Fields& rolls, std::int64_t steps) {
  Fields out;
  for (const auto& [name, roll] : rolls) {
    const bool whole = name.starts_with("clip.");
    out.set(name,
            whole ? roll : (roll.dim() == 2 ? pool_time(roll.unsqueeze(0), steps) : nearest_time(roll.unsqueeze(0), steps)).squeeze(0));
  }
  return out;
}

at::Tensor whole_steps(const at::Tensor& mask, std::int64_t steps) {
  return pool_time(mask.logical_not().to(at::kFloat).unsqueeze(2), steps).squeeze(2).eq(0);
}

at::Tensor same_keys(const at::Tensor& target, std::int64_t keys) {
  if (target.size(-1) == keys) return target;
  if (target.size(-1) == 128 && keys == notes::key_count) return target.narrow(-1, notes::lowest_pitch, notes::key_count);
  throw Error("targets have " + std::to_string(target.size(-1)) + " pitches, the logits have " + std::to_string(keys),
              "make targets of 88 keys or of 128 pitches");
}

}  // namespace tivit::labels
