#pragma once
// The post-norm transformer layer that all of TiViT's blocks are made of.
#include <functional>
#include <stages/model/layers.hpp>

namespace tivit::model {

/// Applied wherever the network drops out; the model supplies it.
using Dropout = std::function<at::Tensor(const at::Tensor&)>;

/// x = LN1(x + drop(attention(x))); x = LN2(x + drop(W2 · drop(gelu(W1 · x)))). No positions.
struct TransformerLayer {
  std::int64_t heads = 1;
  at::Tensor in_weight, in_bias;
  Linear out, up, down;
  LayerNorm norm1, norm2;

  /// Names and order are those of PyTorch's TransformerEncoderLayer under `name`.
  TransformerLayer(Parameters& parameters, Initialiser& initial, const std::string& name, std::int64_t width, std::int64_t heads,
                   std::int64_t hidden);
  /// x f32[N,L,D]: N independent sequences of L tokens. `there`: bool[N,1,1,L], tokens that may be looked at; undefined for all.
  /// `dropping`: whether `drop` does anything now.
  at::Tensor operator()(const at::Tensor& x, const at::Tensor& there, const Dropout& drop, bool dropping) const;

 private:
  at::Tensor attend(const at::Tensor& x, const at::Tensor& there, const Dropout& drop, bool dropping) const;
};

}  // namespace tivit::model
