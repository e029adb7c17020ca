#pragma once
// Pictures that say their number: 16 blocks of black and white, twice as sure by their complement below.
#include <ATen/core/Tensor.h>
#include <gst/gst.h>

#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <stages/video/gst.hpp>
#include <stages/video/video_writer.hpp>
#include <string>
#include <vector>

#include "tests/folders.hpp"

namespace tivit::tests {

constexpr int code_width = 256, code_height = 64;

inline std::vector<std::uint8_t> coded_picture(int number) {
  std::vector<std::uint8_t> gray(code_width * code_height);
  for (int y = 0; y < code_height; ++y)
    for (int x = 0; x < code_width; ++x) {
      const bool one = number >> (x / 16) & 1;
      gray[static_cast<std::size_t>(y * code_width + x)] = (y < code_height / 2) == one ? 235 : 16;
    }
  return gray;
}

/// The number in one picture u8[C,64,256], or -1 when it is not one of ours.
inline int code_of(const at::Tensor& picture) {
  const auto luma = picture[0];
  int number = 0;
  for (int bit = 0; bit < 16; ++bit) {
    const int top = luma[16][bit * 16 + 8].item<int>(), bottom = luma[48][bit * 16 + 8].item<int>();
    if ((top > 128) == (bottom > 128)) return -1;
    if (top > 128) number |= 1 << bit;
  }
  return number;
}

inline std::filesystem::path video_folder() {
  const auto folder = build_folder() / "tests/video";
  std::filesystem::create_directories(folder);
  return folder;
}

/// Frame i is presented at `time_ns(i)`; without it at i * fps_d / fps_n.
inline std::filesystem::path coded_video(const std::string& name, int frames, int fps_n, int fps_d = 1, video::WriterOptions options = {},
                                         const std::function<std::int64_t(int)>& time_ns = {}) {
  const auto path = video_folder() / name;
  video::VideoWriter writer(path, code_width, code_height, fps_n, fps_d, options);
  for (int i = 0; i < frames; ++i) {
    const auto picture = coded_picture(i);
    time_ns ? writer.write_at(picture.data(), code_width, time_ns(i)) : writer.write(picture.data(), code_width);
  }
  writer.close();
  return path;
}

/// Runs a pipeline to its end.
inline void run_pipeline(const std::string& text) {
  video::init_gstreamer();
  GError* error = nullptr;
  video::Pipeline pipeline(gst_parse_launch(text.c_str(), &error));
  if (error) BOOST_FAIL(text + ": " + error->message);
  gst_element_set_state(pipeline.get(), GST_STATE_PLAYING);
  video::Ref<GstBus> bus(gst_element_get_bus(pipeline.get()));
  video::Ref<GstMessage> end(
      gst_bus_timed_pop_filtered(bus.get(), 60 * GST_SECOND, static_cast<GstMessageType>(GST_MESSAGE_EOS | GST_MESSAGE_ERROR)));
  BOOST_REQUIRE(end);
  if (GST_MESSAGE_TYPE(end.get()) == GST_MESSAGE_ERROR) BOOST_FAIL(text + ": " + video::message_text(end.get()));
}

/// The same pictures in another codec and container: `encoder` is everything from raw video to the file.
inline std::filesystem::path transcoded(const std::filesystem::path& from, const std::string& name, const std::string& encoder) {
  const auto path = video_folder() / name;
  run_pipeline("filesrc location=" + from.string() + " ! decodebin ! videoconvert ! " + encoder + " ! filesink location=" + path.string());
  return path;
}

}  // namespace tivit::tests
