// video/decode: a clip's frames, exactly those its time base names.
//
//   in   clip: clip
//   out  frames: u8[T,C,H,W]     carries Clip, its corners in pixels of these frames, SourceName and TimeGrid
//
// A window that runs over the recording's end is shorter. `size` [height, width] averages areas; `crop` [x, y, width, height] is cut
// out of the source picture before any conversion. With a `cache` frames are kept as they leave this stage.
//
//   [stages.frames]
//   use = "video/decode"
//   in = "clips"
//   colour = "rgb"
//   size = [128, 128]
//
// Fails for a video that is missing, foreign, truncated or damaged in the window, naming clip, seconds and cause.
#include <stages/video/clip_rows.hpp>
#include <stages/video/frame_cache.hpp>
#include <tivit/tensor/stage.hpp>

namespace tivit::video {

struct Decode {
  std::string colour = "rgb";
  std::vector<std::int64_t> size, crop;
  std::shared_ptr<FrameCache> cache;
  int decode_threads = 1;

  static void contract(Contract<Decode>& c) {
    c.map("decodes the frames of a clip").parallel().attaches<data::Clip>().attaches<SourceName>().attaches<TimeGrid>();
    c.param("colour", &Decode::colour)
        .one_of({"gray", "rgb"})
        .sizes("C", {1, 3})
        .doc("\"gray\": the luma plane as it is coded, C = 1; \"rgb\": C = 3");
    c.param("size", &Decode::size).range(1, 16384).unit("px").doc("[height, width] of the result; empty: the crop's own");
    c.param("crop", &Decode::crop).range(0, 65536).unit("px").doc("[x, y, width, height] in the source picture; empty: all of it");
    c.may_use("cache", &Decode::cache, "cache");
    c.in("clip", "clip");
    c.out("frames", "u8[T,C,H,W]");
    c.example("[stages.frames]\nuse = \"video/decode\"\nin = \"clips\"\ncolour = \"rgb\"\nsize = [128, 128]\n");
  }
  void check(Faults& faults) const {
    if (!size.empty() && size.size() != 2)
      faults.add("size", "size has " + std::to_string(size.size()) + " numbers", "give [height, width]");
    if (!crop.empty() && (crop.size() != 4 || crop[2] < 1 || crop[3] < 1))
      faults.add("crop", "crop is not [x, y, width, height]", "give four numbers, a width and a height of at least 1");
  }
  void open(RunContext& run) { decode_threads = run.threads.decode; }

  at::Tensor operator()(const data::Clip& clip, Context& context) const {
    const auto stop = stop_of(context);
    const auto file = VideoFile::open(clip.video, stop);
    const auto window = frames_of(clip, file->table());
    context.set(in_pictures(resolved(clip, window), file->table()));
    context.set(source_name(clip, window));
    context.set(window.grid);
    const auto rows = static_cast<std::int64_t>(window.frames.size());
    if (!cache) return pictures(*file, clip, window.frames, stop);
    return cache->rows(key(clip), window.first_row, rows, window.total_rows, [&](std::int64_t first, std::int64_t count) {
      return pictures(*file, clip, recording_frames(clip.frame_times, file->table(), first, count).frames, stop);
    });
  }

 private:
  /// The clip with its corners where the pictures that leave this stage have them. Pixel (i, j) has its centre at (i, j).
  data::Clip in_pictures(data::Clip clip, const FrameTable& table) const {
    if (!clip.corners) return clip;
    const auto part = crop.empty() ? std::vector<std::int64_t>{0, 0, table.width, table.height} : crop;
    const auto moved = [](double at, std::int64_t from, std::int64_t length, std::int64_t to) {
      return (at - static_cast<double>(from) + 0.5) * static_cast<double>(to) / static_cast<double>(length) - 0.5;
    };
    for (auto& [x, y] : clip.corners->points) {
      x = moved(x, part[0], part[2], size.empty() ? part[2] : size[1]);
      y = moved(y, part[1], part[3], size.empty() ? part[3] : size[0]);
    }
    return clip;
  }
  CacheKey key(const data::Clip& clip) const {
    CacheKey key("video/decode", 3);
    key.file(clip.video).add("frame_times", clip.frame_times).add("decoder", VideoFile::decoder()).add("colour", colour);
    for (const auto number : size) key.add("size", number);
    for (const auto number : crop) key.add("crop", number);
    return key;
  }
  at::Tensor pictures(const VideoFile& file, const data::Clip& clip, std::span<const std::int64_t> frames, const Stop& stop) const {
    ReadOptions options{
        .colour = colour == "gray" ? Colour::gray : Colour::rgb, .threads = decode_threads, .stop = stop, .name = clip.name};
    if (!crop.empty())
      options.box = {static_cast<int>(crop[0]), static_cast<int>(crop[1]), static_cast<int>(crop[2]), static_cast<int>(crop[3])};
    if (!size.empty()) options.height = static_cast<int>(size[0]), options.width = static_cast<int>(size[1]);
    return file.read(frames, options);
  }
};
TIVIT_STAGE("video/decode", Decode)

}  // namespace tivit::video
