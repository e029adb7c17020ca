#pragma once
// One video and its frames, exactly: frame i is the i-th picture shown, whatever the container's clock or index says.
//
//   auto file = VideoFile::open(clip.video, stop);
//   auto rows = frames_of(clip, file->table());
//   at::Tensor luma = file->read(rows.frames, {.box = {x, y, w, h}, .stop = stop});   // u8[T, 1, h, w]
//
// Decoding begins at a key frame that was verified on arrival, or goes on where an earlier read stopped; where seeks cannot be
// trusted (asf and others) it begins at the start. Every fault is a tivit::Error naming the clip, the seconds and the cause:
// a missing, foreign or truncated file, damage the decoder only logs, a frame that does not come out, a decoder that stands still.
#include <ATen/core/Tensor.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <stages/video/frame_table.hpp>
#include <stages/video/stop.hpp>
#include <string>

namespace tivit::video {

enum class Colour { gray, rgb };

/// A part of the picture in pixels; width 0: all of it.
struct Box {
  int x = 0, y = 0, width = 0, height = 0;
  bool operator==(const Box&) const = default;
};

struct ReadOptions {
  Colour colour = Colour::gray;  ///< gray: the luma plane as it is coded; rgb: full range
  Box box = {};                  ///< cut out before any conversion; must lie inside the picture
  int height = 0, width = 0;     ///< of the result, which averages areas (see area_resize); 0: the box's own
  int threads = 1;               ///< inside the decoder; pictures do not depend on it
  Stop stop = {};
  std::string name = {};  ///< what errors call the clip; empty: the path
};

class VideoFile : public std::enable_shared_from_this<VideoFile> {
 public:
  /// One object for each file in the process; scanned when it is first opened, and again when the file changes.
  static std::shared_ptr<VideoFile> open(const std::filesystem::path& path, const Stop& stop = {});

  const std::filesystem::path& path() const { return path_; }
  /// Valid as long as the file.
  const FrameTable& table() const { return *table_.load(std::memory_order_acquire); }
  /// u8[frames, 1 or 3, height, width]. `frames` must not fall; a frame may be asked for again and again.
  at::Tensor read(std::span<const std::int64_t> frames, const ReadOptions& options = {}) const;
  /// The same, one at a time: `use(i, picture)` with u8[1 or 3, height, width] of frames[i]; the memory is the callee's to keep.
  void each(std::span<const std::int64_t> frames, const ReadOptions& options,
            const std::function<void(std::size_t, at::Tensor)>& use) const;

  /// Pictures that decoders put out since the process began, those passed over included: proof that a cache works.
  static std::uint64_t decoded();

  /// Name and version of what decodes, for cache keys.
  static std::string decoder();

  VideoFile(std::filesystem::path path, FrameTable table) : path_(std::move(path)), believed_(std::move(table)), table_(&believed_) {}

 private:
  /// [channels, height, width] of a picture.
  std::array<std::int64_t, 3> shape_of(const ReadOptions& options) const;
  /// How errors name these frames.
  std::string name_of(std::span<const std::int64_t> frames, const ReadOptions& options) const;
  /// Before memory is taken for them. Throws Error for frames that are not there, and for a box outside the picture.
  void must_have(std::span<const std::int64_t> frames, const ReadOptions& options) const;
  /// `place(i)` says where the bytes of picture i go; nothing: they are only decoded. Without `done` all places are there at once.
  void each_to(std::span<const std::int64_t> frames, const ReadOptions& options, const std::function<std::uint8_t*(std::size_t)>& place,
               const std::function<void(std::size_t)>& done) const;
  void decode_to(int threads, std::span<const std::int64_t> frames, const ReadOptions& options,
                 const std::function<std::uint8_t*(std::size_t)>& place, const std::function<void(std::size_t)>& done) const;
  /// Makes the table again, by decoding, after what the container says was found untrue; throws Error where `frames` are not what they
  /// were.
  void prove(std::span<const std::int64_t> frames, const Stop& stop) const;

  std::filesystem::path path_;
  const FrameTable believed_;
  mutable std::mutex mutex_;
  mutable std::unique_ptr<const FrameTable> proved_;
  mutable std::atomic<const FrameTable*> table_;
};

}  // namespace tivit::video
