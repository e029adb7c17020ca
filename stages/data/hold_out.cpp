#include <stages/data/hold_out.hpp>

namespace tivit::data {
namespace {

/// In [0, 1).
double place_of(std::int64_t seed, const std::string& name) {
  std::uint64_t hash = 1469598103934665603ULL ^ static_cast<std::uint64_t>(seed) * 0x9e3779b97f4a7c15ULL;  // FNV-1a, then splitmix64's end
  for (const unsigned char c : name) hash = (hash ^ c) * 1099511628211ULL;
  hash = (hash ^ (hash >> 30)) * 0xbf58476d1ce4e5b9ULL;
  hash = (hash ^ (hash >> 27)) * 0x94d049bb133111ebULL;
  return static_cast<double>((hash ^ (hash >> 31)) >> 11) * 0x1p-53;
}

}  // namespace

std::set<std::string> held_out(const std::vector<std::string>& names, double share, std::int64_t seed) {
  std::set<std::string> drawn;
  const std::string* first = nullptr;
  for (const auto& name : names) {
    const double place = place_of(seed, name);
    if (place < share) drawn.insert(name);
    if (!first || place < place_of(seed, *first)) first = &name;
  }
  if (drawn.empty() && first && names.size() > 1) drawn.insert(*first);
  return drawn;
}

}  // namespace tivit::data
