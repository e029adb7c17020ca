#pragma once
// Which recordings of train are held out for validation.
#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <vector>

namespace tivit::data {

/// About `share` of the names that are `usable`, of two or more at least one and never all. Each is drawn by its name and the seed alone,
/// so that a name that is added later moves no other (but the single one of a set in which none was drawn, or all were). `usable` is asked
/// no more than needed.
std::set<std::string> held_out(const std::vector<std::string>& names, double share, std::int64_t seed,
                               const std::function<bool(const std::string&)>& usable);

}  // namespace tivit::data
