#pragma once
// Everything a cached tensor depends on, spelled out. What is not in the key is not allowed to matter.
#include <array>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <string>
#include <utility>

#include <stages/data/clip.hpp>
#include <tivit/content_hash.hpp>

namespace tivit::video {

class CacheKey {
 public:
  /// `what` and `version` of the code that makes the values; raise the version when that code changes what it makes.
  CacheKey(const std::string& what, int version) : text_(what + " " + std::to_string(version)) {}
  /// The file's content, wherever it lies and whatever its name.
  CacheKey& file(const std::filesystem::path& path) { return add("file", content_hash(path)); }
  CacheKey& add(const std::string& name, const std::string& value) {
    text_ += "\n" + name + "=" + std::to_string(value.size()) + ":" + value;
    return *this;
  }
  CacheKey& add(const std::string& name, std::int64_t value) { return add(name, std::to_string(value)); }
  CacheKey& add(const std::string& name, int value) { return add(name, std::to_string(value)); }
  CacheKey& add(const std::string& name, double value) {
    std::array<char, 32> digits;
    std::snprintf(digits.data(), digits.size(), "%.17g", value);
    return add(name, std::string(digits.data()));
  }
  CacheKey& add(const std::string& name, const data::FrameTimes& times) {
    return add(name + ".rate", times.rate).add(name + ".from_fps", times.from_fps).add(name + ".offset_s", times.offset_s);
  }
  const std::string& text() const { return text_; }
  std::string hash() const { return hash_of(text_); }

 private:
  std::string text_;
};

}  // namespace tivit::video
