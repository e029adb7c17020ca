#pragma once
// Files of one form made of files of another. Each part of the program registers what it can write; `tivit-run convert IN OUT` asks
// the one that writes what OUT's ending names.
//
//   TIVIT_CONVERTER(".pt", "weights that torch.load reads", &to_torch)
#include <filesystem>
#include <string>
#include <vector>

namespace tivit {

struct Converter {
  std::string ending;  ///< ".pt"
  std::string doc;     ///< one line for people
  /// Reads `from`, whatever form it has, then writes `to`, whole or not at all; says what it did in a line. Throws Error.
  std::string (*convert)(const std::filesystem::path& from, const std::filesystem::path& to);
};

/// Always true.
bool add_converter(Converter converter);
std::vector<Converter> converters();  ///< sorted by ending

/// Throws Error when no converter writes such a file, and, unless `overwrite`, when `to` is there already.
std::string convert_file(const std::filesystem::path& from, const std::filesystem::path& to, bool overwrite);

}  // namespace tivit

#define TIVIT_DETAIL_CONVERTER2(n) tivit_converter_##n
#define TIVIT_DETAIL_CONVERTER(n) TIVIT_DETAIL_CONVERTER2(n)
#define TIVIT_CONVERTER(ENDING, DOC, CONVERT) \
  static const bool TIVIT_DETAIL_CONVERTER(__COUNTER__) = ::tivit::add_converter({ENDING, DOC, CONVERT});
