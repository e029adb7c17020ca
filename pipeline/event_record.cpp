#include <tivit/event_record.hpp>

#include <bit>
#include <boost/crc.hpp>

namespace tivit {
namespace {

std::string fixed(std::uint64_t value, int bytes) {
  std::string out;
  for (int i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i));
  return out;
}

std::string varint(std::uint64_t value) {
  std::string out;
  for (; value >= 0x80; value >>= 7) out += static_cast<char>(value | 0x80);
  return out += static_cast<char>(value);
}

// The wire types of protocol buffers: a field's number and type, then its content.
std::string key(int field, int type) { return varint(static_cast<std::uint64_t>(field) << 3 | static_cast<std::uint64_t>(type)); }
std::string number(int field, std::uint64_t value) { return key(field, 0) + varint(value); }
std::string real(int field, double value) { return key(field, 1) + fixed(std::bit_cast<std::uint64_t>(value), 8); }
std::string single(int field, float value) { return key(field, 5) + fixed(std::bit_cast<std::uint32_t>(value), 4); }
std::string bytes(int field, std::string_view value) { return key(field, 2) + varint(value.size()) + std::string(value); }

/// CRC-32C, rotated and moved as the framing wants it.
std::string checksum(std::string_view text) {
  boost::crc_optimal<32, 0x1EDC6F41, 0xFFFFFFFF, 0xFFFFFFFF, true, true> crc;
  crc.process_bytes(text.data(), text.size());
  return fixed(std::rotr(static_cast<std::uint32_t>(crc.checksum()), 15) + 0xA282EAD8U, 4);
}

std::string framed(const std::string& event) {
  const std::string length = fixed(event.size(), 8);
  return length + checksum(length) + event + checksum(event);
}

}  // namespace

std::string version_record(double wall_s) { return framed(real(1, wall_s) + bytes(3, "brain.Event:2")); }

std::string scalars_record(double wall_s, std::int64_t step, std::string_view group, const RunContext::Values& values) {
  std::string summary;
  for (const auto& [name, value] : values)
    summary += bytes(1, bytes(1, std::string(group) + "/" + name) + single(2, static_cast<float>(value)));
  return framed(real(1, wall_s) + number(2, static_cast<std::uint64_t>(step)) + bytes(5, summary));
}

}  // namespace tivit
