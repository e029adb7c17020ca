#pragma once
// Names for bytes: what a cache entry depends on and a run has read, in 128 bits.
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

struct XXH3_state_s;

namespace tivit {

/// XXH3 of 128 bits, fed in pieces. Tells bytes apart; no protection against an attacker.
class Hash128 {
 public:
  Hash128();
  void add(std::string_view bytes);
  /// 32 hexadecimal digits of everything added so far.
  std::string hex() const;

 private:
  struct Free {
    void operator()(XXH3_state_s* state) const;
  };
  std::unique_ptr<XXH3_state_s, Free> state_;
};

std::string hash_of(std::string_view bytes);
/// 64 bits of XXH3: as good as reading memory, so that what lies on a disk can be checked whenever it is read.
std::uint64_t quick_hash(const void* bytes, std::size_t size);

/// The hash of a file's whole content. Read once in a process; again only when another file stands there, or its size or time changes.
/// Throws Error naming a file that cannot be read.
std::string content_hash(const std::filesystem::path& file);

}  // namespace tivit
