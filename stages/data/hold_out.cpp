#include <stages/data/hold_out.hpp>

#include <utility>

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

std::set<std::string> held_out(const std::vector<std::string>& names, double share, std::int64_t seed,
                               const std::function<bool(const std::string&)>& usable) {
  std::set<std::pair<double, std::string>> order;
  for (const auto& name : names) order.emplace(place_of(seed, name), name);
  std::vector<std::string> drawn;
  for (const auto& [place, name] : order) {
    if (!usable(name)) continue;
    if (place >= share && !drawn.empty()) return {drawn.begin(), drawn.end()};
    drawn.push_back(name);
  }
  if (!drawn.empty()) drawn.pop_back();  // one is left to train on
  return {drawn.begin(), drawn.end()};
}

}  // namespace tivit::data
