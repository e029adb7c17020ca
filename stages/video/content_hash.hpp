#pragma once
// Names for bytes: what a cache entry depends on, in 128 bits.
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace tivit::video {

/// MurmurHash3 (x64, 128 bits), fed in pieces. Tells bytes apart; no protection against an attacker.
class Hash128 {
 public:
  void add(std::string_view bytes);
  /// 32 hexadecimal digits of everything added so far.
  std::string hex() const;

 private:
  void block(const unsigned char* bytes);
  std::uint64_t a_ = 0, b_ = 0, length_ = 0;
  unsigned char rest_[16] = {};
  std::size_t held_ = 0;
};

std::string hash_of(std::string_view bytes);

/// The hash of a file's whole content. Read once in a process; again only when its size or time changes.
/// Throws Error naming a file that cannot be read.
std::string content_hash(const std::filesystem::path& file);

}  // namespace tivit::video
