#include <stages/video/mp4_movie.hpp>

#include <algorithm>
#include <fstream>
#include <string_view>
#include <system_error>

namespace tivit::video {
namespace {

std::uint64_t number(std::istream& file, std::uint64_t place, int bytes) {
  unsigned char read[8] = {};
  file.seekg(static_cast<std::streamoff>(place));
  return file.read(reinterpret_cast<char*>(read), bytes) ? big_endian(read, bytes) : 0;
}

/// Every box here begins with its version (1 byte) and flags (3); durations and dates have 8 bytes in version 1.
int width_of(std::istream& file, const Mp4Box& box) { return number(file, box.begin, 1) == 1 ? 8 : 4; }

/// Of "mvhd" and "mdhd": two dates, units a second (4 bytes), duration.
Mp4Clock clock_of(std::istream& file, const Mp4Box& box) {
  Mp4Clock clock;
  clock.bytes = width_of(file, box);
  const auto scale = box.begin + 4 + 2 * static_cast<std::uint64_t>(clock.bytes);
  clock.place = scale + 4;
  clock.scale = number(file, scale, 4), clock.duration = number(file, clock.place, clock.bytes);
  return clock;
}

/// Of "stts": how many samples of which duration, again and again.
std::uint64_t length_of(std::istream& file, const Mp4Box& box) {
  constexpr std::uint64_t most = 64u << 20, entry = 8;
  const auto count =
      std::min(number(file, box.begin + 4, 4), (std::min(box.size(), most) - std::min<std::uint64_t>(box.size(), 8)) / entry);
  std::vector<unsigned char> entries(count * entry);
  file.seekg(static_cast<std::streamoff>(box.begin + 8));
  if (!file.read(reinterpret_cast<char*>(entries.data()), static_cast<std::streamsize>(entries.size()))) return 0;
  std::uint64_t length = 0;
  for (std::uint64_t i = 0; i < count; ++i) length += big_endian(&entries[i * entry], 4) * big_endian(&entries[i * entry + 4], 4);
  return length;
}

EditBox edits_of(std::istream& file, const Mp4Box& box) {
  EditBox list{box.begin + 4, width_of(file, box), {}};
  const auto bytes = static_cast<std::uint64_t>(list.bytes), length = 2 * bytes + 4;
  const auto count = box.size() < 8 ? 0 : std::min(number(file, list.place, 4), (box.size() - 8) / length);
  for (auto at = list.place + 4; list.edits.size() < count; at += length) {
    const auto time = number(file, at + bytes, list.bytes);
    list.edits.push_back({number(file, at, list.bytes), bytes == 4 ? static_cast<std::int32_t>(time) : static_cast<std::int64_t>(time),
                          number(file, at + 2 * bytes, 4)});
  }
  return list;
}

void read_track(std::istream& file, const Mp4Box& in, Mp4Track& track, int depth = 0) {
  constexpr int deepest = 3;  // "stbl" in "minf" in "mdia"
  each_box(file, in.begin, in.end, [&](const Mp4Box& box) {
    for (const std::string_view inside : {"mdia", "minf", "stbl", "edts"})
      if (box.name == inside && depth < deepest) return read_track(file, box, track, depth + 1);
    if (box.name == "mdhd") track.media = clock_of(file, box);
    if (box.name == "hdlr") {
      const auto kind = number(file, box.begin + 8, 4);
      track.video |= kind == 0x76696465, track.sound |= kind == 0x736f756e;  // "vide", "soun"; QuickTime has a second one, of its data
    }
    if (box.name == "stsz" || box.name == "stz2") track.samples = number(file, box.begin + 8, 4);
    if (box.name == "stts") track.length = length_of(file, box);
    if (box.name == "elst") track.list = edits_of(file, box);
  });
}

}  // namespace

Mp4Movie movie_of(const std::filesystem::path& path) {
  Mp4Movie movie;
  std::ifstream file(path, std::ios::binary);
  std::error_code unknown;
  const auto size = std::filesystem::file_size(path, unknown);
  if (!file || unknown) return movie;
  each_box(file, 0, size, [&](const Mp4Box& top) {
    if (top.name != "moov" || !movie.tracks.empty()) return;
    each_box(file, top.begin, top.end, [&](const Mp4Box& box) {
      if (box.name == "mvhd") movie.clock = clock_of(file, box);
      if (box.name == "mvex") movie.fragmented = true;
      if (box.name == "trak") read_track(file, box, movie.tracks.emplace_back());
    });
  });
  return movie;
}

}  // namespace tivit::video
