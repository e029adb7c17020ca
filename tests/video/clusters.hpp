#pragma once
// Matroska files divided as libav divides small ones: a cluster ends where it is long enough, wherever key pictures lie.
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tivit::tests {

class Reclustered {
 public:
  /// The bytes of a Matroska file with one track and times in milliseconds, in clusters of so many blocks.
  Reclustered(std::string_view file, std::size_t blocks) {
    each(file, [&](std::uint32_t id, std::string_view whole, std::string_view body) {
      if (id != segment)
        head_ += whole;
      else
        each(body, [&](std::uint32_t part, std::string_view bytes, std::string_view inside) { take(part, bytes, inside); });
    });
    std::vector<std::string> clusters;
    std::vector<std::size_t> cluster_of;
    for (std::size_t i = 0; i < blocks_.size(); i += blocks) {
      std::int64_t first = blocks_[i].time;
      const std::size_t end = std::min(i + blocks, blocks_.size());
      for (std::size_t j = i; j < end; ++j) first = std::min(first, blocks_[j].time);
      std::string inside = element(0xe7, number(first));
      for (std::size_t j = i; j < end; ++j) {
        const auto at = static_cast<std::uint16_t>(blocks_[j].time - first);
        std::string block{'\x81', static_cast<char>(at >> 8), static_cast<char>(at & 0xff), static_cast<char>(blocks_[j].key ? 0x80 : 0)};
        inside += element(0xa3, block + blocks_[j].data);
        cluster_of.push_back(clusters.size());
      }
      clusters.push_back(element(cluster, inside));
    }
    // Every number has eight bytes, so the index is as long whatever it says.
    std::vector<std::uint64_t> places(clusters.size(), 0);
    places[0] = about_.size() + cues(places, cluster_of).size();
    for (std::size_t i = 1; i < places.size(); ++i) places[i] = places[i - 1] + clusters[i - 1].size();
    std::string body = about_ + cues(places, cluster_of);
    for (const auto& one : clusters) body += one;
    bytes = head_ + element(segment, body);
  }
  std::string bytes;

 private:
  static constexpr std::uint32_t segment = 0x18538067, cluster = 0x1f43b675, info = 0x1549a966, tracks = 0x1654ae6b;
  struct Block {
    std::int64_t time;
    bool key;
    std::string data;
  };

  static std::uint64_t big_endian(std::string_view bytes) {
    std::uint64_t value = 0;
    for (const unsigned char byte : bytes) value = value << 8 | byte;
    return value;
  }
  static std::size_t length_of(char first) {
    std::size_t length = 1;
    for (unsigned char mark = 0x80; length < 8 && !(static_cast<unsigned char>(first) & mark); mark >>= 1) ++length;
    return length;
  }
  template <class Call>
  static void each(std::string_view bytes, const Call& call) {
    for (std::size_t at = 0; at < bytes.size();) {
      const std::size_t id = length_of(bytes[at]), size = length_of(bytes[at + id]);
      std::uint64_t length = big_endian(bytes.substr(at + id, size)) & ((std::uint64_t{1} << (7 * size)) - 1);
      const std::size_t begin = at + id + size;
      length = std::min<std::uint64_t>(length, bytes.size() - begin);  // all ones: to the end
      call(static_cast<std::uint32_t>(big_endian(bytes.substr(at, id))), bytes.substr(at, begin + length - at),
           bytes.substr(begin, length));
      at = begin + length;
    }
  }
  void take(std::uint32_t part, std::string_view whole, std::string_view inside) {
    if (part == info || part == tracks) about_ += whole;
    if (part != cluster) return;
    std::int64_t begin = 0;
    const auto add = [&](std::string_view block, bool key) {
      const auto offset = static_cast<std::int16_t>(big_endian(block.substr(1, 2)));
      blocks_.push_back({begin + offset, key, std::string(block.substr(4))});
    };
    each(inside, [&](std::uint32_t id, std::string_view, std::string_view value) {
      if (id == 0xe7) begin = static_cast<std::int64_t>(big_endian(value));
      if (id == 0xa3) add(value, value[3] & 0x80);
      if (id != 0xa0) return;
      bool leans = false;
      each(value, [&](std::uint32_t inner, std::string_view, std::string_view) { leans = leans || inner == 0xfb; });
      each(value, [&](std::uint32_t inner, std::string_view, std::string_view block) { inner == 0xa1 ? add(block, !leans) : void(); });
    });
  }
  static std::string number(std::uint64_t value) {
    std::string text;
    for (int shift = 56; shift >= 0; shift -= 8) text += static_cast<char>(value >> shift & 0xff);
    return text;
  }
  static std::string element(std::uint32_t id, const std::string& body) {
    std::string text;
    for (int shift = 24; shift >= 0; shift -= 8)
      if (id >> shift) text += static_cast<char>(id >> shift & 0xff);
    return text + number(body.size() | std::uint64_t{1} << 56) + body;
  }
  std::string cues(const std::vector<std::uint64_t>& places, const std::vector<std::size_t>& cluster_of) const {
    std::string points;
    for (std::size_t i = 0; i < blocks_.size(); ++i)
      if (blocks_[i].key)
        points += element(0xbb, element(0xb3, number(static_cast<std::uint64_t>(blocks_[i].time))) +
                                    element(0xb7, element(0xf7, number(1)) + element(0xf1, number(places[cluster_of[i]]))));
    return element(0x1c53bb6b, points);
  }

  std::string head_, about_;
  std::vector<Block> blocks_;
};

}  // namespace tivit::tests
