#include <gst/video/video.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <stages/video/playback.hpp>
#include <stages/video/scan.hpp>
#include <stages/video/scan_pass.hpp>
#include <tivit/error.hpp>

namespace tivit::video {
namespace {

void set_damage(FrameTable& table, const Pass& pass) {
  for (const auto& [coded, what] : pass.damage) {
    std::vector<Nanoseconds> before;
    for (std::size_t i = coded > 64 ? coded - 64 : 0; i + 1 < coded; ++i) before.push_back(pass.coded[i].time - table.start);
    const auto time = coded > 0 ? pass.coded[coded - 1].time : -1;
    auto damage = time < 0 ? std::nullopt : table.spoiled(time - table.start, before, what);
    // Without a time, counting tells where it is.
    if (!damage) damage = {std::clamp<std::int64_t>(static_cast<std::int64_t>(coded) - 1, 0, table.count() - 1), table.count(), what};
    if (damage->first == damage->last) continue;
    if (table.damage.empty() || table.damage.back().last != damage->last) table.damage.push_back(*std::move(damage));
  }
}

}  // namespace

FrameTable scan_decoding(const std::filesystem::path& file, const Stop& stop) {
  Pass pass;
  pass.edits = edits_of(file);
  PlaybackHooks hooks;
  hooks.coded = [&](GstPad* pad, GstBuffer* buffer) { on_coded(pass, pad, buffer); };
  hooks.other = [&](GstPad* pad, GstBuffer* buffer) { on_other(pass, pad, buffer); };
  hooks.damaged = [&](const std::string& what) { pass.damaged(what); };
  hooks.shown = pass.edits.shown;
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
  Playback playback(file, {}, sink, 1, hooks);
  playback.run_to_end([&] { return pass.progress.load(); }, stop);
  if (decoded.pictures.empty() || !decoded.caps)
    throw Error("holds no picture that decodes", "check that the file is whole", file.string());

  FrameTable table;
  GstVideoInfo info;
  if (!gst_video_info_from_caps(&info, decoded.caps.get())) throw Error("decodes to pictures of an unknown kind", "", file.string());
  table.width = GST_VIDEO_INFO_WIDTH(&info);
  table.height = GST_VIDEO_INFO_FIELD_HEIGHT(&info);  // of a picture: fields may come one by one
  table.container = playback.demuxer();
  set_display(table, pad.get(), decoded.caps.get(), file);
  if (pass.caps) table.codec = gst_structure_get_name(gst_caps_get_structure(pass.caps.get(), 0));
  table.seekable = table.container == "qtdemux" || table.container == "matroskademux";
  table.shown = pass.edits.shown;
  // Pictures without usable times are spread evenly; then only counting tells them apart.
  auto& pictures = decoded.pictures;
  for (const auto& one : pictures) pass.others_end = std::max(pass.others_end, one.time + std::max<Nanoseconds>(one.duration, 0));
  const auto left_out = std::erase_if(pictures, [&](const Picture& one) { return one.time >= 0 && !pass.edits.has(one.time); });
  if (pictures.empty()) throw Error("its edit list shows none of its pictures", "take the film that it was made of", file.string());
  bool rising = pictures.front().time >= 0;
  for (std::size_t i = 1; i < pictures.size(); ++i) rising &= pictures[i].time > pictures[i - 1].time;
  if (!rising && left_out)
    throw Error("its edit list cannot be followed: its pictures come in no order", "take the film that it was made of", file.string());
  if (!rising) {
    table.seekable = false;
    const double fps = info.fps_n > 0 ? static_cast<double>(info.fps_n) / info.fps_d : 25;
    if (info.fps_n <= 0)
      spdlog::warn(
          "{}: says neither when its pictures are shown nor how many there are in a second: taken as {:g} frames/s; put it into a "
          "file that says so, such as .mp4",
          file.string(), fps);
    for (std::size_t i = 0; i < pictures.size(); ++i)
      pictures[i] = {nanoseconds(static_cast<double>(i) / fps), nanoseconds(1 / fps), false};
  }
  set_times(table, pictures, pass.edits.end);
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

}  // namespace tivit::video
