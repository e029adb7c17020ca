// Stands for libFuzzer in an ordinary build: reads every file of a folder once.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <tests/fuzz/fuzz.hpp>
#include <tivit/atomic_file.hpp>
#include <vector>

int main(int argc, char** argv) {
  std::vector<std::filesystem::path> seeds;
  for (int i = 1; i < argc; ++i)
    for (const auto& entry : std::filesystem::directory_iterator(argv[i])) seeds.push_back(entry.path());
  std::sort(seeds.begin(), seeds.end());
  for (const auto& seed : seeds) {
    std::fprintf(stderr, "%s\n", seed.c_str());
    const auto bytes = tivit::read_file(seed);
    LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
  }
  std::printf("cases: %zu passed, 0 failed, 0 skipped\n", seeds.size());
  return seeds.empty();
}
