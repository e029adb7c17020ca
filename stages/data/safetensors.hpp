#pragma once
// safetensors: 8 bytes of length, a JSON header, raw tensors. Read without copying, by mapping the file into memory.
#include <filesystem>
#include <map>
#include <string>
#include <tivit/tensor/fields.hpp>

namespace tivit::data {

struct Safetensors {
  Fields tensors;  ///< in the order of their bytes
  std::map<std::string, std::string> metadata;
};

/// Throws Error for anything that is not exactly a safetensors file: the regions must tile the data without gap or overlap.
/// map = true: the tensors are the file's own pages (private: writing to them changes no file); the file must stay as it
/// is while they live. Otherwise they are copies.
Safetensors read_safetensors(const std::filesystem::path& path, bool map = false);

/// Header keys sorted by name, data aligned to 64 bytes; the same tensors give the same bytes. Temporary name, then rename.
void write_safetensors(const std::filesystem::path& path, const Safetensors& content);

/// Whether the file begins like one (a plausible length and `{`).
bool looks_like_safetensors(const std::filesystem::path& path);

}  // namespace tivit::data
