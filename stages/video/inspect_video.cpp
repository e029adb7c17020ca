// Inspector of videos: what the container says of its streams, and what its frames say themselves.
#include <gst/pbutils/pbutils.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <stages/data/video_extensions.hpp>
#include <stages/video/gst.hpp>
#include <stages/video/video_file.hpp>
#include <tivit/error.hpp>
#include <tivit/inspector.hpp>
#include <tivit/text_format.hpp>

namespace tivit::video {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

struct Free {
  void operator()(gchar* text) const { g_free(text); }
  void operator()(GError* error) const { g_error_free(error); }
  void operator()(GstDiscoverer* object) const { g_object_unref(object); }
  void operator()(GstDiscovererInfo* object) const { g_object_unref(object); }
  void operator()(GList* list) const { gst_discoverer_stream_info_list_free(list); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

Recognised is_video(const fs::path& file, std::string_view head) {
  if (head.size() > 8 && (head.substr(4, 4) == "ftyp" || head.substr(4, 4) == "moov")) return Recognised::by_content;
  for (const std::string_view magic : {"\x1a\x45\xdf\xa3", "\x30\x26\xb2\x75", "RIFF", "OggS", "FLV"})
    if (head.starts_with(magic)) return Recognised::by_content;
  const auto extension = lower_extension(file);
  for (const char* known : data::video_extensions)
    if (extension == known) return Recognised::by_name;
  return Recognised::no;
}

std::string codec_of(GstDiscovererStreamInfo* stream) {
  const Ref<GstCaps> caps(gst_discoverer_stream_info_get_caps(stream));
  if (!caps) return "unknown";
  const Owned<gchar> text(gst_pb_utils_get_codec_description(caps.get()));
  return text ? text.get() : "unknown";
}

Json streams_of(GstDiscovererInfo* info) {
  Json streams = Json::array();
  const Owned<GList> list(gst_discoverer_info_get_stream_list(info));
  for (GList* at = list.get(); at; at = at->next) {
    auto* stream = static_cast<GstDiscovererStreamInfo*>(at->data);
    if (GST_IS_DISCOVERER_CONTAINER_INFO(stream)) continue;
    Json one{{"type", gst_discoverer_stream_info_get_stream_type_nick(stream)}, {"codec", codec_of(stream)}};
    if (GST_IS_DISCOVERER_VIDEO_INFO(stream)) {
      auto* video = GST_DISCOVERER_VIDEO_INFO(stream);
      one["width"] = gst_discoverer_video_info_get_width(video), one["height"] = gst_discoverer_video_info_get_height(video);
      const auto denominator = gst_discoverer_video_info_get_framerate_denom(video);
      one["fps"] = denominator ? static_cast<double>(gst_discoverer_video_info_get_framerate_num(video)) / denominator : 0.0;
      one["kbit_per_s"] = gst_discoverer_video_info_get_bitrate(video) / 1000;
    } else if (GST_IS_DISCOVERER_AUDIO_INFO(stream)) {
      auto* audio = GST_DISCOVERER_AUDIO_INFO(stream);
      one["rate_hz"] = gst_discoverer_audio_info_get_sample_rate(audio), one["channels"] = gst_discoverer_audio_info_get_channels(audio);
      one["kbit_per_s"] = gst_discoverer_audio_info_get_bitrate(audio) / 1000;
    }
    streams.push_back(std::move(one));
  }
  return streams;
}

std::string inspect_video(const fs::path& file) {
  init_gstreamer();
  GError* error = nullptr;
  const Owned<GstDiscoverer> discoverer(gst_discoverer_new(20 * GST_SECOND, &error));
  Owned<GError> failed(error);
  if (!discoverer) throw Error("GStreamer cannot look into files", "install gstreamer1.0-plugins-base", failed ? failed->message : "");
  const Owned<gchar> uri(gst_filename_to_uri(fs::absolute(file).c_str(), nullptr));
  error = nullptr;
  const Owned<GstDiscovererInfo> info(gst_discoverer_discover_uri(discoverer.get(), uri.get(), &error));
  failed.reset(error);
  // What the frames themselves say needs a look at all of them, and fails with the reason where they cannot be read.
  const auto video = VideoFile::open(file);
  const auto& table = video->table();
  Json out{{"width", table.width}, {"height", table.height}, {"frames", table.count()}, {"fps", table.fps()}};
  out["regular"] = table.regular();
  out["duration_s"] = seconds(table.end);
  if (table.start != 0) out["first_picture_s"] = seconds(table.start);
  if (info && gst_discoverer_info_get_duration(info.get()) != GST_CLOCK_TIME_NONE)
    out["container_duration_s"] = static_cast<double>(gst_discoverer_info_get_duration(info.get())) / 1e9;
  out["container"] = table.container;
  out["exact_seeks"] = table.seekable;
  out["key_frames"] = table.keys.size();
  for (const auto& [name, value] : table.display()) out[name] = value;
  for (const auto& damage : table.damage)
    out["damage"].push_back({{"first_frame", damage.first}, {"last_frame", damage.last - 1}, {"what", damage.what}});
  if (info) out["streams"] = streams_of(info.get());
  return out.dump(-1, ' ', false, Json::error_handler_t::replace);
}

TIVIT_INSPECTOR("video", "streams, codecs, frames, frame rate, damage", &is_video, &inspect_video)

}  // namespace
}  // namespace tivit::video
