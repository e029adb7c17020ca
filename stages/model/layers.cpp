#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/ops/batch_norm.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/layer_norm.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/zeros.h>
#include <ATen/TensorOperators.h>
#include <stages/model/layers.hpp>

namespace tivit::model {
namespace {

constexpr double norm_eps = 1e-5;

}  // namespace

Linear::Linear(Parameters& parameters, Initialiser& initial, const std::string& name, std::int64_t in, std::int64_t out)
    : weight(parameters.add(name + ".weight", initial.uniform({out, in}, in))),
      bias(parameters.add(name + ".bias", initial.uniform({out}, in))) {}

at::Tensor Linear::operator()(const at::Tensor& x) const { return at::linear(x, weight, bias); }

LayerNorm::LayerNorm(Parameters& parameters, const std::string& name, std::int64_t width)
    : weight(parameters.add(name + ".weight", Initialiser::constant({width}, 1))),
      bias(parameters.add(name + ".bias", Initialiser::constant({width}, 0))) {}

at::Tensor LayerNorm::operator()(const at::Tensor& x) const { return at::layer_norm(x, weight.sizes(), weight, bias); }

ConvNormRelu::ConvNormRelu(Parameters& parameters, Initialiser& initial, const std::string& name, std::int64_t in, std::int64_t out,
                           std::int64_t kernel, std::array<std::int64_t, 2> strides)
    : weight(parameters.add(name + ".conv.weight", initial.uniform({out, in, kernel, kernel}, in * kernel * kernel))),
      norm_weight(parameters.add(name + ".norm.weight", Initialiser::constant({out}, 1))),
      norm_bias(parameters.add(name + ".norm.bias", Initialiser::constant({out}, 0))),
      mean(parameters.add_buffer(name + ".norm.running_mean", Initialiser::constant({out}, 0))),
      variance(parameters.add_buffer(name + ".norm.running_var", Initialiser::constant({out}, 1))),
      batches(parameters.add_buffer(name + ".norm.num_batches_tracked", at::zeros({}, at::kLong))),
      stride(strides),
      padding{kernel / 2, kernel / 2} {}

at::Tensor ConvNormRelu::operator()(const at::Tensor& x, bool training) const {
  if (training) batches.add_(1);
  const auto y = at::conv2d(x, weight, {}, stride, padding);
  return at::batch_norm(y, norm_weight, norm_bias, mean, variance, training, 0.1, norm_eps, false).relu_();
}

ConvRelu ConvNormRelu::folded(at::ScalarType type) const {
  const auto scale = norm_weight.detach() / (variance + norm_eps).sqrt();
  const auto folded = weight.detach() * scale.view({-1, 1, 1, 1});
  return {folded.to(type).contiguous(at::MemoryFormat::ChannelsLast), (norm_bias.detach() - mean * scale).to(type), stride, padding};
}

at::Tensor ConvRelu::operator()(const at::Tensor& x) const {
  using Fused =
      at::Tensor(const at::Tensor&, const at::Tensor&, const std::optional<at::Tensor>&, at::IntArrayRef, at::IntArrayRef, at::IntArrayRef,
                 std::int64_t, c10::string_view, c10::List<std::optional<at::Scalar>>, std::optional<c10::string_view>);
  static const auto fused = c10::Dispatcher::singleton().findSchema({"mkldnn::_convolution_pointwise", ""});
  if (!fused || !x.is_cpu()) return at::conv2d(x, weight, bias, stride, padding).relu_();
  return fused->typed<Fused>().call(x, weight, bias, padding, stride, {1, 1}, 1, "relu", c10::List<std::optional<at::Scalar>>(), "");
}

Conv1d::Conv1d(Parameters& parameters, Initialiser& initial, const std::string& name, std::int64_t in, std::int64_t out,
               std::int64_t kernel, std::int64_t spacing)
    : weight(parameters.add(name + ".weight", initial.uniform({out, in, kernel}, in * kernel))),
      bias(parameters.add(name + ".bias", initial.uniform({out}, in * kernel))),
      dilation(spacing) {}

at::Tensor Conv1d::operator()(const at::Tensor& x) const {
  // As a picture of one row with the channels innermost: nothing has to be transposed, before or after.
  const std::int64_t padding = dilation * (weight.size(2) / 2);
  const auto picture = x.unsqueeze(1).permute({0, 3, 1, 2});
  const auto y = at::conv2d(picture, weight.unsqueeze(2), bias, 1, at::IntArrayRef{0, padding}, at::IntArrayRef{1, dilation});
  return y.permute({0, 2, 3, 1}).squeeze(1);
}

}  // namespace tivit::model
