#include <stages/video/matroska_roll.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <fstream>
#include <optional>
#include <system_error>

namespace tivit::video {
namespace {

constexpr std::uint64_t segment = 0x18538067, cluster = 0x1f43b675, tracks = 0x1654ae6b, entry = 0xae, type = 0x83, picture = 0xe0,
                        projection = 0x7670, roll = 0x7675;
/// Each in the one before it.
constexpr std::array<std::uint64_t, 5> way = {segment, tracks, entry, picture, projection};

/// What is looked for in one track.
struct Track {
  bool video = false;
  double roll = 0;  ///< degrees, against the clock
};

class Reader {
 public:
  explicit Reader(const std::filesystem::path& path) : file_(path, std::ios::binary) {
    std::error_code unknown;
    size_ = std::filesystem::file_size(path, unknown);
    if (unknown) size_ = 0;
  }
  double roll_of_first_video() {
    read(0, size_, 0);
    return found_.value_or(0);
  }

 private:
  /// A number of 1 to 8 bytes, whose first says how many; `mark`: with the bit that says so.
  std::optional<std::uint64_t> number(std::uint64_t& at, bool mark) {
    const auto first = bytes(at, 1);
    const int length = first ? std::countl_zero(static_cast<std::uint8_t>(first)) + 1 : 9;
    if (length > 8 || at + static_cast<std::uint64_t>(length) > size_) return std::nullopt;
    auto value = bytes(at, length);
    at += static_cast<std::uint64_t>(length);
    const auto bits = (std::uint64_t{1} << (7 * length)) - 1;
    return mark ? value : (value & bits) == bits ? ~std::uint64_t{0} : value & bits;
  }
  std::uint64_t bytes(std::uint64_t at, int count) {
    unsigned char read[8] = {};
    file_.clear();
    file_.seekg(static_cast<std::streamoff>(at));
    file_.read(reinterpret_cast<char*>(read), count);
    std::uint64_t value = 0;
    for (int i = 0; i < count; ++i) value = value << 8 | read[i];
    return value;
  }
  /// Elements in [at, end), until the first video is found, or pictures begin: tracks come before them.
  void read(std::uint64_t at, std::uint64_t end, std::size_t depth) {
    while (at < end && !found_ && !over_) {
      const auto id = number(at, true), size = id ? number(at, false) : std::nullopt;
      if (!size) return;
      const auto stop = *size > end - at ? end : at + *size;
      if (*id == cluster) over_ = true;
      if (*id == type) track_.video = bytes(at, static_cast<int>(std::min<std::uint64_t>(stop - at, 8))) == 1;
      if (*id == roll && stop - at == 4) track_.roll = std::bit_cast<float>(static_cast<std::uint32_t>(bytes(at, 4)));
      if (*id == roll && stop - at == 8) track_.roll = std::bit_cast<double>(bytes(at, 8));
      if (*id == entry) track_ = {};
      if (depth < way.size() && *id == way[depth]) read(at, stop, depth + 1);
      if (*id == entry && track_.video) found_ = track_.roll;
      at = stop;
    }
  }

  std::ifstream file_;
  std::uint64_t size_ = 0;
  Track track_;
  std::optional<double> found_;
  bool over_ = false;
};

}  // namespace

std::string matroska_orientation(const std::filesystem::path& file) {
  const double degrees = Reader(file).roll_of_first_video();
  if (!std::isfinite(degrees)) return "";
  const auto quarters = std::lround(-std::fmod(degrees, 360.0) / 90) & 3;
  return quarters ? "rotate-" + std::to_string(90 * quarters) : "";
}

}  // namespace tivit::video
