#pragma once
// A file's bytes as memory: mapped (private, pages are read when touched) or copied.
#include <cstddef>
#include <filesystem>
#include <memory>

namespace tivit::data {

struct FileBytes {
  std::shared_ptr<char> data;
  std::size_t size = 0;
};

/// Throws Error naming the file. Mapped bytes start on a page, copies at a multiple of 64.
FileBytes load_file(const std::filesystem::path& path, bool map);

}  // namespace tivit::data
