#pragma once
// NumPy's .npz (a zip of arrays) and .npy files. NumPy reads what is written here, and the other way round; no pickles.
#include <filesystem>
#include <string>
#include <tivit/tensor/fields.hpp>
#include <utility>
#include <vector>

namespace tivit::data {

struct Npz {
  Fields arrays;                                           ///< in file order
  std::vector<std::pair<std::string, std::string>> texts;  ///< 0-d string arrays
};

Npz read_npz(const std::filesystem::path& path);
/// Writes to a temporary name and renames; `deflate` is NumPy's savez_compressed.
void write_npz(const std::filesystem::path& path, const Npz& content, bool deflate = false);

at::Tensor read_npy(const std::filesystem::path& path);

}  // namespace tivit::data
