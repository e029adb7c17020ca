#pragma once
// The bytes of a pickle, read as its opcodes' arguments.
#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <string>
#include <string_view>

namespace tivit::data {

/// What is wrong with a pickle; whoever reads it adds the place.
struct Malformed : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class PickleReader {
 public:
  explicit PickleReader(std::string_view bytes) : bytes_(bytes) {}
  std::size_t at() const { return at_; }

  std::string_view take(std::size_t count) {
    if (bytes_.size() - at_ < count) throw Malformed{"it ends too early"};
    at_ += count;
    return bytes_.substr(at_ - count, count);
  }
  std::uint64_t number(std::size_t width) {
    std::uint64_t value = 0;
    const auto raw = take(width);
    for (std::size_t i = width; i-- > 0;) value = value << 8 | static_cast<unsigned char>(raw[i]);
    return value;
  }
  /// Text whose length stands before it.
  std::string text(std::size_t width) { return std::string(take(number(width))); }
  std::string line() {
    const auto end = bytes_.find('\n', at_);
    if (end == std::string_view::npos) throw Malformed{"it ends too early"};
    std::string text(take(end - at_));
    take(1);
    return text;
  }
  std::int64_t long_integer(std::size_t width) {
    if (width > 8) throw Malformed{"it holds a number of more than 64 bits"};
    const auto raw = take(width);
    std::uint64_t value = width && (raw.back() & 0x80) ? ~std::uint64_t{0} : 0;
    for (std::size_t i = width; i-- > 0;) value = value << 8 | static_cast<unsigned char>(raw[i]);
    return static_cast<std::int64_t>(value);
  }
  double big_endian_double() {
    std::uint64_t bits = 0;
    for (const unsigned char c : take(8)) bits = bits << 8 | c;
    double value;
    std::memcpy(&value, &bits, 8);
    return value;
  }

 private:
  std::string_view bytes_;
  std::size_t at_ = 0;
};

}  // namespace tivit::data
