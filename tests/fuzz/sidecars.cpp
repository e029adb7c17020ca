// A keyboard's corners beside its video.
#include <stages/keyboard/sidecar.hpp>
#include <tests/fuzz/fuzz.hpp>

using namespace tivit;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const fuzz::File file;
  const auto& path = file.put(fuzz::text_of(data, size));
  fuzz::was_read([&] { fuzz::require(!keyboard::fault_of(keyboard::read_sidecar(path).corners), "corners that are no keyboard"); });
  return 0;
}
