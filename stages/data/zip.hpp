#pragma once
// Zip containers as .npz and .pt files use them: entries by name, read whole.
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

struct zip;

namespace tivit::data {

class ZipReader {
 public:
  /// Throws Error when the file is missing, truncated or no zip, or two entries have one name.
  explicit ZipReader(std::filesystem::path path);
  const std::vector<std::string>& names() const { return names_; }
  bool has(std::string_view name) const { return places_.contains(name); }
  /// Size of an entry once inflated; checked against what its compressed bytes can hold.
  std::uint64_t size(std::string_view name) const;
  /// Reads an entry into `target`, which has `size(name)` bytes; the checksum is checked.
  void read(std::string_view name, void* target) const;
  std::string read(std::string_view name) const;

 private:
  std::uint64_t index(std::string_view name) const;
  std::filesystem::path path_;
  std::shared_ptr<zip> archive_;
  std::vector<std::string> names_;
  std::map<std::string, std::uint64_t, std::less<>> places_;  ///< by name
};

/// Bytes of an entry; they stay where they are until the archive is written.
struct ZipEntry {
  std::string name;
  std::string_view bytes;
};
/// Writes to a temporary name and renames. The same entries give the same bytes: no times are stored.
void write_zip(const std::filesystem::path& path, const std::vector<ZipEntry>& entries, bool deflate);

}  // namespace tivit::data
