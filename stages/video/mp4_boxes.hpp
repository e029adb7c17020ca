#pragma once
// The boxes that an MP4 or QuickTime file is made of.
#include <cstdint>
#include <filesystem>
#include <functional>
#include <istream>
#include <string>

namespace tivit::video {

struct Mp4Box {
  std::string name;                  ///< its four letters
  std::uint64_t begin = 0, end = 0;  ///< of what it holds, in bytes of the file
  std::uint64_t size() const { return end - begin; }
};

std::uint64_t big_endian(const unsigned char* bytes, int count);

/// Calls `found` with each box in [begin, end) of the file, one after the other; ends quietly at what is no box.
void each_box(std::istream& file, std::uint64_t begin, std::uint64_t end, const std::function<void(const Mp4Box&)>& found);

}  // namespace tivit::video
