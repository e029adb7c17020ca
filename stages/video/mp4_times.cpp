#include <stages/video/mp4_times.hpp>

#include <tivit/error.hpp>

#include <array>
#include <cstdint>
#include <fstream>
#include <string_view>

namespace tivit::video {
namespace {

constexpr std::array<std::string_view, 5> containers = {"moov", "trak", "mdia", "edts", "udta"};
constexpr std::array<std::string_view, 3> dated = {"mvhd", "tkhd", "mdhd"};

template <std::size_t N>
bool is_one_of(std::string_view name, const std::array<std::string_view, N>& names) {
  for (const auto& other : names)
    if (other == name) return true;
  return false;
}

std::uint64_t big_endian(const unsigned char* bytes, int count) {
  std::uint64_t value = 0;
  for (int i = 0; i < count; ++i) value = value << 8 | bytes[i];
  return value;
}

void zero(std::fstream& file, std::uint64_t begin, std::uint64_t end) {
  while (begin + 8 <= end) {
    unsigned char head[16];
    file.seekg(static_cast<std::streamoff>(begin));
    if (!file.read(reinterpret_cast<char*>(head), 8)) return;
    std::uint64_t size = big_endian(head, 4), header = 8;
    const std::string_view name(reinterpret_cast<char*>(head) + 4, 4);
    if (size == 1 && file.read(reinterpret_cast<char*>(head) + 8, 8)) size = big_endian(head + 8, 8), header = 16;
    if (size == 0) size = end - begin;
    if (size < header) return;
    if (is_one_of(name, containers)) {
      zero(file, begin + header, begin + size);
    } else if (is_one_of(name, dated)) {
      // version (1 byte), flags (3), then two times of 4 or, in version 1, 8 bytes.
      file.seekg(static_cast<std::streamoff>(begin + header));
      const int bytes = file.get() == 1 ? 16 : 8;
      constexpr char zeros[16] = {};
      file.seekp(static_cast<std::streamoff>(begin + header + 4));
      file.write(zeros, bytes);
    }
    begin += size;
  }
}

}  // namespace

void zero_creation_times(const std::filesystem::path& path) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  if (!file) throw Error("cannot be opened again to clear its creation time", "", path.string());
  zero(file, 0, std::filesystem::file_size(path));
  file.flush();
  if (!file) throw Error("its creation time cannot be cleared", "is the disk full?", path.string());
}

}  // namespace tivit::video
