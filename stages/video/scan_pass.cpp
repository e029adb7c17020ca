#include <stages/video/scan_pass.hpp>

#include <algorithm>
#include <cstring>
#include <stages/video/coded_picture.hpp>
#include <stages/video/container.hpp>
#include <stages/video/matroska_roll.hpp>
#include <tivit/error.hpp>

namespace tivit::video {

Picture picture_of(GstPad* pad, GstBuffer* buffer) {
  Picture picture;
  picture.time = stream_time(pad, buffer);
  if (GST_BUFFER_DURATION_IS_VALID(buffer)) picture.duration = static_cast<Nanoseconds>(GST_BUFFER_DURATION(buffer));
  return picture;
}

void on_coded(Pass& pass, GstPad* pad, GstBuffer* buffer) {
  Ref<GstCaps> caps(gst_pad_get_current_caps(pad));
  Picture picture = picture_of(pad, buffer);
  picture.alone = caps && decodes_alone(caps.get(), buffer);
  std::lock_guard lock(pass.mutex);
  ++pass.progress;
  if (!GST_BUFFER_PTS_IS_VALID(buffer))
    pass.untrusted = true;
  else if (pass.coded.empty() && picture.time >= 0)
    pass.shift = static_cast<Nanoseconds>(GST_BUFFER_PTS(buffer)) - picture.time;
  pass.coded.push_back(picture);
  const auto hevc = caps ? hevc_units(caps.get(), buffer) : HevcUnits{};
  if (hevc.random_access) pass.looks_back_in_vain = pass.coded.size() == 1 || hevc.begins_anew;
  // What of the pictures before the end of a sequence comes out, only decoding tells.
  if (pass.ended) pass.untrusted = true;
  pass.ended = hevc.ends_sequence;
  const bool decodes = !(hevc.leans_back && pass.looks_back_in_vain);
  if (caps && picture.time >= 0 && pass.edits.has(picture.time) && decodes && is_shown(caps.get(), buffer)) pass.shown.push_back(picture);
  if (!pass.caps) pass.caps = std::move(caps);
}

void on_other(Pass& pass, GstPad* pad, GstBuffer* buffer) {
  const auto picture = picture_of(pad, buffer);
  std::lock_guard lock(pass.mutex);
  ++pass.progress;
  pass.others_end = std::max(pass.others_end, picture.time + std::max<Nanoseconds>(picture.duration, 0));
}

Nanoseconds announced_duration(GstElement* pipeline) {
  gint64 duration = 0;
  return gst_element_query_duration(pipeline, GST_FORMAT_TIME, &duration) ? duration : 0;
}

void set_display(FrameTable& table, GstPad* end, GstCaps* caps, const std::filesystem::path& file) {
  if (table.container == "matroskademux") table.orientation = matroska_orientation(file);
  gst_structure_get_fraction(gst_caps_get_structure(caps, 0), "pixel-aspect-ratio", &table.pixel_width, &table.pixel_height);
  for (guint i = 0;; ++i) {
    GstEvent* event = gst_pad_get_sticky_event(end, GST_EVENT_TAG, i);
    if (!event) break;
    GstTagList* tags = nullptr;
    gst_event_parse_tag(event, &tags);
    gchar* text = nullptr;
    if (gst_tag_list_get_string(tags, GST_TAG_IMAGE_ORIENTATION, &text) && std::strcmp(text, "rotate-0") != 0) table.orientation = text;
    g_free(text);
    gst_event_unref(event);
  }
}

GstElement* drain() {
  GstElement* sink = make_element("fakesink");
  g_object_set(sink, "sync", FALSE, "async", FALSE, nullptr);
  return sink;
}

void must_be_whole(const Pass& pass, const FrameTable& table, Nanoseconds announced, const std::filesystem::path& file) {
  // Its demuxer takes the duration from what is left of the index.
  constexpr std::uint64_t forgiven = 1024;
  if (const auto missing = riff_bytes_missing(file); missing > forgiven)
    throw Error("the file is truncated: " + std::to_string(missing) + " bytes are missing of what its header announces",
                "copy the whole file again", file.string());
  // Matroska announces when its last block ends, however late the first one begins; the other demuxers count from the first.
  // What the edit list leaves out is held, too.
  Nanoseconds coded_end = 0;
  for (const auto& picture : pass.coded) coded_end = std::max(coded_end, picture.time + std::max<Nanoseconds>(picture.duration, 0));
  const Nanoseconds held =
      std::max({table.start + table.end, coded_end, pass.others_end}) + (table.container == "matroskademux" ? pass.shift : 0);
  // asf files announce up to half a second more than they hold and are whole; a second is forgiven to every other container too,
  // unless its demuxer says that bytes are missing.
  const Nanoseconds slack = pass.cut_off ? 50'000'000 : table.container == "asfdemux" ? 1'500'000'000 : 1'000'000'000;
  if (held + slack >= announced) return;
  char text[160];
  std::snprintf(text, sizeof text, "the file is truncated: it holds %lld frames, %.2f s of the %.2f s that its container announces",
                static_cast<long long>(table.count()), seconds(held), seconds(announced));
  throw Error(text, "copy the whole file again", file.string());
}

void set_times(FrameTable& table, const std::vector<Picture>& shown, Nanoseconds end) {
  table.start = shown.front().time;
  for (const auto& picture : shown) table.times.push_back(picture.time - table.start);
  const auto last = table.times.back();
  const auto mean = table.count() > 1 ? last / (table.count() - 1) : 0;
  table.end = last + (shown.back().duration > 0 ? shown.back().duration : std::max<Nanoseconds>(mean, 1));
  table.end = std::min(table.end, end - table.start);
  table.finish();
}

}  // namespace tivit::video
