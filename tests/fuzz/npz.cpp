// NumPy's arrays, alone and in a zip. A fuzzer hardly ever gets past the checksums of a zip: the array itself is read without one too.
#include <ATen/core/Tensor.h>

#include <stages/data/npy.hpp>
#include <stages/data/npz.hpp>
#include <tests/fuzz/fuzz.hpp>

using namespace tivit;

namespace {

/// Every byte is read, so that the address sanitizer sees what lies outside.
void touch(const at::Tensor& array, std::size_t size) {
  fuzz::require(array.nbytes() <= size && array.is_contiguous(), "an array of more bytes than the file");
  static_cast<void>(array.clone());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = fuzz::text_of(data, size);
  fuzz::was_read([&] {
    const auto content = data::parse_npy(bytes, "array.npy");
    if (!content.text) touch(content.array, size);
  });
  if (!bytes.starts_with("PK")) return 0;
  static const fuzz::File file;
  const auto& path = file.put(bytes);
  fuzz::was_read([&] {
    for (const auto& [name, array] : data::read_npz(path).arrays) touch(array, size * 1032 + 1024);
  });
  return 0;
}
