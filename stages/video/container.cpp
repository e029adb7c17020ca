#include <stages/video/container.hpp>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <initializer_list>
#include <optional>
#include <stages/video/gst.hpp>
#include <tivit/error.hpp>

namespace tivit::video {

std::string known_demuxer(const std::filesystem::path& file) {
  std::error_code failed;
  if (!std::filesystem::exists(file, failed)) throw Error("the video does not exist", "check the path", file.string());
  if (std::filesystem::is_directory(file, failed)) throw Error("is a folder, not a video", "check the path", file.string());
  if (!std::filesystem::is_regular_file(file, failed)) throw Error("is no regular file", "copy it to one", file.string());
  std::ifstream stream(file, std::ios::binary);
  if (!stream) throw Error("the video cannot be read", "check its permissions", file.string());
  char head[16] = {};
  stream.read(head, sizeof head);
  if (stream.gcount() == 0) throw Error("the video is empty", "copy it again", file.string());
  for (const char* box : {"ftyp", "moov", "mdat", "wide", "free", "skip", "pnot"})
    if (std::memcmp(head + 4, box, 4) == 0) return "qtdemux";
  if (std::memcmp(head, "\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\x00\xaa\x00\x62\xce\x6c", 16) == 0) return "asfdemux";
  return std::memcmp(head, "\x1a\x45\xdf\xa3", 4) == 0 ? "matroskademux" : "";
}

std::uint64_t riff_bytes_missing(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  stream.seekg(0, std::ios::end);
  const auto size = static_cast<std::uint64_t>(std::max<std::streamoff>(0, stream.tellg()));
  // A large file is several chunks, one after the other. A writer that never came back leaves a length of nothing or of everything.
  for (std::uint64_t at = 0; at + 12 <= size;) {
    unsigned char head[8] = {};
    stream.seekg(static_cast<std::streamoff>(at));
    stream.read(reinterpret_cast<char*>(head), sizeof head);
    if (!stream || std::memcmp(head, "RIFF", 4) != 0) return 0;
    const std::uint64_t length = head[4] | head[5] << 8 | head[6] << 16 | static_cast<std::uint64_t>(head[7]) << 24;
    if (length == 0 || length == 0xffffffff) return 0;
    at += 8 + length;
    if (at > size) return at - size;
    at += length & 1;
  }
  return 0;
}

Nanoseconds stream_time(const GstSegment* segment, GstBuffer* buffer) {
  if (segment->format != GST_FORMAT_TIME || !GST_BUFFER_PTS_IS_VALID(buffer)) return -1;
  const GstClockTime begin = GST_BUFFER_PTS(buffer);
  const GstClockTime end = GST_BUFFER_DURATION_IS_VALID(buffer) ? begin + GST_BUFFER_DURATION(buffer) : GST_CLOCK_TIME_NONE;
  guint64 shown = 0, hidden = 0;
  if (!gst_segment_clip(segment, GST_FORMAT_TIME, begin, end, &shown, &hidden)) return -1;
  const guint64 time = gst_segment_to_stream_time(segment, GST_FORMAT_TIME, shown);
  return time == GST_CLOCK_TIME_NONE ? -1 : static_cast<Nanoseconds>(time);
}

namespace {

std::optional<GstSegment> segment_of(GstPad* pad) {
  GstEvent* event = gst_pad_get_sticky_event(pad, GST_EVENT_SEGMENT, 0);
  if (!event) return std::nullopt;
  GstSegment segment;
  gst_event_copy_segment(event, &segment);
  gst_event_unref(event);
  return segment;
}

}  // namespace

Nanoseconds stream_time(GstPad* pad, GstBuffer* buffer) {
  const auto segment = segment_of(pad);
  return segment ? stream_time(&*segment, buffer) : -1;
}

bool begins_early(GstPad* pad, GstBuffer* buffer) {
  const auto segment = segment_of(pad);
  return segment && segment->format == GST_FORMAT_TIME && GST_BUFFER_PTS_IS_VALID(buffer) && GST_BUFFER_PTS(buffer) < segment->start;
}

}  // namespace tivit::video
