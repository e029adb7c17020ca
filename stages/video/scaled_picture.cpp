#include <stages/video/scaled_picture.hpp>

#include <stages/video/wide.hpp>

namespace tivit::video {
namespace {

const std::uint8_t* plane_of(const GstVideoFrame& frame, guint component) {
  return static_cast<const std::uint8_t*>(GST_VIDEO_FRAME_COMP_DATA(&frame, component));
}

/// From sums over cells. Nothing overlaps: only then is the loop made of vector instructions.
TIVIT_WIDE void to_rgb(const ColourMatrix& matrix, const std::int32_t* __restrict ys, const std::int32_t* __restrict us,
                       const std::int32_t* __restrict vs, const float* __restrict shares, std::int64_t width, std::uint8_t* __restrict red,
                       std::uint8_t* __restrict green, std::uint8_t* __restrict blue) {
  const ColourMatrix m = matrix;
  for (std::int64_t x = 0; x < width; ++x) {
    const float share = shares[x], luma = m.luma * static_cast<float>(ys[x]), u = static_cast<float>(us[x]), v = static_cast<float>(vs[x]);
    red[x] = rounded_byte((luma + m.red_in_red * v) * share + m.red);
    green[x] = rounded_byte((luma + m.red_in_green * v + m.blue_in_green * u) * share + m.green);
    blue[x] = rounded_byte((luma + m.blue_in_blue * u) * share + m.blue);
  }
}

}  // namespace

bool ScaledPicture::can(const GstVideoInfo& info) {
  double red = 0, blue = 0;
  if (!GST_VIDEO_INFO_IS_YUV(&info) || GST_VIDEO_INFO_N_COMPONENTS(&info) != 3 || GST_VIDEO_INFO_N_PLANES(&info) != 3) return false;
  for (guint c = 0; c < 3; ++c)
    if (GST_VIDEO_INFO_COMP_DEPTH(&info, c) != 8 || GST_VIDEO_INFO_COMP_PSTRIDE(&info, c) != 1) return false;
  return gst_video_color_matrix_get_Kr_Kb(GST_VIDEO_INFO_COLORIMETRY(&info).matrix, &red, &blue);
}

ColourMatrix ColourMatrix::of(const GstVideoInfo& info) {
  double kr = 0, kb = 0;
  gst_video_color_matrix_get_Kr_Kb(GST_VIDEO_INFO_COLORIMETRY(&info).matrix, &kr, &kb);
  gint offset[GST_VIDEO_MAX_COMPONENTS], scale[GST_VIDEO_MAX_COMPONENTS];
  gst_video_color_range_offsets(GST_VIDEO_INFO_COLORIMETRY(&info).range, info.finfo, offset, scale);
  const double kg = 1 - kr - kb, y = 255.0 / scale[0], u = 255.0 / scale[1], v = 255.0 / scale[2];
  const double rr = 2 * (1 - kr) * v, bb = 2 * (1 - kb) * u, rg = -rr * kr / kg, bg = -bb * kb / kg;
  const auto f = [](double x) { return static_cast<float>(x); };
  return {f(y),
          f(rr),
          f(rg),
          f(bg),
          f(bb),
          f(-y * offset[0] - rr * offset[2]),
          f(-y * offset[0] - rg * offset[2] - bg * offset[1]),
          f(-y * offset[0] - bb * offset[1])};
}

void ScaledPicture::prepare(const GstVideoInfo& info, const Kind& kind) {
  kind_ = kind;
  matrix_ = ColourMatrix::of(info);
  planes_.clear();
  for (guint c = 0; c < 3; ++c)
    planes_.emplace_back(CellAxis{kind.box.width, kind.width, kind.box.x, static_cast<int>(GST_VIDEO_FORMAT_INFO_W_SUB(info.finfo, c))},
                         CellAxis{kind.box.height, kind.height, kind.box.y, static_cast<int>(GST_VIDEO_FORMAT_INFO_H_SUB(info.finfo, c))});
  for (auto& sums : sums_) sums.resize(static_cast<std::size_t>(kind.width));
}

void ScaledPicture::take(const GstVideoFrame& frame, Colour colour, const Box& box, int height, int width, std::uint8_t* out) {
  const auto& colorimetry = GST_VIDEO_INFO_COLORIMETRY(&frame.info);
  const Kind kind{GST_VIDEO_INFO_FORMAT(&frame.info), colorimetry.matrix, colorimetry.range, height, width, box};
  if (planes_.empty() || !(kind == kind_)) prepare(frame.info, kind);
  const auto plane = static_cast<std::ptrdiff_t>(height) * width;
  for (int y = 0; y < height; ++y, out += width) {
    if (colour == Colour::gray) {
      planes_[0].means(plane_of(frame, 0), GST_VIDEO_FRAME_COMP_STRIDE(&frame, 0), y, out);
      continue;
    }
    for (guint c = 0; c < 3; ++c) planes_[c].add(plane_of(frame, c), GST_VIDEO_FRAME_COMP_STRIDE(&frame, c), y);
    for (std::size_t c = 0; c < 3; ++c) planes_[c].sums(sums_[c].data());
    to_rgb(matrix_, sums_[0].data(), sums_[1].data(), sums_[2].data(), planes_[0].shares(y), width, out, out + plane, out + 2 * plane);
  }
}

}  // namespace tivit::video
