#include <stages/video/decoder_versions.hpp>

#include <dlfcn.h>
#include <link.h>

#include <initializer_list>
#include <stages/video/gst.hpp>
#include <string_view>
#include <utility>
#include <vector>

namespace tivit::video {
namespace {

/// The files of this process's libraries.
std::vector<std::string> loaded_libraries() {
  std::vector<std::string> names;
  dl_iterate_phdr(
      [](dl_phdr_info* info, std::size_t, void* data) {
        static_cast<std::vector<std::string>*>(data)->emplace_back(info->dlpi_name ? info->dlpi_name : "");
        return 0;
      },
      &names);
  return names;
}

/// Calls the function of that name in a library that is loaded.
template <class Result>
Result call(const std::string& library, const char* function, Result otherwise) {
  void* const handle = dlopen(library.c_str(), RTLD_LAZY | RTLD_NOLOAD);
  if (!handle) return otherwise;
  if (auto* found = reinterpret_cast<Result (*)()>(dlsym(handle, function))) otherwise = found();
  dlclose(handle);  // the plugin keeps it
  return otherwise;
}

/// The plugin does not say which FFmpeg it was given: the libraries that came with it do. It stays loaded.
std::string ffmpeg_versions() {
  GstPlugin* plugin = gst_plugin_load_by_name("libav");
  if (!plugin) return "";
  std::string text;
  for (const auto& library : loaded_libraries()) {
    const auto name = std::string_view(library).substr(library.rfind('/') + 1);
    if (name.starts_with("libavcodec.")) text += " avcodec " + std::to_string(call(library, "avcodec_version", 0u));
    if (name.starts_with("libavutil.")) text += std::string(" FFmpeg ") + call<const char*>(library, "av_version_info", "");
  }
  gst_object_unref(plugin);
  return text;
}

}  // namespace

std::string decoder_versions() {
  init_gstreamer();
  std::string text = "GStreamer";
  for (const char* name :
       {"coreelements",    "playback", "libav",    "vpx", "aom", "dav1d", "openjpeg", "jpeg",        "png",         "theora",
        "videoparsersbad", "isomp4",   "matroska", "avi", "asf", "flv",   "ogg",      "mpegtsdemux", "mpegpsdemux", "videoconvertscale"})
    if (GstPlugin* plugin = gst_registry_find_plugin(gst_registry_get(), name)) {
      text += std::string(" ") + name + " " + gst_plugin_get_version(plugin);
      gst_object_unref(plugin);
    }
  return text + ffmpeg_versions();
}

}  // namespace tivit::video
