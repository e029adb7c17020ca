#pragma once
// Writes an H.264 file whose bytes depend on its pictures alone: one encoder thread, creation times zeroed.
//
//   VideoWriter writer("out.mp4", 640, 360, 30, 1);
//   for (…) writer.write(luma, 640);   // or write(i420, 640)
//   writer.close();                    // only now does out.mp4 exist
//
// The file is written under a temporary name beside it and renamed by close(); a writer destroyed before that leaves nothing.
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <stages/video/stop.hpp>

namespace tivit::video {

struct WriterOptions {
  int quantizer = 20;           ///< constant quantizer, 0 (lossless) to 51; used when bitrate_kbit is 0
  int bitrate_kbit = 0;         ///< > 0: constant bit rate instead
  int key_frame_interval = 60;  ///< most frames between two key frames
  int b_frames = 2;             ///< most B-frames in a row
  Stop stop = {};
};

enum class PixelFormat { gray, i420, rgb };

class VideoWriter {
 public:
  /// .mp4, .mov or .mkv, by the path's extension (an .mkv carries a date of its own: its bytes are not reproducible).
  /// `width` and `height` must be even. Throws tivit::Error naming the file.
  VideoWriter(std::filesystem::path path, int width, int height, int fps_n, int fps_d = 1, WriterOptions options = {},
              PixelFormat format = PixelFormat::gray);
  ~VideoWriter();
  VideoWriter(const VideoWriter&) = delete;
  VideoWriter& operator=(const VideoWriter&) = delete;

  /// One picture; waits while the encoder has no room for it. Throws Error where the file cannot grow. `stride`: bytes from one row to the
  /// next; of i420 the luma rows', the chroma planes follow with half of it.
  void write(const std::uint8_t* pixels, std::size_t stride);
  /// One picture presented at `time_ns`, for files of variable rate; times must rise.
  void write_at(const std::uint8_t* pixels, std::size_t stride, std::int64_t time_ns);
  /// Finishes the file and gives it its name.
  void close();
  std::int64_t frames() const;
  /// The name the file has until then.
  const std::filesystem::path& temporary() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace tivit::video
