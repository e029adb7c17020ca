// model/perkey: every key is seen in a frame of its own, and one network judges them all.
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/constant_pad_nd.h>
#include <ATen/ops/embedding.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/sigmoid.h>
#include <ATen/TensorOperators.h>
#include <stages/model/layers.hpp>
#include <stages/model/model.hpp>

#include <cmath>
#include <tivit/tensor/stage.hpp>

namespace tivit::model {

/// Reads `frames` f32[B,T,4,H,W] (the channels of model/perkey_input) and for K keys `keys.centre` f32[B,K] (strip px),
/// `keys.pitch_class` i64[B,K], `keys.black` bool[B,K], `keys.mask` bool[B,K]; gives the logits `onset offset frame` f32[B,T,K], which say
/// a firm no where `keys.mask` is false. An optional `mask` bool[B,T] marks the frames that are there. A logit sees 15 frames to each side.
/// Fails where the strip's height is not the one that the network was built for.
class PerKey : public Model {
 public:
  static constexpr std::int64_t width = 64, window = 5, cell = 4;  ///< numbers a key; columns around it; strip px a column
  std::int64_t strip_height = 64;
  double dropout_p = 0.1, head_bias = -3;

  static void contract(Contract<PerKey>& c) {
    c.resource("model", "per-key network: a convolutional picture of the strip, a window of it for each key, temporal convolutions");
    c.example("[resources.model]\nuse = \"model/perkey\"\ndropout = 0.1\n");
    c.param("strip_height", &PerKey::strip_height).at_least(16).unit("px").doc("height of the strip; a multiple of 16");
    c.param("dropout", &PerKey::dropout_p).range(0, 0.99).unit("probability");
    c.param("head_bias", &PerKey::head_bias).unit("logit").doc("bias that fresh heads start from");
    c.param<std::optional<std::filesystem::path>>("weights", &Model::weights).doc("checkpoint to start from");
  }

  Fields forward(const Fields& batch) override {
    const auto& frames = batch.at("frames");
    const auto b = frames.size(0), t = frames.size(1), k = batch.at("keys.centre").size(1);
    if (frames.size(2) != 4 || frames.size(3) != strip_height)
      throw Error("frames have " + std::to_string(frames.size(2)) + " channels of " + std::to_string(frames.size(3)) + " rows",
                  "model/perkey needs 4 channels of " + std::to_string(strip_height) + " rows");
    auto grid = frames.flatten(0, 1).contiguous(at::MemoryFormat::ChannelsLast);
    for (const auto& layer : picture_) grid = layer(grid, training());
    auto x = keys(grid, batch, b, t);  // [B·K,T,64]
    const auto present = steps(batch, k);
    x = dropout(first_norm_(x).relu(), dropout_p);
    for (const auto& block : blocks_) {
      auto y = block.norm(x);
      if (present.defined()) y = y * present.to(y.scalar_type());
      y = block.conv(y.transpose(1, 2)).transpose(1, 2);
      x = x + dropout(block.mix(at::gelu(y)), dropout_p);
    }
    const auto onset = onset_(x), offset = offset_(x);
    const auto frame = frame_(at::cat({x, at::sigmoid(onset).detach().to(x.scalar_type())}, 2));
    const auto absent = batch.at("keys.mask").logical_not().unsqueeze(1);
    const auto shaped = [&](const at::Tensor& logit) {
      return logit.view({b, k, t}).transpose(1, 2).to(at::kFloat).masked_fill(absent, -30);
    };
    return {{"onset", shaped(onset)}, {"offset", shaped(offset)}, {"frame", shaped(frame)}};
  }

 protected:
  void build(Initialiser& initial) override {
    if (strip_height % 16) throw Error("strip_height = " + std::to_string(strip_height) + " is not a multiple of 16");
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

  /// Each key's window of columns, made 64 numbers by the matrix of its colour, its pitch class added.
  at::Tensor keys(const at::Tensor& grid, const Fields& batch, std::int64_t b, std::int64_t t) const {
    const auto columns = grid.size(3), half = window / 2;
    // Rows of [B·column, T·row·channel]: a key's window is a few long rows, cheap to gather and to scatter back.
    const auto rows =
        at::constant_pad_nd(grid.view({b, t, grid.size(1), grid.size(2), columns}).permute({0, 4, 1, 3, 2}), {0, 0, 0, 0, 0, 0, half, half})
            .reshape({b * (columns + 2 * half), t * grid.size(2) * grid.size(1)});
    const auto options = at::TensorOptions().dtype(at::kLong).device(grid.device());
    const auto centre = (batch.at("keys.centre") - 0.5).div(cell).round().to(at::kLong).clamp(0, columns - 1);
    const auto first = (centre + at::arange(b, options).unsqueeze(1) * (columns + 2 * half)).flatten();
    const auto is_black = batch.at("keys.black").flatten();
    const auto white = is_black.logical_not().nonzero().flatten(), black = is_black.nonzero().flatten();
    const auto seen = [&](const at::Tensor& which, const Linear& matrix) {
      const auto index = (first.index_select(0, which).unsqueeze(1) + at::arange(window, options)).flatten();
      const auto windows = rows.index_select(0, index).view({which.size(0), window, t, rows.size(1) / t});
      return matrix(windows.transpose(1, 2).reshape({which.size(0), t, window * (rows.size(1) / t)}));
    };
    const auto by_colour = at::cat({seen(white, white_), seen(black, black_)});
    const auto back = at::cat({white, black}).argsort();
    return by_colour.index_select(0, back) + at::embedding(pitch_class_, batch.at("keys.pitch_class").flatten()).unsqueeze(1);
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
