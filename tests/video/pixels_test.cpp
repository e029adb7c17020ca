// From pictures of any kind to bytes: a box of one has the colours that it has in the whole.
#include <ATen/ops/empty.h>
#include <ATen/ops/equal.h>

#include <boost/test/unit_test.hpp>
#include <random>
#include <stages/video/gst.hpp>
#include <stages/video/pixels.hpp>
#include <string>

using namespace tivit::video;

namespace {

constexpr int width = 64, height = 48;

struct Picture {
  Ref<GstCaps> caps;
  Ref<GstBuffer> buffer;
  explicit Picture(const std::string& more) {
    init_gstreamer();
    const std::string text = "video/x-raw, width=64, height=48, framerate=25/1, " + more;
    caps.reset(gst_caps_from_string(text.c_str()));
    GstVideoInfo info;
    BOOST_REQUIRE(gst_video_info_from_caps(&info, caps.get()));
    buffer.reset(gst_buffer_new_allocate(nullptr, info.size, nullptr));
    GstMapInfo map;
    gst_buffer_map(buffer.get(), &map, GST_MAP_WRITE);
    std::mt19937 random(6);
    // Two bytes a sample where it has ten bits.
    const bool wide = GST_VIDEO_INFO_COMP_DEPTH(&info, 0) > 8;
    for (gsize i = 0; i < map.size; ++i) map.data[i] = static_cast<guint8>(wide && i % 2 ? random() % 4 : 40 + random() % 170);
    gst_buffer_unmap(buffer.get(), &map);
  }
  void fill(std::uint8_t luma, std::uint8_t u, std::uint8_t v) const {
    gst_buffer_memset(buffer.get(), 0, luma, width * height);
    gst_buffer_memset(buffer.get(), width * height, u, width * height / 4);
    gst_buffer_memset(buffer.get(), width * height * 5 / 4, v, width * height / 4);
  }
  at::Tensor take(Colour colour, const Box& box, int to_height, int to_width) const {
    Pixels pixels;
    const at::Tensor out = at::empty({colour == Colour::gray ? 1 : 3, to_height, to_width}, at::kByte);
    pixels.take(caps.get(), buffer.get(), {colour, box, to_height, to_width}, out.mutable_data_ptr<std::uint8_t>());
    return out;
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(pixels)

BOOST_AUTO_TEST_CASE(a_box_has_the_colours_of_the_whole) {
  for (const std::string kind : {"format=I420", "format=Y42B", "format=Y444", "format=Y41B", "format=YUV9", "format=NV12", "format=YUY2",
                                 "format=v210", "format=BGR", "format=I420_10LE", "format=I420, interlace-mode=interleaved",
                                 "format=I420_10LE, interlace-mode=interleaved", "format=I420, interlace-mode=mixed", "format=GRAY8"})
    for (const auto colour : {Colour::rgb, Colour::gray}) {
      const Picture picture(kind);
      const at::Tensor whole = picture.take(colour, {}, height, width);
      for (const Box& box : {Box{1, 1, 31, 27}, {2, 2, 30, 20}, {3, 5, 20, 9}, {0, 3, 64, 11}, {7, 0, 9, 7}, {33, 20, 31, 28}})
        BOOST_TEST(
            at::equal(picture.take(colour, box, box.height, box.width), whole.narrow(1, box.y, box.height).narrow(2, box.x, box.width)),
            kind << ' ' << (colour == Colour::rgb) << ' ' << box.x << ',' << box.y);
    }
}

BOOST_AUTO_TEST_CASE(the_range_is_what_the_caps_say) {
  // As the decoder of full-range H.264 says it that names no matrix.
  for (const auto& [said, white] : {std::pair{", colorimetry=(string)1:0:0:0", 235}, {", colorimetry=(string)2:0:0:0", 255}, {"", 255}}) {
    const Picture picture(std::string("format=I420") + said);
    picture.fill(235, 128, 128);
    for (const int size : {1, 2}) {
      const auto colour = picture.take(Colour::rgb, {}, height / size, width / size);
      BOOST_TEST(colour.min().item<int>() >= white - 3, said << ' ' << size);
      BOOST_TEST(colour.max().item<int>() <= white, said << ' ' << size);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
