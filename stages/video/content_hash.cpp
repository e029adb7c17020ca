#include <stages/video/content_hash.hpp>

#include <tivit/error.hpp>

#include <cstring>
#include <fstream>
#include <map>
#include <mutex>
#include <vector>

namespace tivit::video {
namespace {

constexpr std::uint64_t c1 = 0x87c37b91114253d5u, c2 = 0x4cf5ad432745937fu;

std::uint64_t rotate(std::uint64_t x, int bits) { return x << bits | x >> (64 - bits); }
std::uint64_t finish(std::uint64_t x) {
  x = (x ^ x >> 33) * 0xff51afd7ed558ccdu;
  x = (x ^ x >> 33) * 0xc4ceb9fe1a85ec53u;
  return x ^ x >> 33;
}

}  // namespace

void Hash128::block(const unsigned char* bytes) {
  std::uint64_t k1, k2;
  std::memcpy(&k1, bytes, 8);
  std::memcpy(&k2, bytes + 8, 8);
  a_ ^= rotate(k1 * c1, 31) * c2;
  a_ = (rotate(a_, 27) + b_) * 5 + 0x52dce729;
  b_ ^= rotate(k2 * c2, 33) * c1;
  b_ = (rotate(b_, 31) + a_) * 5 + 0x38495ab5;
}

void Hash128::add(std::string_view bytes) {
  length_ += bytes.size();
  while (!bytes.empty()) {
    if (held_ == 0 && bytes.size() >= 16) {
      block(reinterpret_cast<const unsigned char*>(bytes.data()));
      bytes.remove_prefix(16);
      continue;
    }
    rest_[held_++] = static_cast<unsigned char>(bytes.front());
    bytes.remove_prefix(1);
    if (held_ == 16) block(rest_), held_ = 0;
  }
}

std::string Hash128::hex() const {
  std::uint64_t a = a_, b = b_, k1 = 0, k2 = 0;
  for (std::size_t i = 0; i < held_; ++i) (i < 8 ? k1 : k2) |= std::uint64_t{rest_[i]} << (i % 8 * 8);
  b ^= rotate(k2 * c2, 33) * c1;
  a ^= rotate(k1 * c1, 31) * c2;
  a ^= length_, b ^= length_;
  a += b, b += a;
  a = finish(a), b = finish(b);
  a += b, b += a;
  char text[33];
  std::snprintf(text, sizeof text, "%016llx%016llx", static_cast<unsigned long long>(a), static_cast<unsigned long long>(b));
  return text;
}

std::string hash_of(std::string_view bytes) {
  Hash128 hash;
  hash.add(bytes);
  return hash.hex();
}

std::string content_hash(const std::filesystem::path& file) {
  struct Known {
    std::uintmax_t size;
    std::filesystem::file_time_type time;
    std::string hash;
  };
  static std::mutex mutex;
  static std::map<std::string, Known> known;

  std::error_code failed;
  const auto size = std::filesystem::file_size(file, failed);
  const auto time = failed ? std::filesystem::file_time_type{} : std::filesystem::last_write_time(file, failed);
  if (failed) throw Error("cannot be read: " + failed.message(), "check the path", file.string());
  {
    std::lock_guard lock(mutex);
    const auto found = known.find(file.string());
    if (found != known.end() && found->second.size == size && found->second.time == time) return found->second.hash;
  }
  std::ifstream stream(file, std::ios::binary);
  std::vector<char> buffer(1 << 20);
  Hash128 hash;
  while (stream.read(buffer.data(), static_cast<std::streamsize>(buffer.size())) || stream.gcount())
    hash.add({buffer.data(), static_cast<std::size_t>(stream.gcount())});
  if (stream.bad() || !stream.eof()) throw Error("cannot be read", "check its permissions", file.string());
  std::lock_guard lock(mutex);
  return (known[file.string()] = {size, time, hash.hex()}).hash;
}

}  // namespace tivit::video
