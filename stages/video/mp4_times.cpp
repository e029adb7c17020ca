#include <stages/video/mp4_times.hpp>

#include <stages/video/mp4_boxes.hpp>
#include <tivit/error.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <fstream>
#include <span>
#include <string_view>

namespace tivit::video {
namespace {

constexpr std::array<std::string_view, 5> containers = {"moov", "trak", "mdia", "edts", "udta"};
constexpr std::array<std::string_view, 3> dated = {"mvhd", "tkhd", "mdhd"};

bool is_one_of(std::string_view name, std::span<const std::string_view> names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

void zero(std::fstream& file, std::uint64_t begin, std::uint64_t end) {
  each_box(file, begin, end, [&](const Mp4Box& box) {
    if (is_one_of(box.name, containers)) {
      zero(file, box.begin, box.end);
    } else if (is_one_of(box.name, dated)) {
      // version (1 byte), flags (3), then two times of 4 or, in version 1, 8 bytes.
      file.seekg(static_cast<std::streamoff>(box.begin));
      const int bytes = file.get() == 1 ? 16 : 8;
      constexpr char zeros[16] = {};
      file.seekp(static_cast<std::streamoff>(box.begin + 4));
      file.write(zeros, bytes);
    }
  });
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
