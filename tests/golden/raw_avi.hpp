#pragma once
// A video that keeps every bit of its pictures: uncompressed AVI.
#include <ATen/core/Tensor.h>
#include <ATen/TensorOperators.h>

#include <cstdint>
#include <string>

namespace tivit::tests {

inline std::string little(std::uint32_t value, int bytes = 4) {
  std::string out;
  for (int i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i));
  return out;
}
inline std::string numbers32(std::initializer_list<std::uint32_t> values) {
  std::string out;
  for (const auto value : values) out += little(value);
  return out;
}
inline std::string chunk(const std::string& name, const std::string& data) {
  return name + little(static_cast<std::uint32_t>(data.size())) + data + std::string(data.size() % 2, '\0');
}

/// `count` frames of one picture u8[H,W,3], 10 a second.
inline std::string raw_avi(const at::Tensor& picture, std::uint32_t count) {
  const auto height = static_cast<std::uint32_t>(picture.size(0)), width = static_cast<std::uint32_t>(picture.size(1));
  const at::Tensor bgr = picture.flip({0, 2}).contiguous();  // rows from the bottom up, blue first
  std::string frame;
  for (std::uint32_t y = 0; y < height; ++y) {
    frame.append(reinterpret_cast<const char*>(bgr.const_data_ptr<std::uint8_t>()) + std::size_t{3} * width * y, std::size_t{3} * width);
    frame.append((4 - 3 * width % 4) % 4, '\0');
  }
  const auto size = static_cast<std::uint32_t>(frame.size()), fps = 10U;
  const std::string main = numbers32({1000000 / fps, size * fps, 0, 0x10, count, 0, 1, size, width, height, 0, 0, 0, 0});
  const std::string stream = "vidsDIB " + numbers32({0, 0, 0, 1, fps, 0, count, size, 0xFFFFFFFF, 0}) + little(0, 2) + little(0, 2) +
                             little(width, 2) + little(height, 2);
  const std::string format = numbers32({40, width, height}) + little(1, 2) + little(24, 2) + numbers32({0, size, 0, 0, 0, 0});
  std::string frames = "movi", index;
  for (std::uint32_t i = 0; i < count; ++i) {
    index += "00db" + numbers32({0x10, static_cast<std::uint32_t>(frames.size()), size});
    frames += chunk("00db", frame);
  }
  const std::string streams = chunk("LIST", "strl" + chunk("strh", stream) + chunk("strf", format));
  return chunk("RIFF", "AVI " + chunk("LIST", "hdrl" + chunk("avih", main) + streams) + chunk("LIST", frames) + chunk("idx1", index));
}

}  // namespace tivit::tests
