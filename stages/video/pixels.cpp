#include <stages/video/pixels.hpp>

#include <ATen/ops/empty.h>
#include <stages/video/gst.hpp>
#include <stages/video/resize.hpp>

#include <cstring>
#include <tivit/error.hpp>

namespace tivit::video {
namespace {

struct MappedFrame {
  GstVideoFrame frame;
  GstVideoInfo info;
  MappedFrame(GstCaps* caps, GstBuffer* picture) {
    if (!gst_video_info_from_caps(&info, caps) || !gst_video_frame_map(&frame, &info, picture, GST_MAP_READ))
      throw Error("a decoded picture cannot be read");
  }
  ~MappedFrame() { gst_video_frame_unmap(&frame); }
  MappedFrame(const MappedFrame&) = delete;
  MappedFrame& operator=(const MappedFrame&) = delete;
};

/// The first plane holds 8-bit luma, one byte a pixel.
bool has_luma_plane(const GstVideoInfo& info) {
  return !GST_VIDEO_INFO_IS_RGB(&info) && GST_VIDEO_INFO_COMP_DEPTH(&info, 0) == 8 && GST_VIDEO_INFO_COMP_PSTRIDE(&info, 0) == 1;
}

}  // namespace

void must_lie_in(const Box& box, int width, int height) {
  if (box.x < 0 || box.y < 0 || box.width < 1 || box.height < 1 || box.x + box.width > width || box.y + box.height > height)
    throw Error("the box " + std::to_string(box.width) + "x" + std::to_string(box.height) + " at " + std::to_string(box.x) + "," +
                    std::to_string(box.y) + " does not lie in the picture of " + std::to_string(width) + "x" + std::to_string(height),
                "give a box inside the picture");
}

void Pixels::convert(const GstVideoFrame& frame, Colour colour, const Box& asked, std::uint8_t* to) {
  // Chroma is shared by two pixels: convert from an even corner, then cut what was asked for.
  const Box box{asked.x & ~1, asked.y & ~1, asked.width + (asked.x & 1), asked.height + (asked.y & 1)};
  if (!converter_ || !gst_video_info_is_equal(&source_, &frame.info) || !(box == box_) || colour != colour_) {
    source_ = frame.info, box_ = box, colour_ = colour;
    const GstVideoFormat format = colour == Colour::gray ? GST_VIDEO_FORMAT_GRAY8 : GST_VIDEO_FORMAT_RGB;
    gst_video_info_set_format(&target_, format, static_cast<guint>(box.width), static_cast<guint>(box.height));
    target_.fps_n = source_.fps_n, target_.fps_d = source_.fps_d;
    GstStructure* config =
        gst_structure_new("config", GST_VIDEO_CONVERTER_OPT_SRC_X, G_TYPE_INT, box.x, GST_VIDEO_CONVERTER_OPT_SRC_Y, G_TYPE_INT, box.y,
                          GST_VIDEO_CONVERTER_OPT_SRC_WIDTH, G_TYPE_INT, box.width, GST_VIDEO_CONVERTER_OPT_SRC_HEIGHT, G_TYPE_INT,
                          box.height, GST_VIDEO_CONVERTER_OPT_DITHER_METHOD, GST_TYPE_VIDEO_DITHER_METHOD, GST_VIDEO_DITHER_NONE, nullptr);
    converter_.reset(gst_video_converter_new(&source_, &target_, config));
    if (!converter_) throw Error(std::string("pictures of format ") + GST_VIDEO_INFO_NAME(&source_) + " cannot be converted");
  }
  Ref<GstBuffer> buffer(gst_buffer_new_allocate(nullptr, GST_VIDEO_INFO_SIZE(&target_), nullptr));
  GstVideoFrame out;
  if (!gst_video_frame_map(&out, &target_, buffer.get(), GST_MAP_READWRITE)) throw Error("no memory for a picture");
  gst_video_converter_frame(converter_.get(), &frame, &out);
  const int channels = colour == Colour::gray ? 1 : 3;
  const auto* from = static_cast<const std::uint8_t*>(GST_VIDEO_FRAME_PLANE_DATA(&out, 0));
  const std::ptrdiff_t stride = GST_VIDEO_FRAME_PLANE_STRIDE(&out, 0);
  for (int c = 0; c < channels; ++c)
    for (int y = 0; y < asked.height; ++y) {
      const auto* row = from + (y + asked.y - box.y) * stride + (asked.x - box.x) * channels + c;
      for (int x = 0; x < asked.width; ++x) *to++ = row[static_cast<std::ptrdiff_t>(x) * channels];
    }
  gst_video_frame_unmap(&out);
}

void Pixels::take(GstCaps* caps, GstBuffer* picture, const Cut& cut, std::uint8_t* out) {
  const MappedFrame mapped(caps, picture);
  const auto& info = mapped.info;
  const auto [colour, asked, height, width] = cut;
  const Box box = asked.width ? asked : Box{0, 0, GST_VIDEO_INFO_WIDTH(&info), GST_VIDEO_INFO_HEIGHT(&info)};
  must_lie_in(box, GST_VIDEO_INFO_WIDTH(&info), GST_VIDEO_INFO_HEIGHT(&info));
  const bool same = box.height == height && box.width == width;
  if (!same && ScaledPicture::can(info)) return scaled_.take(mapped.frame, colour, box, height, width, out);
  if (!same) {
    const int channels = colour == Colour::gray ? 1 : 3;
    const at::Tensor whole = at::empty({channels, box.height, box.width}, at::kByte);
    take(caps, picture, {colour, box, box.height, box.width}, whole.mutable_data_ptr<std::uint8_t>());
    const at::Tensor resized = area_resize(whole, height, width);
    std::memcpy(out, resized.const_data_ptr(), resized.nbytes());
  } else if (colour == Colour::rgb || !has_luma_plane(info)) {
    convert(mapped.frame, colour, box, out);
  } else {
    const auto* plane = static_cast<const std::uint8_t*>(GST_VIDEO_FRAME_PLANE_DATA(&mapped.frame, 0));
    const std::ptrdiff_t stride = GST_VIDEO_FRAME_PLANE_STRIDE(&mapped.frame, 0);
    for (int y = 0; y < height; ++y, out += width) std::memcpy(out, plane + (box.y + y) * stride + box.x, static_cast<std::size_t>(width));
  }
}

}  // namespace tivit::video
