#include <stages/video/scan.hpp>

#include <algorithm>
#include <stages/video/coded_picture.hpp>
#include <stages/video/container.hpp>
#include <stages/video/playback.hpp>
#include <stages/video/scan_pass.hpp>
#include <tivit/error.hpp>

namespace tivit::video {

namespace fs = std::filesystem;

namespace {
bool earlier(const Picture& a, const Picture& b) { return a.time < b.time; }

bool can_be_counted(const Pass& pass) {
  return gst_structure_has_name(gst_caps_get_structure(pass.caps.get(), 0), "video/x-wmv") && pass.shown.size() == pass.coded.size() &&
         std::is_sorted(pass.shown.begin(), pass.shown.end(), earlier);
}
}  // namespace

std::optional<FrameTable> scan_container(const fs::path& file, const std::string& demuxer, const Stop& stop) {
  Pass pass;
  pass.edits = edits_of(file);
  PlaybackHooks hooks;
  hooks.coded = [&](GstPad* pad, GstBuffer* buffer) { on_coded(pass, pad, buffer); };
  hooks.other = [&](GstPad* pad, GstBuffer* buffer) { on_other(pass, pad, buffer); };
  hooks.damaged = [&](const std::string& what) { pass.damaged(what); };
  hooks.shown = pass.edits.shown;
  GstElement* sink = drain();
  const Ref<GstPad> end(gst_element_get_static_pad(sink, "sink"));
  Playback playback(file, {demuxer}, sink, 1, hooks);
  playback.run_to_end([&] { return pass.progress.load(); }, stop);
  try {
    if (pass.caps) must_be_known(pass.caps.get());
  } catch (const Error& error) {
    throw error.located(file.string());
  }
  if (pass.shown.empty() || !pass.caps || pass.untrusted) return std::nullopt;
  // asf: without seeks pictures are counted, so they must come as they are shown.
  const bool seekable = demuxer != "asfdemux";
  if (seekable ? !is_well_behaved(pass.caps.get()) : !can_be_counted(pass)) return std::nullopt;
  std::sort(pass.shown.begin(), pass.shown.end(), earlier);
  for (std::size_t i = 1; i < pass.shown.size(); ++i)
    if (pass.shown[i].time == pass.shown[i - 1].time) return std::nullopt;

  FrameTable table;
  const GstStructure* caps = gst_caps_get_structure(pass.caps.get(), 0);
  gst_structure_get_int(caps, "width", &table.width);
  gst_structure_get_int(caps, "height", &table.height);
  table.codec = gst_structure_get_name(caps);
  table.container = demuxer;
  set_display(table, end.get(), pass.caps.get(), file);
  table.chain = decoding_chain(demuxer, pass.caps.get());
  table.seekable = table.proved = seekable;
  table.shown = pass.edits.shown;
  set_times(table, pass.shown, pass.edits.end);
  for (std::size_t i = 0; i < pass.shown.size(); ++i)
    if (i == 0 || (seekable && pass.shown[i].alone)) table.keys.push_back(static_cast<std::int64_t>(i));
  must_be_whole(pass, table, announced_duration(playback.pipeline()), file);
  return table;
}

FrameTable scan(const fs::path& file, const Stop& stop) {
  init_gstreamer();
  const auto demuxer = known_demuxer(file);
  if (!demuxer.empty())
    if (auto table = scan_container(file, demuxer, stop)) return *std::move(table);
  return scan_decoding(file, stop);
}

}  // namespace tivit::video
