#pragma once
// Strips straight from a clip's file: only the part of the picture with the keyboard is decoded to pixels, in grey.
#include <ATen/core/Tensor.h>

#include <memory>
#include <span>
#include <stages/data/clip.hpp>
#include <stages/keyboard/rectifier.hpp>
#include <stages/video/cache_key.hpp>
#include <stages/video/video_file.hpp>
#include <tivit/run_context.hpp>

namespace tivit::keyboard {

class ClipStrips {
 public:
  /// Opens the file. A clip without corners: as corners_of. The arguments must outlive this.
  ClipStrips(const data::Clip& clip, const StripLayout& layout, RectifierCache& cache, const RunContext& run);

  const video::FrameTable& table() const { return file_->table(); }
  const KeyGeometry& geometry() const { return geometry_; }
  /// Strips of frames of the file, u8[frames, 1, h, w]; frames must not fall.
  at::Tensor of(std::span<const std::int64_t> frames) const;
  /// All that the strips depend on; `what` and `version` name what is made of them.
  video::CacheKey key(const std::string& what, int version) const;

 private:
  const data::Clip& clip_;
  StripLayout layout_;
  video::ReadOptions options_;
  std::shared_ptr<video::VideoFile> file_;
  RectifierCache& rectifiers_;
  PixelBox box_;
  KeyGeometry geometry_;
};

}  // namespace tivit::keyboard
