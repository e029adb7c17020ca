#pragma once
// The header of a .npy file: a Python dictionary of three entries, read without Python.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tivit::data {

struct NpyHeader {
  std::string descr;  ///< "<f4"
  bool fortran_order = false;
  std::vector<std::int64_t> shape;
  std::size_t data_begin = 0;  ///< offset of the first data byte
};

NpyHeader parse_npy_header(std::string_view bytes, const std::string& where);
std::string npy_header_bytes(const NpyHeader& header);

}  // namespace tivit::data
