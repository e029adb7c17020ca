// model/perkey: every key is seen in a frame of its own, and one network judges them all.
#include <ATen/autocast_mode.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/embedding.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/sigmoid.h>
#include <ATen/TensorOperators.h>
#include <c10/core/GradMode.h>
#include <stages/model/key_windows.hpp>
#include <stages/model/layers.hpp>
#include <stages/model/model.hpp>
#include <stages/model/perkey_channels.hpp>

#include <cmath>
#include <tivit/tensor/stage.hpp>

namespace tivit::model {

/// Reads `frames` u8|f32[B,T,H,W] (brightness, 0..255 or 0..1), `background` of the same type [B,H,W], and for K keys `keys.centre`
/// f32[B,K] (strip px), `keys.pitch_class` i64[B,K], `keys.black` bool[B,K], `keys.mask` bool[B,K]; gives the logits `onset offset frame`
/// f32[B,T,K], which say a firm no where `keys.mask` is false. An optional `mask` bool[B,T] marks the frames that are there; those that are
/// not come last. A logit sees 15 frames to each side. Fails where the strip's height is not the one that the network was built for.
class PerKey : public Model {
 public:
  static constexpr std::int64_t width = 64, window = 5, cell = 4;  ///< numbers a key; columns around it; strip px a column
  std::int64_t strip_height = 64;
  double dropout_p = 0.1, head_bias = -3;

  static void contract(Contract<PerKey>& c) {
    c.resource("model", "per-key network: a convolutional picture of the strip, a window of it for each key, temporal convolutions");
    c.example("[resources.model]\nuse = \"model/perkey\"\ndropout = 0.1\n");
    c.param("strip_height", &PerKey::strip_height).at_least(16).unit("px").doc("height of the strip; a multiple of 16");
    c.param("dropout", &PerKey::dropout_p).range(0, 0.99).unit("probability").doc("share of activations that training sets to 0");
    c.param("head_bias", &PerKey::head_bias).unit("logit").doc("bias that fresh heads start from");
    c.param<std::optional<std::filesystem::path>>("weights", &Model::weights).doc("checkpoint to start from");
  }

  Fields forward(const Fields& batch) override {
    const auto& frames = batch.at("frames");
    const auto b = frames.size(0), t = frames.size(1), k = batch.at("keys.centre").size(1);
    if (frames.dim() != 4 || frames.size(2) != strip_height)
      throw Error("frames have " + std::to_string(frames.size(-2)) + " rows",
                  "model/perkey needs strips of " + std::to_string(strip_height) + " rows");
    const KeyWindows windows(batch, (frames.size(3) + cell - 1) / cell, cell, window);
    const bool learns = training() || c10::GradMode::is_enabled();
    auto x = learns ? seen(batch, windows) : seen_in_parts(batch, windows);  // [B·K,T,64]
    x = x + at::embedding(pitch_class_, batch.at("keys.pitch_class").flatten()).unsqueeze(1);
    const auto present = steps(batch, k);
    x = dropout(first_norm_(x).relu(), dropout_p);
    for (const auto& block : blocks_) {
      auto y = block.norm(x);
      if (present.defined()) y = y * present.to(y.scalar_type());
      x = x + dropout(block.mix(at::gelu(block.conv(y))), dropout_p);
    }
    const auto onset = onset_(x), offset = offset_(x);
    const auto frame = frame_(at::cat({x, at::sigmoid(onset).detach().to(x.scalar_type())}, 2));
    const auto absent = batch.at("keys.mask").logical_not().unsqueeze(1);
    const auto shaped = [&](const at::Tensor& logit) {
      return logit.view({b, k, t}).transpose(1, 2).to(at::kFloat).masked_fill(absent, -30);
    };
    return {{"onset", shaped(onset)}, {"offset", shaped(offset)}, {"frame", shaped(frame)}};
  }

  void check(Faults& faults) const {
    if (strip_height % 16) faults.add("strip_height", std::to_string(strip_height) + " is not a multiple of 16", "the usual height is 64");
    check_weights(PerKey(*this), faults);
  }

 protected:
  void build(Initialiser& initial) override {
    picture_.emplace_back(parameters_, initial, "picture.0", 4, 24, 5, std::array<std::int64_t, 2>{4, 2});
    picture_.emplace_back(parameters_, initial, "picture.1", 24, 32, 3, std::array<std::int64_t, 2>{2, 2});
    picture_.emplace_back(parameters_, initial, "picture.2", 32, 48, 3, std::array<std::int64_t, 2>{2, 1});
    picture_.emplace_back(parameters_, initial, "picture.3", 48, 48, 3, std::array<std::int64_t, 2>{1, 1});
    const auto seen = window * 48 * (strip_height / 16);
    white_ = Linear(parameters_, initial, "white", seen, width);
    black_ = Linear(parameters_, initial, "black", seen, width);
    pitch_class_ = parameters_.add("pitch_class", initial.normal({12, width}).mul_(0.1));
    first_norm_ = LayerNorm(parameters_, "norm", width);
    for (const std::int64_t dilation : {1, 2, 4}) {
      const auto name = "blocks." + std::to_string(blocks_.size());
      const LayerNorm norm(parameters_, name + ".norm", width);
      const Conv1d conv(parameters_, initial, name + ".conv", width, width, 5, dilation);
      blocks_.push_back({norm, conv, Linear(parameters_, initial, name + ".mix", width, width)});
    }
    onset_ = Linear(parameters_, initial, "onset", width, 1);
    offset_ = Linear(parameters_, initial, "offset", width, 1);
    frame_ = Linear(parameters_, initial, "frame", width + 1, 1);
  }

  void start_fresh() override {
    for (const auto* head : {&onset_, &offset_, &frame_}) head->bias.detach().fill_(head_bias);
  }

 private:
  struct Block {
    LayerNorm norm;
    Conv1d conv;
    Linear mix;
  };

  /// The four channels of some frames of one sample.
  at::Tensor channels(const Fields& batch, std::int64_t sample, std::int64_t first, std::int64_t count) const {
    const auto& frames = batch.at("frames");
    const auto* mask = batch.find("mask");
    const auto there = mask ? mask->select(0, sample).sum().item<std::int64_t>() : frames.size(1);
    const auto type = at::autocast::is_autocast_enabled(device().type()) ? at::kBFloat16 : at::kFloat;
    return perkey_channels(frames[sample], batch.at("background")[sample], first, count, there, type);
  }

  /// What each key looks like, [B·K,T,64]: all at once, the way training needs it.
  at::Tensor seen(const Fields& batch, const KeyWindows& windows) {
    const auto samples = batch.at("frames").size(0), count = batch.at("frames").size(1);
    std::vector<at::Tensor> parts;
    for (std::int64_t i = 0; i < samples; ++i) parts.push_back(channels(batch, i, 0, count));
    auto grid = at::cat(parts);
    for (const auto& layer : picture_) grid = layer(grid, training());
    return windows(grid, 0, samples, white_, black_);
  }

  /// The same, a few frames at a time: what a layer makes is still in the processor's cache when the next one reads it, and the memory does
  /// not grow with the window.
  at::Tensor seen_in_parts(const Fields& batch, const KeyWindows& windows) const {
    constexpr std::int64_t part = 16;
    const auto samples = batch.at("frames").size(0), count = batch.at("frames").size(1);
    std::vector<at::Tensor> whole;
    std::vector<ConvRelu> layers;
    for (std::int64_t i = 0; i < samples; ++i) {
      std::vector<at::Tensor> parts;
      for (std::int64_t first = 0; first < count; first += part) {
        auto grid = channels(batch, i, first, std::min(part, count - first));
        if (layers.empty())
          for (const auto& layer : picture_) layers.push_back(layer.folded(grid.scalar_type()));
        for (const auto& layer : layers) grid = layer(grid);
        parts.push_back(windows(grid, i, 1, white_, black_));
      }
      whole.push_back(at::cat(parts, 1));
    }
    return at::cat(whole);
  }

  /// 1 where a frame is there, [B·K,T,1]; undefined where all are.
  static at::Tensor steps(const Fields& batch, std::int64_t k) {
    const auto* mask = batch.find("mask");
    if (!mask || mask->all().item<bool>()) return {};
    return mask->repeat_interleave(k, 0).unsqueeze(2);
  }

  std::vector<ConvNormRelu> picture_;
  Linear white_, black_, onset_, offset_, frame_;
  at::Tensor pitch_class_;
  LayerNorm first_norm_;
  std::vector<Block> blocks_;
};
TIVIT_RESOURCE("model/perkey", PerKey)

}  // namespace tivit::model
