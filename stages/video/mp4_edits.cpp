#include <stages/video/mp4_edits.hpp>

#include <gst/gst.h>

#include <algorithm>
#include <stages/video/container.hpp>
#include <stages/video/mp4_movie.hpp>
#include <string>
#include <tivit/error.hpp>
#include <vector>

namespace tivit::video {

namespace fs = std::filesystem;

namespace {

[[noreturn]] void refuse(const fs::path& path, const std::string& what) {
  const auto name = path.filename().string(), made = path.stem().string() + "_seen.mp4";
  throw Error("its edit list shows " + what + ", which is not followed",
              "make a film of what players show: ffmpeg -i \"" + name + "\" -c:v libx264 -crf 16 -c:a aac \"" + made + "\"", path.string());
}

Nanoseconds in_ns(std::uint64_t units, std::uint64_t scale) {
  constexpr guint64 for_ever = guint64{1} << 61;  // what files say may be anything
  return static_cast<Nanoseconds>(std::min(for_ever, gst_util_uint64_scale_round(units, GST_SECOND, scale)));
}
/// How long its samples are, in the movie's units, rounded up.
std::uint64_t length_in(const Mp4Clock& movie, const Mp4Track& track) {
  return track.media.scale ? gst_util_uint64_scale_ceil(track.length, movie.scale, track.media.scale) : 0;
}
void put(std::string& bytes, std::uint64_t value, int count) {
  for (int shift = 8 * (count - 1); shift >= 0; shift -= 8) bytes += static_cast<char>(value >> shift & 0xff);
}

/// Sets begin and end.
void read(const fs::path& path, const std::vector<Edit>& edits, const Mp4Clock& movie, const Mp4Clock& media, EditList& list) {
  bool seen = false, pause = false;
  for (const auto& edit : edits) {
    // Times when nothing is shown come first as a rule: they only say when the film begins.
    if (edit.media_time < 0) {
      pause = seen;
      continue;
    }
    // There are programs that write 0 or 1 for the usual speed.
    if (edit.rate > 1 && edit.rate != 0x10000) refuse(path, "a part of the recording at another speed");
    const auto begin = in_ns(static_cast<std::uint64_t>(edit.media_time), media.scale);
    const bool goes_on = seen && !pause && std::abs(begin - list.end) <= in_ns(1, movie.scale);
    if (seen && !goes_on) refuse(path, pause ? "parts of the recording with a pause between them" : "several parts of the recording");
    if (!seen) list.begin = begin;
    if (edit.duration) list.end = begin + in_ns(edit.duration, movie.scale);
    seen = true;
  }
}

}  // namespace

EditList edits_of(const fs::path& path) {
  EditList list;
  if (known_demuxer(path) != "qtdemux") return list;
  const auto movie = movie_of(path);
  const auto track = std::find_if(movie.tracks.begin(), movie.tracks.end(), [](const Mp4Track& one) { return one.video && one.samples; });
  if (movie.fragmented || track == movie.tracks.end() || !track->media.scale || !track->length || !movie.clock.scale) return list;
  list.shown.open_ended = true;
  if (!track->list) return list;
  read(path, track->list->edits, movie.clock, track->media, list);

  std::uint64_t longest = 0;
  for (const auto& one : movie.tracks) {
    // Time codes and chapters may say what they like.
    if (one.video || one.sound) longest = std::max(longest, length_in(movie.clock, one));
    if (!one.list || one.list->edits.empty()) continue;
    std::string whole;
    put(whole, 1, 4), put(whole, length_in(movie.clock, one), one.list->bytes), put(whole, 0, one.list->bytes), put(whole, 0x10000, 4);
    list.shown.pieces.push_back({one.list->place, whole});
  }
  list.shown.pieces.push_back({movie.clock.place, {}});
  put(list.shown.pieces.back().values, longest, movie.clock.bytes);
  return list;
}

}  // namespace tivit::video
