// model/tivit: a factorised video transformer over tiles of the picture (after ViViT), one set of logits a time step or a clip.
#include <ATen/ops/cat.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/stack.h>
#include <ATen/TensorOperators.h>
#include <stages/model/model.hpp>
#include <stages/model/transformer.hpp>

#include <cmath>
#include <tivit/tensor/stage.hpp>

namespace tivit::model {

/// Reads `frames` [B,T,M,C,H,W] (M tiles) or [B,T,C,H,W] (cut into three tiles of W/3 columns), bytes or 0..1, and gives the logits
/// `pitch onset offset` [B,T',88], `hand` [B,T',2], `clef` [B,T',3], T' = T / tube; without the time axis where head_mode = "clip".
/// An optional `mask` bool[B,T] marks the frames that are there: no token looks at a step that has others.
/// Fails where the picture is smaller than a patch, the window shorter than a tube, or channels differ from `channels`.
class TiVit : public Model {
 public:
  std::int64_t channels = 3, patch = 16, tube = 2, width = 768, heads = 8, temporal = 2, spatial = 2, global = 1, global_tokens = 2;
  double mlp_ratio = 4, dropout_p = 0.1;
  std::optional<double> onset_prior;
  std::string head_mode = "clip";

  static void contract(Contract<TiVit>& c) {
    c.resource("model", "TiViT: patches in space and time, attention over time, over tiles, and over everything");
    c.example("[resources.model]\nuse = \"model/tivit\"\nd_model = 192\nnum_heads = 3\nhead_mode = \"frame\"\n");
    c.param("channels", &TiVit::channels).range(1, 16).doc("colour channels of the picture");
    c.param("patch", &TiVit::patch).at_least(1).unit("px").doc("side of a patch");
    c.param("tube", &TiVit::tube).at_least(1).unit("frames").doc("frames in a patch");
    c.param("d_model", &TiVit::width).at_least(1).doc("numbers a token; a multiple of num_heads");
    c.param("num_heads", &TiVit::heads).at_least(1).doc("attention heads");
    c.param("depth_temporal", &TiVit::temporal).at_least(0).doc("layers of attention over time");
    c.param("depth_spatial", &TiVit::spatial).at_least(0).doc("layers of attention over the tiles");
    c.param("depth_global", &TiVit::global).at_least(0).doc("layers of attention over all tokens; unused without global tokens");
    c.param("global_tokens", &TiVit::global_tokens).at_least(0).doc("learned tokens put in front for the global layers");
    c.param("mlp_ratio", &TiVit::mlp_ratio).at_least(0.01).doc("hidden width of a layer, in d_model");
    c.param("dropout", &TiVit::dropout_p).range(0, 0.99).unit("probability").doc("share of activations that training sets to 0");
    c.param("head_mode", &TiVit::head_mode).one_of({"frame", "clip"}).doc("logits for each time step, or for the clip as a whole");
    c.param("onset_prior", &TiVit::onset_prior)
        .range(1e-6, 1 - 1e-6)
        .unit("probability")
        .doc("what fresh onset and offset heads start from; unset: about 0.5");
    c.param<std::optional<std::filesystem::path>>("weights", &Model::weights).doc("checkpoint to start from");
  }

  Fields forward(const Fields& batch) override {
    const auto frames = tiles(batch.at("frames"));
    const auto b = frames.size(0), m = frames.size(2);
    const auto steps = frames.size(1) / tube, high = frames.size(4) / patch, wide = frames.size(5) / patch, places = high * wide;
    const bool dropping = training() && dropout_p > 0;
    const Dropout drop = [this](const at::Tensor& x) { return dropout(x, dropout_p); };
    auto x = drop(embed_norm_(embedded(frames, steps, high, wide))).view({b * m * places, steps, width});
    const auto present = present_steps(batch, steps);
    const auto in_time = present.defined() ? repeated(present, m * places) : at::Tensor();
    for (const auto& layer : temporal_) x = layer(x, in_time, drop, dropping);
    x = x.view({b, m, places, steps, width}).permute({0, 3, 2, 1, 4}).reshape({b * steps * places, m, width});
    for (const auto& layer : spatial_) x = layer(x, {}, drop, dropping);
    x = x.view({b, steps, places, m, width}).permute({0, 3, 1, 2, 4}).reshape({b, m * steps * places, width});
    if (!global_.empty() && global_tokens > 0) {
      x = at::cat({context_.unsqueeze(0).expand({b, global_tokens, width}), x}, 1);
      at::Tensor everywhere;
      if (present.defined())
        everywhere = at::cat({present.new_ones({b, global_tokens}), tokens_of(present, m, places)}, 1).view({b, 1, 1, -1});
      for (const auto& layer : global_) x = layer(x, everywhere, drop, dropping);
      x = x.slice(1, global_tokens);
    }
    at::Tensor feature;
    if (head_mode == "frame") {
      feature = x.view({b, m, steps, places, width}).mean(at::IntArrayRef{1, 3});
    } else if (present.defined()) {
      const auto weight = tokens_of(present, m, places).to(x.scalar_type()).unsqueeze(2);
      feature = (x * weight).sum(1) / weight.sum(1);
    } else {
      feature = x.mean(1);
    }
    Fields logits;
    for (const auto& head : heads_) logits.set(head.name, head.linear(head.norm(feature)));
    return logits;
  }

  std::int64_t rows_per_step() const override { return head_mode == "frame" ? tube : 0; }

  void check(Faults& faults) const {
    if (width % heads)
      faults.add("num_heads", "d_model = " + std::to_string(width) + " is not a multiple of " + std::to_string(heads),
                 "give a number of heads that divides it");
    check_weights(TiVit(*this), faults);
  }

 protected:
  void build(Initialiser& initial) override {
    embed_weight_ =
        parameters_.add("embed.proj.weight", initial.uniform({width, channels, tube, patch, patch}, channels * tube * patch * patch));
    embed_bias_ = parameters_.add("embed.proj.bias", initial.uniform({width}, channels * tube * patch * patch));
    embed_norm_ = LayerNorm(parameters_, "embed.norm", width);
    for (const auto& [name, out] : {std::pair{"pitch", 88}, {"onset", 88}, {"offset", 88}, {"hand", 2}, {"clef", 3}}) {
      const auto prefix = "head_" + std::string(name);
      LayerNorm norm(parameters_, prefix + ".0", width);
      heads_.push_back({name, norm, Linear(parameters_, initial, prefix + ".1", width, out)});
    }
    if (global_tokens > 0) context_ = parameters_.add("encoder.global_ctx", initial.normal({global_tokens, width}));
    const auto blocks = [&](std::vector<TransformerLayer>& layers, const std::string& name, std::int64_t depth) {
      for (std::int64_t i = 0; i < depth; ++i)
        layers.emplace_back(parameters_, initial, "encoder." + name + "." + std::to_string(i) + ".attn", width, heads,
                            static_cast<std::int64_t>(static_cast<double>(width) * mlp_ratio));
    };
    blocks(temporal_, "temporal_blocks", temporal);
    blocks(spatial_, "spatial_blocks", spatial);
    blocks(global_, "global_blocks", global);
  }

  void start_fresh() override {
    if (!onset_prior) return;
    for (const char* name : {"head_onset.1.bias", "head_offset.1.bias"})
      parameters_.at(name).detach().fill_(std::log(*onset_prior / (1 - *onset_prior)));
  }

 private:
  struct Head {
    std::string name;
    LayerNorm norm;
    Linear linear;
  };

  /// bool[B,T'], steps of which every frame is there; undefined where all are. The first step counts as there whatever it has: attention
  /// over nothing would be no number.
  at::Tensor present_steps(const Fields& batch, std::int64_t steps) const {
    const auto* mask = batch.find("mask");
    if (!mask) return {};
    if (mask->size(1) != batch.at("frames").size(1))
      throw Error("the mask is of " + std::to_string(mask->size(1)) + " rows, the frames are " + std::to_string(batch.at("frames").size(1)),
                  "name the frames first where the batch is stacked");
    const auto whole = mask->narrow(1, 0, steps * tube).reshape({-1, steps, tube}).all(2);
    whole.select(1, 0).fill_(true);
    return whole.all().item<bool>() ? at::Tensor() : whole;
  }
  /// Of each sample's steps [B,L]: bool[B·count,1,1,L].
  static at::Tensor repeated(const at::Tensor& present, std::int64_t count) {
    return present.unsqueeze(1).expand({-1, count, -1}).reshape({-1, 1, 1, present.size(1)});
  }
  /// bool[B, M·T'·places], in the order of the tokens.
  static at::Tensor tokens_of(const at::Tensor& present, std::int64_t m, std::int64_t places) {
    const auto b = present.size(0), steps = present.size(1);
    return present.view({b, 1, steps, 1}).expand({b, m, steps, places}).reshape({b, -1});
  }

  /// Patches do not overlap, so the convolution is one matrix product over the pixels of each: [B,M,H',W',T',D].
  at::Tensor embedded(const at::Tensor& frames, std::int64_t steps, std::int64_t high, std::int64_t wide) const {
    const auto b = frames.size(0), m = frames.size(2);
    const auto pixels = frames.narrow(1, 0, steps * tube).narrow(4, 0, high * patch).narrow(5, 0, wide * patch);
    const auto places = pixels.reshape({b, steps, tube, m, channels, high, patch, wide, patch}).permute({0, 3, 5, 7, 1, 4, 2, 6, 8});
    auto patches = places.reshape({b, m, high, wide, steps, channels * tube * patch * patch});
    if (patches.scalar_type() == at::kByte) patches = patches.to(at::kFloat).mul_(1.f / 255);  // in order already: bytes are moved faster
    return at::linear(patches, embed_weight_.flatten(1), embed_bias_);
  }

  at::Tensor tiles(at::Tensor frames) const {
    if (frames.dim() == 5) {
      const auto third = frames.size(4) / 3;
      frames = at::stack({frames.narrow(4, 0, third), frames.narrow(4, third, third), frames.narrow(4, 2 * third, third)}, 2);
    }
    if (frames.dim() != 6 || frames.size(3) != channels || frames.size(1) < tube || frames.size(4) < patch || frames.size(5) < patch) {
      std::string shape;
      for (const auto size : frames.sizes()) shape += (shape.empty() ? "" : " x ") + std::to_string(size);
      throw Error("frames of shape " + shape + " (batch, time, tile, channel, row, column) do not fit model/tivit",
                  "it needs " + std::to_string(channels) + " channels, at least " + std::to_string(tube) +
                      " frames and tiles of at least " + std::to_string(patch) + " x " + std::to_string(patch) + " px");
    }
    return frames;
  }

  at::Tensor embed_weight_, embed_bias_, context_;
  LayerNorm embed_norm_;
  std::vector<Head> heads_;
  std::vector<TransformerLayer> temporal_, spatial_, global_;
};
TIVIT_RESOURCE("model/tivit", TiVit)

}  // namespace tivit::model
