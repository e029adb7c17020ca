// What a shared library says it was built with, read before any of its code runs.
#include <tests/fuzz/fuzz.hpp>
#include <tivit/plugin.hpp>

using namespace tivit;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const fuzz::File file;
  const auto& path = file.put(fuzz::text_of(data, size));
  fuzz::was_read([&] {
    if (const auto facts = read_plugin_note(path))
      for (const auto& fact : *facts) fuzz::require(fact.what.size() + fact.value.size() < size, "a fact from outside the file");
  });
  return 0;
}
