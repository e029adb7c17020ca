#include <stages/batch/copy_into.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

namespace tivit::batch {
namespace {

/// An axis of the view; bytes.
struct Axis {
  std::int64_t size;
  std::ptrdiff_t stride;
};

/// The axes outside the runs, innermost last, those that continue one another made one. `run`: bytes that lie together.
std::vector<Axis> axes_of(const at::Tensor& from, std::int64_t& run) {
  const auto element = static_cast<std::int64_t>(from.element_size());
  std::vector<Axis> axes;
  for (std::int64_t d = 0; d < from.dim(); ++d) {
    if (from.size(d) == 1) continue;
    const Axis axis{from.size(d), from.stride(d) * element};
    if (!axes.empty() && axes.back().stride == axis.size * axis.stride)
      axes.back() = {axes.back().size * axis.size, axis.stride};
    else
      axes.push_back(axis);
  }
  run = element;
  if (!axes.empty() && axes.back().stride == element) run *= axes.back().size, axes.pop_back();
  return axes;
}

constexpr std::int64_t word = 16;

void copy_run(std::byte* to, const std::byte* from, std::int64_t run) {
  if (run < word || run > 16 * word) {
    std::memcpy(to, from, static_cast<std::size_t>(run));
    return;
  }
  for (std::int64_t i = 0; i + word <= run; i += word) std::memcpy(to + i, from + i, word);
  std::memcpy(to + run - word, from + run - word, word);  // what is left over, with some of what was there
}

std::byte* copy_axes(std::byte* to, const std::byte* from, const Axis* axis, std::size_t axes, std::int64_t run) {
  if (axes == 0) {
    copy_run(to, from, run);
    return to + run;
  }
  if (axes == 1) {
    for (std::int64_t i = 0; i < axis->size; ++i, to += run) copy_run(to, from + i * axis->stride, run);
    return to;
  }
  for (std::int64_t i = 0; i < axis->size; ++i) to = copy_axes(to, from + i * axis->stride, axis + 1, axes - 1, run);
  return to;
}

}  // namespace

void copy_into(const at::Tensor& to, const at::Tensor& from) {
  if (!from.is_cpu() || !to.is_cpu() || !to.is_contiguous() || from.layout() != at::kStrided || from.is_conj() || from.is_neg() ||
      from.requires_grad() || from.numel() == 0) {
    to.copy_(from);
    return;
  }
  std::int64_t run = 0;
  const auto axes = axes_of(from, run);
  copy_axes(static_cast<std::byte*>(to.mutable_data_ptr()), static_cast<const std::byte*>(from.const_data_ptr()), axes.data(), axes.size(),
            run);
}

}  // namespace tivit::batch
