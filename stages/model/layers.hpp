#pragma once
// Layers as pairs of handles into a model's parameters, applied with single tensor operators.
#include <stages/model/parameters.hpp>

namespace tivit::model {

struct Linear {
  at::Tensor weight, bias;
  Linear() = default;
  Linear(Parameters& parameters, Initialiser& initial, const std::string& name, std::int64_t in, std::int64_t out);
  at::Tensor operator()(const at::Tensor& x) const;
};

/// Over the last axis, eps 1e-5.
struct LayerNorm {
  at::Tensor weight, bias;
  LayerNorm() = default;
  LayerNorm(Parameters& parameters, const std::string& name, std::int64_t width);
  at::Tensor operator()(const at::Tensor& x) const;
};

/// A convolution and the ReLU behind it, as one operator where the processor has one. For inference.
struct ConvRelu {
  at::Tensor weight, bias;
  std::array<std::int64_t, 2> stride, padding;
  at::Tensor operator()(const at::Tensor& x) const;
};

/// 2-D convolution without bias, padding that keeps the grid, batch norm with running statistics, ReLU.
struct ConvNormRelu {
  at::Tensor weight, norm_weight, norm_bias, mean, variance, batches;
  std::array<std::int64_t, 2> stride{1, 1}, padding{1, 1};
  ConvNormRelu() = default;
  ConvNormRelu(Parameters& parameters, Initialiser& initial, const std::string& name, std::int64_t in, std::int64_t out,
               std::int64_t kernel, std::array<std::int64_t, 2> stride);
  at::Tensor operator()(const at::Tensor& x, bool training) const;
  /// The same with the statistics as they are now: the norm becomes part of the convolution's numbers, of type `type`.
  ConvRelu folded(at::ScalarType type) const;
};

/// 1-D convolution along the middle axis, padded so that its length stays: x [N,T,C].
struct Conv1d {
  at::Tensor weight, bias;
  std::int64_t dilation = 1;
  Conv1d() = default;
  Conv1d(Parameters& parameters, Initialiser& initial, const std::string& name, std::int64_t in, std::int64_t out, std::int64_t kernel,
         std::int64_t dilation);
  at::Tensor operator()(const at::Tensor& x) const;
};

}  // namespace tivit::model
