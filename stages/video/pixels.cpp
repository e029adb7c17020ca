#include <stages/video/pixels.hpp>

#include <ATen/ops/empty.h>
#include <stages/video/gst.hpp>
#include <stages/video/resize.hpp>

#include <algorithm>
#include <cstring>
#include <tivit/error.hpp>

namespace tivit::video {
namespace {

/// What the caps say of a picture. Where they leave its matrix open, GStreamer guesses one, and takes no word of theirs for the range.
bool read_info(GstVideoInfo& info, GstCaps* caps) {
  if (!gst_video_info_from_caps(&info, caps)) return false;
  GstVideoColorimetry said;
  const char* text = gst_structure_get_string(gst_caps_get_structure(caps, 0), "colorimetry");
  if (text && gst_video_colorimetry_from_string(&said, text) && said.range != GST_VIDEO_COLOR_RANGE_UNKNOWN)
    info.colorimetry.range = said.range;
  // For gray it guesses none, which no converter can make colours of.
  if (GST_VIDEO_INFO_IS_GRAY(&info) && info.colorimetry.matrix == GST_VIDEO_COLOR_MATRIX_UNKNOWN)
    info.colorimetry.matrix = GST_VIDEO_COLOR_MATRIX_BT601;
  // Pictures of HEVC may be fields that come one by one: each is a picture of half the height that the caps tell.
  if (GST_VIDEO_INFO_INTERLACE_MODE(&info) == GST_VIDEO_INTERLACE_MODE_ALTERNATE) {
    info.height = GST_VIDEO_INFO_FIELD_HEIGHT(&info);
    info.interlace_mode = GST_VIDEO_INTERLACE_MODE_PROGRESSIVE;
  }
  return true;
}

struct MappedFrame {
  GstVideoFrame frame;
  GstVideoInfo info;
  MappedFrame(GstCaps* caps, GstBuffer* picture) {
    if (!read_info(info, caps) || !gst_video_frame_map(&frame, &info, picture, GST_MAP_READ))
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

/// From a multiple of `step` to one, with two steps more on either side, as far as there is a picture.
void widen(int& begin, int& length, int step, int all) {
  const int end = std::min(all, ((begin + length + step - 1) / step + 2) * step);
  begin = std::max(0, (begin / step - 2) * step), length = end - begin;
}

/// What of a picture the colours of a box depend on: several pixels share a chroma sample, those of each field where there are two, and
/// pixels between samples have something of both.
Box with_chroma(const GstVideoInfo& info, Box box) {
  const auto flags = GST_VIDEO_FORMAT_FLAG_COMPLEX | GST_VIDEO_FORMAT_FLAG_TILED | GST_VIDEO_FORMAT_FLAG_PALETTE;
  if (GST_VIDEO_FORMAT_INFO_FLAGS(info.finfo) & flags) return {0, 0, GST_VIDEO_INFO_WIDTH(&info), GST_VIDEO_INFO_HEIGHT(&info)};
  guint across = 0, down = GST_VIDEO_INFO_IS_INTERLACED(&info) ? 1 : 0;
  const guint fields = down;
  for (guint c = 0; c < GST_VIDEO_INFO_N_COMPONENTS(&info); ++c) {
    across = std::max<guint>(across, GST_VIDEO_FORMAT_INFO_W_SUB(info.finfo, c));
    down = std::max<guint>(down, GST_VIDEO_FORMAT_INFO_H_SUB(info.finfo, c) + fields);
  }
  widen(box.x, box.width, 1 << across, GST_VIDEO_INFO_WIDTH(&info));
  widen(box.y, box.height, 1 << down, GST_VIDEO_INFO_HEIGHT(&info));
  return box;
}

/// The box as a picture of its own, without a copy. A converter that is given a box of a larger picture takes other ways than with a whole
/// one, and its colours are others.
GstVideoFrame part_of(const GstVideoFrame& frame, const Box& box) {
  GstVideoFrame part = frame;
  part.info.width = box.width, part.info.height = box.height;
  for (guint c = 0; c < GST_VIDEO_FRAME_N_COMPONENTS(&frame); ++c) {
    const auto plane = GST_VIDEO_FORMAT_INFO_PLANE(frame.info.finfo, c);
    const std::ptrdiff_t y = box.y >> GST_VIDEO_FORMAT_INFO_H_SUB(frame.info.finfo, c),
                         x = box.x >> GST_VIDEO_FORMAT_INFO_W_SUB(frame.info.finfo, c);
    part.data[plane] = static_cast<std::uint8_t*>(frame.data[plane]) + y * GST_VIDEO_FRAME_PLANE_STRIDE(&frame, plane) +
                       x * GST_VIDEO_FRAME_COMP_PSTRIDE(&frame, c);
  }
  return part;
}

}  // namespace

void must_lie_in(const Box& box, int width, int height) {
  if (box.x < 0 || box.y < 0 || box.width < 1 || box.height < 1 || box.x + box.width > width || box.y + box.height > height)
    throw Error("the box " + std::to_string(box.width) + "x" + std::to_string(box.height) + " at " + std::to_string(box.x) + "," +
                    std::to_string(box.y) + " does not lie in the picture of " + std::to_string(width) + "x" + std::to_string(height),
                "give a box inside the picture");
}

void Pixels::convert(const GstVideoFrame& frame, Colour colour, const Box& asked, std::uint8_t* to) {
  const Box box = with_chroma(frame.info, asked);
  const GstVideoFrame part = part_of(frame, box);
  if (!converter_ || !gst_video_info_is_equal(&source_, &frame.info) || !(box == box_) || colour != colour_) {
    source_ = frame.info, box_ = box, colour_ = colour;
    const GstVideoFormat format = colour == Colour::gray ? GST_VIDEO_FORMAT_GRAY8 : GST_VIDEO_FORMAT_RGB;
    gst_video_info_set_format(&target_, format, static_cast<guint>(box.width), static_cast<guint>(box.height));
    target_.fps_n = source_.fps_n, target_.fps_d = source_.fps_d;
    // No converter makes one kind of picture of the other.
    target_.interlace_mode = source_.interlace_mode;
    GST_VIDEO_INFO_FIELD_ORDER(&target_) = GST_VIDEO_INFO_FIELD_ORDER(&source_);
    GstStructure* config =
        gst_structure_new("config", GST_VIDEO_CONVERTER_OPT_DITHER_METHOD, GST_TYPE_VIDEO_DITHER_METHOD, GST_VIDEO_DITHER_NONE, nullptr);
    converter_.reset(gst_video_converter_new(&part.info, &target_, config));
    if (!converter_) throw Error(std::string("pictures of format ") + GST_VIDEO_INFO_NAME(&source_) + " cannot be converted");
  }
  Ref<GstBuffer> buffer(gst_buffer_new_allocate(nullptr, GST_VIDEO_INFO_SIZE(&target_), nullptr));
  GstVideoFrame out;
  if (!gst_video_frame_map(&out, &target_, buffer.get(), GST_MAP_READWRITE)) throw Error("no memory for a picture");
  gst_video_converter_frame(converter_.get(), &part, &out);
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
