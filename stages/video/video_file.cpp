#include <stages/video/video_file.hpp>

#include <ATen/ops/empty.h>
#include <spdlog/spdlog.h>

#include <initializer_list>
#include <map>
#include <mutex>
#include <optional>
#include <stages/video/decoder_versions.hpp>
#include <stages/video/pixels.hpp>
#include <stages/video/reader_pool.hpp>
#include <stages/video/scan.hpp>
#include <stages/video/spare_tensor.hpp>
#include <tivit/error.hpp>
#include <tivit/file_stamp.hpp>
#include <tivit/item.hpp>

namespace tivit::video {

namespace fs = std::filesystem;

namespace {

/// "rotate-90", "flip-rotate-0": mirrored first.
void warn_of_turning(const fs::path& path, const std::string& orientation) {
  if (orientation.empty()) return;
  const auto degrees = orientation.substr(orientation.rfind('-') + 1);
  std::string what = orientation.starts_with("flip") ? "mirror this picture" : "turn this picture";
  if (degrees != "0") what += (orientation.starts_with("flip") ? " and turn it by " : " by ") + degrees + "°";
  spdlog::warn("{}: players {}; tivit reads it as it is stored: mark corners on the still that tivit saves, not on a player's picture",
               path.string(), what);
}

/// Labels that were made from a film's sound count from where the file begins.
void warn_of_late_start(const fs::path& path, Nanoseconds start) {
  constexpr Nanoseconds worth_telling = 250'000'000;  // B-pictures make the first one two to four frames late, and mean nothing
  if (start < worth_telling) return;
  spdlog::warn(
      "{}: its first picture comes {:.3f} s after the file begins, and times count from that picture: labels that were made from its "
      "sound come as much too late (label_shifts moves them)",
      path.string(), seconds(start));
}

}  // namespace

std::shared_ptr<VideoFile> VideoFile::open(const fs::path& path, const Stop& stop) {
  struct Slot {
    std::mutex mutex;  // one scan of a file at a time, any number of files
    std::optional<FileStamp> stamp;
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
  const auto stamp = stamp_of(path);
  if (!stamp || !slot->file || slot->stamp != stamp) {
    slot->file = std::make_shared<VideoFile>(path, scan(path, stop));
    slot->stamp = stamp;
    warn_of_turning(path, slot->file->table().orientation);
    warn_of_late_start(path, slot->file->table().start);
  }
  return slot->file;
}

std::string VideoFile::decoder() {
  static const std::string text = decoder_versions();
  return text;
}

std::uint64_t VideoFile::decoded() { return pictures_decoded; }

std::array<std::int64_t, 3> VideoFile::shape_of(const ReadOptions& options) const {
  const bool whole = options.box.width == 0;
  const auto size = [](int asked, int own) { return std::max<std::int64_t>(asked ? asked : own, 0); };
  return {options.colour == Colour::gray ? 1 : 3, size(options.height, whole ? table().height : options.box.height),
          size(options.width, whole ? table().width : options.box.width)};
}

void VideoFile::decode_to(int threads, std::span<const std::int64_t> frames, const ReadOptions& options,
                          const std::function<std::uint8_t*(std::size_t)>& place, const std::function<void(std::size_t)>& done) const {
  const auto shape = shape_of(options);
  LentReader reader(shared_from_this(), threads, frames.front(), frames.back(), options.stop);
  reader->expect(frames);
  const Cut cut{options.colour, options.box, static_cast<int>(shape[1]), static_cast<int>(shape[2])};
  if (place && !done) {
    reader->take({frames, cut, place}, options.stop);
  } else {
    for (std::size_t i = 0; i < frames.size(); ++i) {
      GstSample* sample = reader->frame(frames[i], options.stop);
      if (!place) continue;
      reader->pixels().take(gst_sample_get_caps(sample), gst_sample_get_buffer(sample), cut, place(i));
      done(i);
    }
  }
  // Decoders with threads of their own do not say which file a complaint is about, nor which picture: look again with one that
  // does, and let nobody read on from what this one has decoded ahead.
  if (threads > 1 && reader->suspects_damage()) return decode_to(1, frames, options, nullptr, nullptr);
  reader.give_back();
}

void VideoFile::prove(std::span<const std::int64_t> frames, const Stop& stop) const {
  const std::lock_guard lock(mutex_);
  if (!proved_) {
    proved_ = std::make_unique<const FrameTable>(scan_decoding(path_, stop));
    table_.store(proved_.get(), std::memory_order_release);
  }
  for (const auto frame : frames)
    if (frame >= proved_->count() || proved_->times[static_cast<std::size_t>(frame)] != believed_.times[static_cast<std::size_t>(frame)])
      throw Error("the container lists a picture at " + std::to_string(seconds(believed_.times[static_cast<std::size_t>(frame)])) +
                      " s that the decoder does not show",
                  "copy the file again, or make an mp4 of it");
}

std::string VideoFile::name_of(std::span<const std::int64_t> frames, const ReadOptions& options) const {
  const auto at = [&](std::int64_t frame) {
    return seconds(frame < table().count() ? table().times[static_cast<std::size_t>(frame)] : table().end);
  };
  return SourceName{options.name.empty() ? path_.string() : options.name, at(frames.front()), at(frames.back() + 1)}.text();
}

void VideoFile::must_have(std::span<const std::int64_t> frames, const ReadOptions& options) const {
  for (std::size_t i = 0; i < frames.size(); ++i)
    if (frames[i] < 0 || frames[i] >= table().count() || (i > 0 && frames[i] < frames[i - 1]))
      throw Error("frame " + std::to_string(frames[i]) + " was asked for; the video has " + std::to_string(table().count()) +
                      " frames, asked for in order",
                  "", options.name.empty() ? path_.string() : options.name);
  if (frames.empty() || options.box.width == 0) return;
  try {
    must_lie_in(options.box, table().width, table().height);
  } catch (const Error& error) {
    throw error.located(name_of(frames, options));
  }
}

void VideoFile::each_to(std::span<const std::int64_t> frames, const ReadOptions& options,
                        const std::function<std::uint8_t*(std::size_t)>& place, const std::function<void(std::size_t)>& done) const {
  if (frames.empty()) return;
  try {
    const int threads = std::max(1, options.threads);
    try {
      decode_to(threads, frames, options, place, done);
    } catch (const UntrueTable&) {
      prove(frames, options.stop);
      decode_to(threads, frames, options, place, done);
    }
  } catch (const Error& error) {
    throw Error(error.problem(), error.remedy(), name_of(frames, options));
  }
}

void VideoFile::each(std::span<const std::int64_t> frames, const ReadOptions& options,
                     const std::function<void(std::size_t, at::Tensor)>& use) const {
  must_have(frames, options);
  at::Tensor picture;
  const auto place = [&](std::size_t) {
    picture = at::empty(shape_of(options), at::kByte);
    return picture.mutable_data_ptr<std::uint8_t>();
  };
  each_to(frames, options, place, [&](std::size_t i) { use(i, std::move(picture)); });
}

at::Tensor VideoFile::read(std::span<const std::int64_t> frames, const ReadOptions& options) const {
  must_have(frames, options);
  const auto shape = shape_of(options);
  at::Tensor out = spare_tensor({static_cast<std::int64_t>(frames.size()), shape[0], shape[1], shape[2]}, at::kByte);
  auto* to = out.mutable_data_ptr<std::uint8_t>();
  const auto bytes = static_cast<std::size_t>(shape[0] * shape[1] * shape[2]);
  each_to(
      frames, options, [&](std::size_t i) { return to + i * bytes; }, nullptr);
  return out;
}

}  // namespace tivit::video
