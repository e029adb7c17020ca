#include <stages/video/scan.hpp>

#include <gst/video/video.h>

#include <algorithm>
#include <mutex>
#include <optional>
#include <stages/video/coded_picture.hpp>
#include <stages/video/playback.hpp>
#include <tivit/error.hpp>

namespace tivit::video {
namespace {

namespace fs = std::filesystem;

struct Picture {
  Nanoseconds time = -1, duration = -1;
  bool alone = false;
};

/// What both kinds of pass collect; filled on streaming threads.
struct Pass {
  std::mutex mutex;
  std::vector<Picture> coded, shown;
  Nanoseconds others_end = 0;
  std::vector<std::pair<std::size_t, std::string>> damage;  // coded pictures so far, and the line
  bool cut_off = false;
  bool untrusted = false;
  Ref<GstCaps> caps;
  std::atomic<std::uint64_t> progress{0};

  void damaged(const std::string& what) {
    std::lock_guard lock(mutex);
    if (what.find("short read") != std::string::npos)
      cut_off = true;
    else
      damage.emplace_back(coded.size(), what);
  }
};

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
  if (!GST_BUFFER_PTS_IS_VALID(buffer)) pass.untrusted = true;
  pass.coded.push_back(picture);
  if (caps && picture.time >= 0 && is_shown(caps.get(), buffer)) pass.shown.push_back(picture);
  if (!pass.caps) pass.caps = std::move(caps);
}

Nanoseconds announced_duration(GstElement* pipeline) {
  gint64 duration = 0;
  return gst_element_query_duration(pipeline, GST_FORMAT_TIME, &duration) ? duration : 0;
}

GstElement* drain() {
  GstElement* sink = make_element("fakesink");
  g_object_set(sink, "sync", FALSE, "async", FALSE, nullptr);
  return sink;
}

void must_be_whole(const Pass& pass, const FrameTable& table, Nanoseconds announced, const fs::path& file) {
  const Nanoseconds held = std::max(table.start + table.end, pass.others_end);
  // asf files announce up to half a second more than they hold and are whole; a second is forgiven to every other container too.
  const Nanoseconds slack = table.container == "asfdemux" ? 1'500'000'000 : 1'000'000'000;
  if (!pass.cut_off && (announced <= 0 || held + slack >= announced)) return;
  char text[160];
  std::snprintf(text, sizeof text, "the file is truncated: it holds %lld frames, %.2f s of the %.2f s that its container announces",
                static_cast<long long>(table.count()), seconds(held), seconds(announced));
  throw Error(text, "copy the whole file again", file.string());
}

void set_times(FrameTable& table, const std::vector<Picture>& shown) {
  table.start = shown.front().time;
  for (const auto& picture : shown) table.times.push_back(picture.time - table.start);
  const auto last = table.times.back();
  const auto mean = table.count() > 1 ? last / (table.count() - 1) : 0;
  table.end = last + (shown.back().duration > 0 ? shown.back().duration : std::max<Nanoseconds>(mean, 1));
  table.finish();
}

/// Without decoding. Nothing: this file's container or codec cannot be believed.
std::optional<FrameTable> scan_container(const fs::path& file, const std::string& demuxer, const Stop& stop) {
  Pass pass;
  PlaybackHooks hooks;
  hooks.coded = [&](GstPad* pad, GstBuffer* buffer) { on_coded(pass, pad, buffer); };
  hooks.other = [&](GstPad* pad, GstBuffer* buffer) {
    const auto picture = picture_of(pad, buffer);
    std::lock_guard lock(pass.mutex);
    ++pass.progress;
    pass.others_end = std::max(pass.others_end, picture.time + std::max<Nanoseconds>(picture.duration, 0));
  };
  hooks.damaged = [&](const std::string& what) { pass.damaged(what); };
  Playback playback(file, demuxer, drain(), 1, hooks);
  playback.run_to_end([&] { return pass.progress.load(); }, stop);
  if (pass.shown.empty() || !pass.caps || pass.untrusted || !is_well_behaved(pass.caps.get())) return std::nullopt;
  std::sort(pass.shown.begin(), pass.shown.end(), [](const Picture& a, const Picture& b) { return a.time < b.time; });
  for (std::size_t i = 1; i < pass.shown.size(); ++i)
    if (pass.shown[i].time == pass.shown[i - 1].time) return std::nullopt;

  FrameTable table;
  const GstStructure* caps = gst_caps_get_structure(pass.caps.get(), 0);
  gst_structure_get_int(caps, "width", &table.width);
  gst_structure_get_int(caps, "height", &table.height);
  table.codec = gst_structure_get_name(caps);
  table.container = demuxer;
  table.seekable = true;
  set_times(table, pass.shown);
  for (std::size_t i = 0; i < pass.shown.size(); ++i)
    if (i == 0 || pass.shown[i].alone) table.keys.push_back(static_cast<std::int64_t>(i));
  must_be_whole(pass, table, announced_duration(playback.pipeline()), file);
  return table;
}

/// Damaged pictures spoil what follows up to the next one that decodes alone.
void set_damage(FrameTable& table, const Pass& pass) {
  const auto frame = [&](std::size_t coded) {
    const auto time = coded < pass.coded.size() ? pass.coded[coded].time : -1;
    const auto found = time < 0 ? -1 : table.frame_of(time - table.start);
    return found >= 0 ? found : std::min(static_cast<std::int64_t>(coded), table.count());
  };
  for (const auto& [after, what] : pass.damage) {
    const std::size_t first = after ? after - 1 : 0;
    std::size_t last = first + 1;
    while (last < pass.coded.size() && !pass.coded[last].alone) ++last;
    const auto end = last < pass.coded.size() ? frame(last) : table.count();
    if (!table.damage.empty() && table.damage.back().last == end) continue;  // the first line of a stretch says enough
    table.damage.push_back({std::min(frame(first), end), end, what});
  }
}

FrameTable scan_decoding(const fs::path& file, const Stop& stop) {
  Pass pass;
  PlaybackHooks hooks;
  hooks.coded = [&](GstPad* pad, GstBuffer* buffer) { on_coded(pass, pad, buffer); };
  hooks.damaged = [&](const std::string& what) { pass.damaged(what); };
  struct Decoded {
    Pass& pass;
    std::vector<Picture> pictures;
    Ref<GstCaps> caps;
  } decoded{pass, {}, {}};
  GstElement* sink = drain();
  Ref<GstPad> pad(gst_element_get_static_pad(sink, "sink"));
  gst_pad_add_probe(
      pad.get(), GST_PAD_PROBE_TYPE_BUFFER,
      [](GstPad* at, GstPadProbeInfo* info, gpointer data) {
        auto& d = *static_cast<Decoded*>(data);
        d.pictures.push_back(picture_of(at, GST_PAD_PROBE_INFO_BUFFER(info)));
        if (!d.caps) d.caps.reset(gst_pad_get_current_caps(at));
        ++d.pass.progress;
        return GST_PAD_PROBE_OK;
      },
      &decoded, nullptr);
  Playback playback(file, "", sink, 1, hooks);
  playback.run_to_end([&] { return pass.progress.load(); }, stop);
  if (decoded.pictures.empty() || !decoded.caps)
    throw Error("holds no picture that decodes", "check that the file is whole", file.string());

  FrameTable table;
  GstVideoInfo info;
  if (!gst_video_info_from_caps(&info, decoded.caps.get())) throw Error("decodes to pictures of an unknown kind", "", file.string());
  table.width = GST_VIDEO_INFO_WIDTH(&info);
  table.height = GST_VIDEO_INFO_HEIGHT(&info);
  table.container = playback.demuxer();
  if (pass.caps) table.codec = gst_structure_get_name(gst_caps_get_structure(pass.caps.get(), 0));
  table.seekable = table.container == "qtdemux" || table.container == "matroskademux";
  // Pictures without usable times are spread evenly; then only counting tells them apart.
  auto& pictures = decoded.pictures;
  bool rising = pictures.front().time >= 0;
  for (std::size_t i = 1; i < pictures.size(); ++i) rising &= pictures[i].time > pictures[i - 1].time;
  if (!rising) {
    table.seekable = false;
    const double fps = info.fps_n > 0 ? static_cast<double>(info.fps_n) / info.fps_d : 25;
    for (std::size_t i = 0; i < pictures.size(); ++i)
      pictures[i] = {nanoseconds(static_cast<double>(i) / fps), nanoseconds(1 / fps), false};
  }
  set_times(table, pictures);
  table.keys.push_back(0);
  if (table.seekable)
    for (const auto& picture : pass.coded)
      if (const auto frame = picture.alone && picture.time >= 0 ? table.frame_of(picture.time - table.start) : -1;
          frame > table.keys.back())
        table.keys.push_back(frame);
  set_damage(table, pass);
  must_be_whole(pass, table, announced_duration(playback.pipeline()), file);
  return table;
}

}  // namespace

FrameTable scan(const fs::path& file, const Stop& stop) {
  init_gstreamer();
  const auto demuxer = trusted_demuxer(file);
  if (!demuxer.empty())
    if (auto table = scan_container(file, demuxer, stop)) return *std::move(table);
  return scan_decoding(file, stop);
}

}  // namespace tivit::video
