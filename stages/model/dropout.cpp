#include <ATen/ops/empty.h>
#include <c10/util/BFloat16.h>
#include <stages/model/dropout.hpp>
#include <stages/model/vector_widths.hpp>

#include <tivit/error.hpp>

namespace tivit::model {
namespace {

/// Wellons' "lowbias32": every bit of the input turns over every bit of the output with a probability of nearly one half.
inline std::uint32_t mixed(std::uint32_t x) {
  x = (x ^ (x >> 16U)) * 0x7feb352dU;
  x = (x ^ (x >> 15U)) * 0x846ca68bU;
  return x ^ (x >> 16U);
}

struct Draw {
  std::uint32_t low, high;  ///< halves of the seed
  std::uint32_t kept;       ///< of 65536
};

/// 16 bits of one draw decide about a number of the first half, the other 16 about one of the second.
template <class T>
inline void factors(const Draw draw, const T factor, std::int64_t half, T* out) {
  for (std::int64_t i = 0; i < half; ++i) {
    const std::uint32_t bits = mixed(mixed(static_cast<std::uint32_t>(i) + draw.low) ^ draw.high);
    out[i] = (bits & 0xffffU) < draw.kept ? factor : T{0};
    out[half + i] = (bits >> 16U) < draw.kept ? factor : T{0};
  }
}
TIVIT_FOR_EACH_VECTOR_WIDTH void fill(Draw draw, float factor, std::int64_t half, float* __restrict out) {
  factors(draw, factor, half, out);
}
TIVIT_FOR_EACH_VECTOR_WIDTH void fill(Draw draw, std::uint16_t factor, std::int64_t half, std::uint16_t* __restrict out) {
  factors(draw, factor, half, out);
}

}  // namespace

at::Tensor dropout_factors(const at::Tensor& x, double keep, std::uint64_t seed) {
  const auto half = (x.numel() + 1) / 2;
  auto out = at::empty({2 * half}, x.options().requires_grad(false));
  const Draw draw{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32U),
                  static_cast<std::uint32_t>(keep * 65536 + 0.5)};
  if (x.scalar_type() == at::kFloat)
    fill(draw, static_cast<float>(1 / keep), half, out.data_ptr<float>());
  else if (x.scalar_type() == at::kBFloat16)
    fill(draw, c10::BFloat16(static_cast<float>(1 / keep)).x, half, static_cast<std::uint16_t*>(out.data_ptr()));
  else
    throw Error("dropout of numbers of type " + std::string(c10::toString(x.scalar_type())) + " is not possible");
  return out.narrow(0, 0, x.numel()).view(x.sizes());
}

}  // namespace tivit::model
