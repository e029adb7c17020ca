#include <stages/video/video_writer.hpp>

#include <gst/app/gstappsrc.h>
#include <gst/video/video.h>
#include <stages/video/gst.hpp>
#include <stages/video/mp4_times.hpp>
#include <tivit/atomic_file.hpp>
#include <tivit/error.hpp>
#include <tivit/text_format.hpp>

#include <chrono>
#include <cstring>
#include <optional>
#include <string>

namespace tivit::video {

namespace fs = std::filesystem;

struct VideoWriter::State {
  fs::path path;
  std::optional<AtomicFile> file;  ///< removed after the pipeline that writes it
  int width, height, fps_n, fps_d;
  PixelFormat format;
  Stop stop;
  GstVideoInfo info;
  Pipeline pipeline;
  GstElement* source = nullptr;
  std::int64_t frames = 0;
  std::int64_t last_ns = -1;
  bool closed = false;

  void build(const WriterOptions& options, const char* muxer);
  /// Whether the last picture is in the file, waited for as long as `wait`. Throws what went wrong, and Cancelled.
  bool ended(GstClockTime wait);
  void await_room();
  void fill(GstBuffer* buffer, const std::uint8_t* pixels, std::size_t stride) const;
};

namespace {

constexpr guint64 most_bytes_waiting = guint64{8} << 20;
constexpr std::chrono::seconds patience{120};

const char* muxer_for(const fs::path& path) {
  const auto extension = lower_extension(path);
  if (extension == ".mp4") return "mp4mux";
  if (extension == ".mov") return "qtmux";
  if (extension == ".mkv") return "matroskamux";
  throw Error("a video cannot be written as \"" + extension + "\"", "name it .mp4, .mov or .mkv", path.string());
}

void copy_plane(std::uint8_t* to, int to_stride, const std::uint8_t* from, std::size_t from_stride, int bytes, int rows) {
  for (int row = 0; row < rows; ++row)
    std::memcpy(to + static_cast<std::ptrdiff_t>(row) * to_stride, from + row * from_stride, static_cast<std::size_t>(bytes));
}

}  // namespace

void VideoWriter::State::build(const WriterOptions& options, const char* muxer_name) {
  pipeline.reset(gst_pipeline_new(nullptr));
  const auto add = [&](const char* factory) {
    GstElement* element = make_element(factory);
    gst_bin_add(GST_BIN(pipeline.get()), element);
    return element;
  };
  source = add("appsrc");
  GstElement* convert = add("videoconvert");
  GstElement* encoder = add("x264enc");
  GstElement* parser = add("h264parse");
  GstElement* muxer = add(muxer_name);
  GstElement* sink = add("filesink");

  const GstVideoFormat kind = format == PixelFormat::rgb ? GST_VIDEO_FORMAT_RGB : GST_VIDEO_FORMAT_I420;
  gst_video_info_set_format(&info, kind, static_cast<guint>(width), static_cast<guint>(height));
  info.fps_n = fps_n, info.fps_d = fps_d;
  Ref<GstCaps> caps(gst_video_info_to_caps(&info));
  g_object_set(source, "caps", caps.get(), "format", GST_FORMAT_TIME, nullptr);
  // One thread and no look-ahead threads: the only setting whose bytes do not depend on the machine.
  g_object_set(encoder, "threads", 1u, "sync-lookahead", 0, "key-int-max", static_cast<guint>(options.key_frame_interval), "bframes",
               static_cast<guint>(options.b_frames), nullptr);
  gst_util_set_object_arg(G_OBJECT(encoder), "speed-preset", "veryfast");
  if (options.bitrate_kbit > 0) {
    gst_util_set_object_arg(G_OBJECT(encoder), "pass", "cbr");
    g_object_set(encoder, "bitrate", static_cast<guint>(options.bitrate_kbit), nullptr);
  } else {
    gst_util_set_object_arg(G_OBJECT(encoder), "pass", "quant");
    g_object_set(encoder, "quantizer", static_cast<guint>(options.quantizer), nullptr);
  }
  g_object_set(sink, "location", file->temporary().c_str(), nullptr);
  Ref<GstCaps> coded(gst_caps_from_string("video/x-raw,format=I420"));
  if (!gst_element_link(source, convert) || !gst_element_link_filtered(convert, encoder, coded.get()) ||
      !gst_element_link_many(encoder, parser, muxer, sink, nullptr))
    throw Error("the encoder's parts do not fit together", "check the installed GStreamer plugins", path.string());
  if (gst_element_set_state(pipeline.get(), GST_STATE_PLAYING) == GST_STATE_CHANGE_FAILURE) {
    ended(0);
    throw Error("the encoder does not start", "", path.string());
  }
}

bool VideoWriter::State::ended(GstClockTime wait) {
  if (stop && stop()) throw Cancelled();
  Ref<GstBus> bus(gst_element_get_bus(pipeline.get()));
  const auto kinds = static_cast<GstMessageType>(GST_MESSAGE_ERROR | GST_MESSAGE_EOS);
  Ref<GstMessage> message(gst_bus_timed_pop_filtered(bus.get(), wait, kinds));
  if (message && GST_MESSAGE_TYPE(message.get()) == GST_MESSAGE_ERROR)
    throw Error("cannot be written: " + message_text(message.get()), "is the folder writable and the disk not full?", path.string());
  return message != nullptr;
}

// The source's own waiting would never end: after an error nobody takes what it holds.
void VideoWriter::State::await_room() {
  const auto begin = std::chrono::steady_clock::now();
  ended(0);
  while (gst_app_src_get_current_level_bytes(GST_APP_SRC(source)) >= most_bytes_waiting) {
    ended(2 * GST_MSECOND);
    if (std::chrono::steady_clock::now() - begin > patience) throw Error("the encoder takes no more pictures", "", path.string());
  }
}

void VideoWriter::State::fill(GstBuffer* buffer, const std::uint8_t* pixels, std::size_t stride) const {
  GstVideoFrame frame;
  if (!gst_video_frame_map(&frame, &info, buffer, GST_MAP_WRITE)) throw Error("no memory for a picture", "", path.string());
  const auto plane = [&](guint i) { return static_cast<std::uint8_t*>(GST_VIDEO_FRAME_PLANE_DATA(&frame, i)); };
  const auto to_stride = [&](guint i) { return GST_VIDEO_FRAME_PLANE_STRIDE(&frame, i); };
  copy_plane(plane(0), to_stride(0), pixels, stride, format == PixelFormat::rgb ? 3 * width : width, height);
  if (format == PixelFormat::i420) {
    const std::uint8_t* u = pixels + stride * static_cast<std::size_t>(height);
    copy_plane(plane(1), to_stride(1), u, stride / 2, width / 2, height / 2);
    copy_plane(plane(2), to_stride(2), u + stride / 2 * static_cast<std::size_t>(height / 2), stride / 2, width / 2, height / 2);
  } else if (format == PixelFormat::gray) {
    for (guint i : {1u, 2u}) std::memset(plane(i), 128, static_cast<std::size_t>(to_stride(i)) * static_cast<std::size_t>(height / 2));
  }
  gst_video_frame_unmap(&frame);
}

VideoWriter::VideoWriter(fs::path path, int width, int height, int fps_n, int fps_d, WriterOptions options, PixelFormat format)
    : state_(std::make_unique<State>()) {
  init_gstreamer();
  const char* muxer = muxer_for(path);
  if (width < 2 || height < 2 || width % 2 || height % 2)
    throw Error("a picture of " + std::to_string(width) + "x" + std::to_string(height) + " cannot be coded", "make width and height even",
                path.string());
  if (fps_n < 1 || fps_d < 1) throw Error("the frame rate must be positive", "", path.string());
  auto& s = *state_;
  s.path = std::move(path);
  s.file.emplace(s.path);
  s.width = width, s.height = height, s.fps_n = fps_n, s.fps_d = fps_d, s.format = format, s.stop = options.stop;
  s.build(options, muxer);
}

VideoWriter::~VideoWriter() = default;

std::int64_t VideoWriter::frames() const { return state_->frames; }
const fs::path& VideoWriter::temporary() const { return state_->file->temporary(); }

void VideoWriter::write(const std::uint8_t* pixels, std::size_t stride) {
  const auto& s = *state_;
  write_at(pixels, stride,
           static_cast<std::int64_t>(gst_util_uint64_scale(static_cast<guint64>(s.frames), GST_SECOND * static_cast<guint64>(s.fps_d),
                                                           static_cast<guint64>(s.fps_n))));
}

void VideoWriter::write_at(const std::uint8_t* pixels, std::size_t stride, std::int64_t time_ns) {
  auto& s = *state_;
  if (time_ns <= s.last_ns)
    throw Error("picture " + std::to_string(s.frames) + " does not come after the one before it", "", s.path.string());
  s.last_ns = time_ns;
  s.await_room();
  GstBuffer* buffer = gst_buffer_new_allocate(nullptr, GST_VIDEO_INFO_SIZE(&s.info), nullptr);
  s.fill(buffer, pixels, stride);
  GST_BUFFER_PTS(buffer) = static_cast<GstClockTime>(time_ns);
  GST_BUFFER_DURATION(buffer) = gst_util_uint64_scale(GST_SECOND, static_cast<guint64>(s.fps_d), static_cast<guint64>(s.fps_n));
  if (gst_app_src_push_buffer(GST_APP_SRC(s.source), buffer) != GST_FLOW_OK)
    throw Error("the encoder takes no more pictures", "", s.path.string());
  ++s.frames;
}

void VideoWriter::close() {
  auto& s = *state_;
  if (s.closed) return;
  if (!s.frames) throw Error("a video without a picture cannot be written", "", s.path.string());
  gst_app_src_end_of_stream(GST_APP_SRC(s.source));
  const auto begin = std::chrono::steady_clock::now();
  while (!s.ended(50 * GST_MSECOND))
    if (std::chrono::steady_clock::now() - begin > patience) throw Error("the encoder does not finish", "", s.path.string());
  s.pipeline.reset();
  if (lower_extension(s.path) != ".mkv") zero_creation_times(s.file->temporary());
  s.file->commit();
  s.closed = true;
}

}  // namespace tivit::video
