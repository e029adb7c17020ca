#include <stages/video/video_file.hpp>

#include <ATen/ops/empty.h>

#include <initializer_list>
#include <map>
#include <mutex>
#include <stages/video/reader_pool.hpp>
#include <stages/video/scan.hpp>
#include <tivit/error.hpp>
#include <tivit/item.hpp>

namespace tivit::video {

namespace fs = std::filesystem;

std::shared_ptr<VideoFile> VideoFile::open(const fs::path& path, const Stop& stop) {
  struct Slot {
    std::mutex mutex;  // one scan of a file at a time, any number of files
    std::uintmax_t size = 0;
    fs::file_time_type time;
    std::shared_ptr<VideoFile> file;
  };
  static std::mutex mutex;
  static std::map<std::string, std::shared_ptr<Slot>> slots;
  std::shared_ptr<Slot> slot;
  {
    std::lock_guard lock(mutex);
    auto& known = slots[path.string()];
    if (!known) known = std::make_shared<Slot>();
    slot = known;
  }
  std::lock_guard lock(slot->mutex);
  std::error_code missing;
  const auto size = fs::file_size(path, missing);
  const auto time = fs::last_write_time(path, missing);
  if (missing || !slot->file || slot->size != size || slot->time != time) {
    slot->file = std::make_shared<VideoFile>(path, scan(path, stop));
    slot->size = size, slot->time = time;
  }
  return slot->file;
}

std::string VideoFile::decoder() {
  init_gstreamer();
  std::string text = "GStreamer";
  for (const char* name : {"coreelements", "libav", "vpx", "videoconvertscale"})
    if (GstPlugin* plugin = gst_registry_find_plugin(gst_registry_get(), name)) {
      text += std::string(" ") + name + " " + gst_plugin_get_version(plugin);
      gst_object_unref(plugin);
    }
  return text;
}

std::uint64_t VideoFile::decoded() { return pictures_decoded; }

void VideoFile::each_with(int threads, std::span<const std::int64_t> frames, const ReadOptions& options,
                          const std::function<void(std::size_t, at::Tensor)>& use) const {
  auto reader = take_reader(shared_from_this(), threads, frames.front());
  for (std::size_t i = 0; i < frames.size(); ++i) {
    GstSample* sample = reader->frame(frames[i], options.stop);
    if (use) use(i, reader->pixels().take(sample, options.colour, options.box));
  }
  // Decoders with threads of their own do not say which file a complaint is about, nor which picture: look again with one that
  // does, and let nobody read on from what this one has decoded ahead.
  if (threads > 1 && reader->suspects_damage()) return each_with(1, frames, options, nullptr);
  keep_reader(std::move(reader));
}

void VideoFile::each(std::span<const std::int64_t> frames, const ReadOptions& options,
                     const std::function<void(std::size_t, at::Tensor)>& use) const {
  if (frames.empty()) return;
  const auto& name = options.name.empty() ? path_.string() : options.name;
  for (std::size_t i = 0; i < frames.size(); ++i)
    if (frames[i] < 0 || frames[i] >= table_.count() || (i > 0 && frames[i] < frames[i - 1]))
      throw Error("frame " + std::to_string(frames[i]) + " was asked for; the video has " + std::to_string(table_.count()) +
                      " frames, asked for in order",
                  "", name);
  try {
    each_with(std::max(1, options.threads), frames, options, use);
  } catch (const Error& error) {
    const auto at = [&](std::int64_t frame) {
      return frame < table_.count() ? seconds(table_.times[static_cast<std::size_t>(frame)]) : seconds(table_.end);
    };
    throw Error(error.problem(), error.remedy(), SourceName{name, at(frames.front()), at(frames.back() + 1)}.text());
  }
}

at::Tensor VideoFile::read(std::span<const std::int64_t> frames, const ReadOptions& options) const {
  const std::int64_t height = options.box.width ? options.box.height : table_.height,
                     width = options.box.width ? options.box.width : table_.width;
  at::Tensor out = at::empty({static_cast<std::int64_t>(frames.size()), options.colour == Colour::gray ? 1 : 3,
                              std::max<std::int64_t>(height, 0), std::max<std::int64_t>(width, 0)},
                             at::kByte);
  each(frames, options, [&](std::size_t i, const at::Tensor& picture) { out[static_cast<std::int64_t>(i)].copy_(picture); });
  return out;
}

}  // namespace tivit::video
