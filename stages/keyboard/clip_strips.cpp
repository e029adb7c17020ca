#include <stages/keyboard/clip_strips.hpp>

#include <array>
#include <stages/keyboard/corners_of.hpp>
#include <stages/video/spare_tensor.hpp>
#include <tivit/error.hpp>

namespace tivit::keyboard {

ClipStrips::ClipStrips(const data::Clip& clip, const StripLayout& layout, RectifierCache& cache, const RunContext& run)
    : clip_(clip), layout_(layout), rectifiers_(cache) {
  options_.threads = run.threads.decode;
  options_.stop = [&run] { return run.cancelled(); };
  options_.name = clip.name;
  file_ = video::VideoFile::open(clip.video, options_.stop);
  const auto& table = file_->table();
  const auto& corners = corners_of(clip, run, [&] {
    video::ReadOptions whole = options_;
    whole.colour = video::Colour::rgb;
    const std::array<std::int64_t, 1> middle{table.count() / 2};
    return file_->read(middle, whole)[0];
  });
  const PictureSize picture{table.width, table.height};
  geometry_ = strip_geometry(layout, corners, picture);
  box_ = needed_box(corners, picture, layout);
  options_.box = {box_.x, box_.y, box_.width, box_.height};
}

at::Tensor ClipStrips::of(std::span<const std::int64_t> frames) const {
  const PictureSize picture{table().width, table().height};
  const auto rectifier = rectifiers_.get(*clip_.corners, picture, layout_, box_);
  const auto rows = static_cast<std::int64_t>(frames.size());
  at::Tensor strips = video::spare_tensor({rows, 1, geometry().height, geometry().width}, at::kByte);
  auto* to = strips.mutable_data_ptr<std::uint8_t>();
  const auto bytes = static_cast<std::size_t>(geometry().height) * geometry().width;
  file_->each(frames, options_, [&](std::size_t i, const at::Tensor& picture) {
    (*rectifier)(picture.contiguous().const_data_ptr<std::uint8_t>(), to + i * bytes);
  });
  return strips;
}

video::CacheKey ClipStrips::key(const std::string& what, int version) const {
  video::CacheKey key(what, version);
  key.file(clip_.video).add("decoder", video::VideoFile::decoder()).add("frame_times", clip_.frame_times);
  for (const Point& p : clip_.corners->points) key.add("x", p.x).add("y", p.y);
  key.add("white_px", layout_.white_px).add("margin", layout_.margin_keys).add("height", layout_.height_px);
  return key.add("top", layout_.top).add("bottom", layout_.bottom);
}

}  // namespace tivit::keyboard
