#pragma once
// MP4 and QuickTime files with other boxes in their heads. Muxers write the head last: pictures stay where they are.
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace tivit::tests {

inline std::string big_endian(std::uint64_t value, int bytes = 4) {
  std::string text;
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) text += static_cast<char>(value >> shift & 0xff);
  return text;
}
inline std::uint32_t number_at(std::string_view bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
  return value;
}

/// What `change` makes of each box of the head, by its name and what it holds; nothing: the box is left out.
using BoxChange = std::function<std::optional<std::string>(const std::string& name, const std::string& body)>;

inline std::string with_boxes(std::string_view bytes, const BoxChange& change) {
  std::string out;
  for (std::size_t at = 0; at + 8 <= bytes.size();) {
    std::size_t size = number_at(bytes, at), header = 8;
    const std::string name(bytes.substr(at + 4, 4));
    if (size == 1) size = number_at(bytes, at + 12), header = 16;
    if (name == "mdat") {
      out += bytes.substr(at, size);
    } else {
      std::string body(bytes.substr(at + header, size - header));
      for (const char* inside : {"moov", "trak", "edts"})
        if (name == inside) body = with_boxes(body, change);
      if (const auto changed = change(name, body)) out += big_endian(changed->size() + 8) + name + *changed;
    }
    at += size;
  }
  return out;
}

/// A line of an edit list, in units of its track; a time of -1: nothing is shown.
struct EditLine {
  std::uint64_t duration;
  std::int64_t time;
  double rate = 1;
};

/// The file with these edits, and as long as they are; without any edit list when there are none.
inline std::string with_edits(std::string_view bytes, std::initializer_list<EditLine> edits) {
  std::uint32_t movie = 0, media = 0;
  with_boxes(bytes, [&](const std::string& name, const std::string& body) -> std::optional<std::string> {
    if (name == "mvhd") movie = number_at(body, 12);
    if (name == "trak") media = number_at(body, body.find("mdhd") + 16);
    return body;
  });
  std::string list = big_endian(0) + big_endian(edits.size());
  std::uint64_t all = 0;
  for (const auto& edit : edits) {
    const auto duration = edit.duration * movie / media;
    all += duration;
    list += big_endian(duration) + big_endian(static_cast<std::uint32_t>(edit.time)) +
            big_endian(static_cast<std::uint32_t>(edit.rate * 65536));
  }
  const std::string edts = big_endian(list.size() + 16) + "edts" + big_endian(list.size() + 8) + "elst" + list;
  return with_boxes(bytes, [&](const std::string& name, const std::string& body) -> std::optional<std::string> {
    if (name == "edts") return std::nullopt;
    auto changed = body;
    if (edits.size() && name == "trak") changed += edts;
    if (edits.size() && name == "mvhd") changed.replace(16, 4, big_endian(all));
    if (edits.size() && name == "tkhd") changed.replace(20, 4, big_endian(all));
    return changed;
  });
}

/// Units a second of the file's only track.
inline std::int64_t units_of(std::string_view bytes) { return number_at(bytes, bytes.find("mdhd") + 16); }

}  // namespace tivit::tests
