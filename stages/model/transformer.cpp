#include <ATen/ops/gelu.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/scaled_dot_product_attention.h>
#include <ATen/ops/softmax.h>
#include <ATen/TensorOperators.h>
#include <stages/model/transformer.hpp>

#include <cmath>
#include <limits>

namespace tivit::model {

TransformerLayer::TransformerLayer(Parameters& parameters, Initialiser& initial, const std::string& name, std::int64_t width,
                                   std::int64_t head_count, std::int64_t hidden)
    : heads(head_count) {
  in_weight = parameters.add(name + ".self_attn.in_proj_weight", initial.xavier(3 * width, width));
  in_bias = parameters.add(name + ".self_attn.in_proj_bias", Initialiser::constant({3 * width}, 0));
  out = Linear(parameters, initial, name + ".self_attn.out_proj", width, width);
  out.bias.detach().zero_();
  up = Linear(parameters, initial, name + ".linear1", width, hidden);
  down = Linear(parameters, initial, name + ".linear2", hidden, width);
  norm1 = LayerNorm(parameters, name + ".norm1", width);
  norm2 = LayerNorm(parameters, name + ".norm2", width);
}

at::Tensor TransformerLayer::attend(const at::Tensor& x, const at::Tensor& there, const Dropout& drop, bool dropping) const {
  const auto n = x.size(0), length = x.size(1), width = x.size(2);
  const auto qkv = at::linear(x, in_weight, in_bias).view({n, length, 3, heads, width / heads}).permute({2, 0, 3, 1, 4});
  const auto q = qkv[0], k = qkv[1], v = qkv[2];
  at::Tensor mixed;
  if (dropping) {
    // Written out, because the fused operator draws from the generator that all threads share.
    const std::int64_t head_width = width / heads;
    auto scores = at::matmul(q, k.transpose(-2, -1)) * (1 / std::sqrt(static_cast<double>(head_width)));
    if (there.defined()) scores = scores.masked_fill(there.logical_not(), -std::numeric_limits<double>::infinity());
    mixed = at::matmul(drop(at::softmax(scores, -1)), v);
  } else {
    mixed = at::scaled_dot_product_attention(q, k, v, there.defined() ? std::optional(there) : std::nullopt);
  }
  return out(mixed.permute({0, 2, 1, 3}).reshape({n, length, width}));
}

at::Tensor TransformerLayer::operator()(const at::Tensor& x, const at::Tensor& there, const Dropout& drop, bool dropping) const {
  const auto y = norm1(x + drop(attend(x, there, drop, dropping)));
  return norm2(y + drop(down(drop(at::gelu(up(y))))));
}

}  // namespace tivit::model
