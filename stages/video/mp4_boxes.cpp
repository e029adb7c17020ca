#include <stages/video/mp4_boxes.hpp>

namespace tivit::video {

std::uint64_t big_endian(const unsigned char* bytes, int count) {
  std::uint64_t value = 0;
  for (int i = 0; i < count; ++i) value = value << 8 | bytes[i];
  return value;
}

void each_box(std::istream& file, std::uint64_t begin, std::uint64_t end, const std::function<void(const Mp4Box&)>& found) {
  while (begin + 8 <= end) {
    unsigned char head[16];
    file.seekg(static_cast<std::streamoff>(begin));
    if (!file.read(reinterpret_cast<char*>(head), 8)) return;
    std::uint64_t size = big_endian(head, 4), header = 8;
    const std::string name(reinterpret_cast<char*>(head) + 4, 4);
    if (size == 1 && file.read(reinterpret_cast<char*>(head) + 8, 8)) size = big_endian(head + 8, 8), header = 16;
    if (size == 0 || size > end - begin) size = end - begin;
    if (size < header) return;
    found({name, begin + header, begin + size});
    begin += size;
  }
}

}  // namespace tivit::video
