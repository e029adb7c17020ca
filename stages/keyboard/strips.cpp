// keyboard/strips: from a clip to its strips in one stage. See the contract.
#include <stages/keyboard/clip_strips.hpp>
#include <stages/keyboard/layout_parameters.hpp>
#include <stages/keyboard/unseen_keys.hpp>
#include <stages/video/clip_frames.hpp>
#include <stages/video/frame_cache.hpp>
#include <tivit/tensor/stage.hpp>

namespace tivit::keyboard {
namespace {

/// Decodes the clip's window, cuts out the keyboard and rectifies it, in grey. With a cache, a window that was made once is
/// neither decoded nor rectified again, in this run or another.
///   [resources.cache]
///   use = "video/cache"
///   [stages.strips]
///   use = "keyboard/strips"
///   in = "clips"
///   cache = "cache"
/// Warns where the picture shows less than the whole keyboard, once for each clip.
/// Fails for a clip without corners (a still to mark then lies in stills/ of the run directory), for a window beyond the end, and
/// for a file that cannot be decoded, naming the clip.
struct Strips : LayoutParameters {
  std::shared_ptr<video::FrameCache> cache;

  static void contract(Contract<Strips>& c) {
    c.map("strips of a clip's window, read from its file").parallel();
    declare(c);
    c.may_use("cache", &Strips::cache, "cache");
    c.in("clip", "clip");
    c.out("strip", "u8[T,1,h,w]").doc("one strip for each row of the window's time grid");
    c.attaches<KeyGeometry>().attaches<TimeGrid>();
    c.example("[resources.cache]\nuse = \"video/cache\"\n[stages.strips]\nuse = \"keyboard/strips\"\nin = \"clips\"\ncache = \"cache\"\n");
  }

  at::Tensor operator()(const data::Clip& clip, Context& context) const {
    const ClipStrips strips(clip, layout(), *rectifiers_, context.run());
    const auto window = video::frames_of(clip, strips.table());
    context.set(strips.geometry());
    unseen_->tell(clip.name, strips.geometry(), {strips.table().width, strips.table().height});
    context.set(window.grid);
    if (!cache) return strips.of(window.frames);
    const auto make = [&](std::int64_t first, std::int64_t count) {
      return strips.of(video::recording_frames(clip.frame_times, strips.table(), first, count).frames);
    };
    return cache->rows(strips.key("keyboard/strips", 1), window.first_row, static_cast<std::int64_t>(window.frames.size()),
                       window.total_rows, make);
  }

 private:
  std::unique_ptr<UnseenKeys> unseen_ = std::make_unique<UnseenKeys>();
  std::unique_ptr<RectifierCache> rectifiers_ = std::make_unique<RectifierCache>();
};
TIVIT_STAGE("keyboard/strips", Strips)

}  // namespace
}  // namespace tivit::keyboard
