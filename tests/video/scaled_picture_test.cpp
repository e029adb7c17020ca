// Colours that were averaged before they were converted, against the definition: every pixel converted in double precision, then averaged.
// (GStreamer's own quick conversion is two to four levels too dark.)
#include <array>
#include <cmath>
#include <stages/video/resize.hpp>
#include <stages/video/video_file.hpp>
#include <tests/video/bar_code.hpp>

using namespace tivit::video;

namespace {

/// Luma and chroma planes of one picture, as they are coded without loss; no colour that RGB lacks.
struct Planes {
  int width, height;
  std::vector<std::uint8_t> bytes;
  Planes(int w, int h) : width(w), height(h), bytes(static_cast<std::size_t>(w * h * 3 / 2)) {
    for (int y = 0; y < h; ++y)
      for (int x = 0; x < w; ++x) at(0, x, y) = wave(125, 25, 0.05 * x, 0.04 * y);
    for (int y = 0; y < h; y += 2)
      for (int x = 0; x < w; x += 2) at(1, x, y) = wave(128, 30, 0.021 * x, 0.037 * y), at(2, x, y) = wave(120, 35, 0.033 * y, 0.011 * x);
  }
  static std::uint8_t wave(double mean, double height, double x, double y) {
    return static_cast<std::uint8_t>(mean + height * std::sin(x) * std::cos(y));
  }
  std::uint8_t& at(int plane, int x, int y) {
    if (plane == 0) return bytes[static_cast<std::size_t>(y * width + x)];
    return bytes[static_cast<std::size_t>(width * height * (plane == 1 ? 4 : 5) / 4 + y / 2 * (width / 2) + x / 2)];
  }
  /// RGB of a pixel by the matrix of BT.601 or BT.709, luma 16 to 235.
  std::array<double, 3> rgb(int x, int y) {
    const double kr = height >= 720 ? 0.2126 : 0.299, kb = height >= 720 ? 0.0722 : 0.114, kg = 1 - kr - kb;
    const double l = (at(0, x, y) - 16) / 219.0, u = (at(1, x, y) - 128) / 224.0, v = (at(2, x, y) - 128) / 224.0;
    const double r = l + 2 * (1 - kr) * v, b = l + 2 * (1 - kb) * u;
    return {255 * r, 255 * (l - kr * r - kb * b) / kg, 255 * b};
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(scaled_picture)

BOOST_AUTO_TEST_CASE(colours_are_those_of_every_pixel_averaged) {
  const std::vector<std::int64_t> frames = {0};
  for (const auto& [width, height] : {std::pair{640, 360}, std::pair{1280, 720}}) {
    Planes planes(width, height);
    const auto path = tivit::tests::video_folder() / ("planes" + std::to_string(height) + ".mp4");
    VideoWriter writer(path, width, height, 30, 1, {.quantizer = 0}, PixelFormat::i420);
    writer.write(planes.bytes.data(), static_cast<std::size_t>(width));
    writer.close();
    const auto file = VideoFile::open(path);
    for (const Box box : {Box{0, 0, width, height}, Box{37, 21, 301, 203}})
      for (const auto& [to_height, to_width] : {std::pair{128, 384}, std::pair{16, 48}, std::pair{250, 320}}) {
        const auto ours = file->read(frames, {.colour = Colour::rgb, .box = box, .height = to_height, .width = to_width})[0];
        double worst = 0;
        for (int j = 0; j < to_height; j += 7)
          for (int i = 0; i < to_width; i += 5) {
            std::array<double, 3> sum{};
            int area = 0;
            for (int y = j * box.height / to_height; y * to_height < (j + 1) * box.height; ++y)
              for (int x = i * box.width / to_width; x * to_width < (i + 1) * box.width; ++x, ++area)
                for (std::size_t c = 0; c < 3; ++c) sum[c] += planes.rgb(x + box.x, y + box.y)[c];
            for (std::int64_t c = 0; c < 3; ++c)
              worst = std::max(worst, std::abs(sum[static_cast<std::size_t>(c)] / area - ours[c][j][i].item<std::uint8_t>()));
          }
        BOOST_TEST(worst < 0.501);
        const auto luma = file->read(frames, {.box = box});
        BOOST_TEST(file->read(frames, {.box = box, .height = to_height, .width = to_width}).equal(area_resize(luma, to_height, to_width)));
      }
  }
}

BOOST_AUTO_TEST_SUITE_END()
