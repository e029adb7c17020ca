// Weights and what lies beside them: safetensors, files of torch.save and the pickles in them, snapshots of a run, calibration.json.
#include <ATen/core/Tensor.h>
#include <ATen/ops/empty.h>

#include <stages/calibrate/calibration.hpp>
#include <stages/data/safetensors.hpp>
#include <stages/data/torch_file.hpp>
#include <stages/data/unpickle.hpp>
#include <tests/fuzz/fuzz.hpp>
#include <tivit/snapshot.hpp>

using namespace tivit;

namespace {

/// Every element is read, so that the address sanitizer sees what lies outside its storage.
void touch(const at::Tensor& tensor) {
  if (tensor.numel() < 65536) static_cast<void>(tensor.clone());
}

/// A zip's checksums keep a fuzzer out of the pickle in it: here it is read alone.
void read_pickle(std::string_view bytes) {
  const auto storages = [](const data::StorageReference& wanted) {
    if (wanted.elements < 0 || wanted.elements > 4096) throw Error("the storage is not there");
    return at::empty({wanted.elements}, wanted.type);
  };
  fuzz::was_read([&] {
    const auto read = data::unpickle(bytes, storages);
    fuzz::require(read.size <= bytes.size(), "a pickle longer than its bytes");
    for (const auto& [name, tensor] : data::state_dict(read.value)) touch(tensor);
  });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = fuzz::text_of(data, size);
  static const fuzz::File file;
  const auto& path = file.put(bytes);
  fuzz::was_read([&] {
    for (const auto& [name, tensor] : data::read_weights(path)) touch(tensor);
  });
  if (bytes.starts_with('\x80')) read_pickle(bytes);
  if (bytes.starts_with('\xa6')) fuzz::was_read([&] { static_cast<void>(read_snapshot(bytes, "snapshot")); });
  if (bytes.starts_with('{')) fuzz::was_read([&] { static_cast<void>(calibrate::read_calibration(path)); });
  return 0;
}
