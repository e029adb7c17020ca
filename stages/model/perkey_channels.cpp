#include <ATen/ops/empty.h>
#include <ATen/TensorOperators.h>
#include <stages/model/perkey_channels.hpp>
#include <stages/model/vector_widths.hpp>

#include <bit>
#include <type_traits>

namespace tivit::model {
namespace {

/// c10::BFloat16's own conversion asks for NaN, which keeps the compiler from vectorizing it; there is none among these numbers.
inline std::uint16_t as(float value, std::uint16_t*) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  return static_cast<std::uint16_t>((bits + 0x7fffU + ((bits >> 16U) & 1U)) >> 16U);
}
inline float as(float value, float*) { return value; }

template <class In, class Out>
inline void row(const In* y, const In* before, const In* after, const In* background, std::int64_t pixels, Out* out) {
  constexpr float unit = std::is_same_v<In, std::uint8_t> ? 1.0F / 255 : 1.0F;
  for (std::int64_t i = 0; i < pixels; ++i) {
    const float value = y[i];
    out[4 * i] = as(value * (2 * unit) - 1.1F, out);
    out[4 * i + 1] = as((value - background[i]) * (4 * unit), out);
    out[4 * i + 2] = as((value - before[i]) * (6 * unit), out);
    out[4 * i + 3] = as((after[i] - value) * (6 * unit), out);
  }
}

using Byte = std::uint8_t;
using Half = std::uint16_t;
#define TIVIT_CHANNELS(In, Out)                                                                                              \
  TIVIT_FOR_EACH_VECTOR_WIDTH void channels(const In* __restrict y, const In* __restrict before, const In* __restrict after, \
                                            const In* __restrict background, std::int64_t pixels, Out* __restrict out) {     \
    row(y, before, after, background, pixels, out);                                                                          \
  }
TIVIT_CHANNELS(Byte, float)
TIVIT_CHANNELS(Byte, Half)
TIVIT_CHANNELS(float, float)
TIVIT_CHANNELS(float, Half)
#undef TIVIT_CHANNELS

template <class In, class Out>
void fill(const at::Tensor& frames, const at::Tensor& background, std::int64_t first, std::int64_t there, at::Tensor& out) {
  const auto pixels = background.numel();
  const In* const picture = frames.const_data_ptr<In>();
  const auto frame = [&](std::int64_t t) { return picture + t * pixels; };
  auto* to = static_cast<Out*>(out.mutable_data_ptr());
  for (std::int64_t i = 0; i < out.size(0); ++i, to += 4 * pixels) {
    const auto t = first + i;
    const bool changes_before = t > 0 && t < there, changes_after = t + 1 < there;
    channels(frame(t), frame(changes_before ? t - 1 : t), frame(changes_after ? t + 1 : t), background.const_data_ptr<In>(), pixels, to);
  }
}

/// The same in tensor operators, where the frames are on another device.
at::Tensor by_operators(const at::Tensor& frames, const at::Tensor& background, std::int64_t first, std::int64_t there, at::Tensor out) {
  const auto unit = [](const at::Tensor& x) { return x.scalar_type() == at::kByte ? x.to(at::kFloat).div(255) : x; };
  for (std::int64_t i = 0; i < out.size(0); ++i) {
    const auto t = first + i;
    const auto y = unit(frames[t]);
    out[i][0].copy_((y - 0.55).mul(2));
    out[i][1].copy_((y - unit(background)).mul(4));
    out[i][2].copy_((y - unit(frames[t > 0 && t < there ? t - 1 : t])).mul(6));
    out[i][3].copy_((unit(frames[t + 1 < there ? t + 1 : t]) - y).mul(6));
  }
  return out;
}

}  // namespace

at::Tensor perkey_channels(const at::Tensor& brightness, const at::Tensor& background, std::int64_t first, std::int64_t count,
                           std::int64_t there, at::ScalarType type) {
  auto out = at::empty({count, 4, brightness.size(1), brightness.size(2)},
                       brightness.options().dtype(type).memory_format(at::MemoryFormat::ChannelsLast));
  if (!brightness.is_cpu()) return by_operators(brightness, background, first, there, out);
  const auto frames = brightness.contiguous(), behind = background.contiguous();
  const bool bytes = frames.scalar_type() == at::kByte, half = type == at::kBFloat16;
  if (bytes && half) fill<Byte, Half>(frames, behind, first, there, out);
  if (bytes && !half) fill<Byte, float>(frames, behind, first, there, out);
  if (!bytes && half) fill<float, Half>(frames, behind, first, there, out);
  if (!bytes && !half) fill<float, float>(frames, behind, first, there, out);
  return out;
}

}  // namespace tivit::model
