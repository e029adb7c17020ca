// keyboard/background: what a recording's strip looks like with no hand over it and every key up. See the contract.
#include <ATen/ops/empty.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <stages/keyboard/background_rule.hpp>
#include <stages/keyboard/clip_strips.hpp>
#include <stages/keyboard/layout_parameters.hpp>
#include <stages/video/clip_frames.hpp>
#include <stages/video/frame_cache.hpp>
#include <tivit/tensor/stage.hpp>

namespace tivit::keyboard {
namespace {

/// One strip a recording, the same for each of its windows. Needs the whole recording, so it reads for itself. With a cache,
/// each recording is looked through once; without one, once in each run.
///   [stages.background]
///   use = "keyboard/background"
///   in = "clips"
///   cache = "cache"
/// Fails like keyboard/strips. A key that is down more than about two thirds of the time may stay in the picture.
struct Background : LayoutParameters {
  int every = 4;
  int at_most = 1000;
  std::shared_ptr<video::FrameCache> cache;

  static void contract(Contract<Background>& c) {
    c.map("the strip of a clip's recording with keys up and hands away").parallel();
    declare(c);
    c.param("every", &Background::every).range(1, 1000).unit("rows").doc("one row of this many is looked at");
    c.param("at_most", &Background::at_most)
        .range(1, 100000)
        .unit("rows")
        .doc("rows looked at in long recordings, which bounds the memory");
    c.may_use("cache", &Background::cache, "cache");
    c.in("clip", "clip");
    c.out("background", "u8[1,h,w]");
    c.attaches<KeyGeometry>();
    c.example("[stages.background]\nuse = \"keyboard/background\"\nin = \"clips\"\nevery = 4\n");
  }

  at::Tensor operator()(const data::Clip& clip, Context& context) const {
    const ClipStrips strips(clip, layout(), *rectifiers_, context.run());
    context.set(strips.geometry());
    auto key = strips.key("keyboard/background", 2);
    key.add("every", every).add("at_most", at_most);
    const auto known = known_->slot(key.hash());
    const std::lock_guard lock(known->mutex);
    if (known->picture.defined()) return known->picture;
    const auto make = [&](std::int64_t, std::int64_t) { return made(clip, strips); };
    known->picture = (cache ? cache->rows(key, 0, 1, 1, make) : made(clip, strips))[0].clone();
    return known->picture;
  }

 private:
  at::Tensor made(const data::Clip& clip, const ClipStrips& strips) const {
    const auto rows = video::recording_frames(clip.frame_times, strips.table());
    std::vector<std::int64_t> frames;
    const std::size_t total = rows.frames.size(), most = static_cast<std::size_t>(at_most);
    const std::size_t step = std::max(static_cast<std::size_t>(every), (total + most - 1) / most);
    for (std::size_t row = 0; row < total; row += step) frames.push_back(rows.frames[row]);
    const at::Tensor sampled = strips.of(frames);
    const int h = strips.geometry().height, w = strips.geometry().width;
    at::Tensor background = at::empty({1, 1, h, w}, at::kByte);
    const auto* from = sampled.const_data_ptr<std::uint8_t>();
    auto* to = background.mutable_data_ptr<std::uint8_t>();
    std::vector<std::uint8_t> values(frames.size());
    const auto shows = surfaces(strips.geometry());
    for (std::int64_t pixel = 0; pixel < static_cast<std::int64_t>(h) * w; ++pixel) {
      for (std::size_t t = 0; t < values.size(); ++t) values[t] = from[static_cast<std::int64_t>(t) * h * w + pixel];
      to[pixel] = background_of(values, shows[static_cast<std::size_t>(pixel)]);
    }
    return background;
  }

  struct Known {
    struct Slot {
      std::mutex mutex;  ///< held while the picture is made, so that others wait for it
      at::Tensor picture;
    };
    std::shared_ptr<Slot> slot(const std::string& name) {
      const std::lock_guard lock(mutex);
      auto& entry = slots[name];
      if (!entry) entry = std::make_shared<Slot>();
      return entry;
    }
    std::mutex mutex;
    std::map<std::string, std::shared_ptr<Slot>> slots;
  };
  std::unique_ptr<RectifierCache> rectifiers_ = std::make_unique<RectifierCache>();
  std::unique_ptr<Known> known_ = std::make_unique<Known>();
};
TIVIT_STAGE("keyboard/background", Background)

}  // namespace
}  // namespace tivit::keyboard
