#include <tivit/checks/symbols.hpp>

namespace tivit::checks {

int ShapeSymbols::cell(int stage, const std::string& symbol) {
  const auto [at, added] = index_.try_emplace({stage, symbol}, static_cast<int>(cells_.size()));
  if (added) cells_.push_back({at->second, std::nullopt, ""});
  return at->second;
}

int ShapeSymbols::root(int cell) {
  while (cells_[cell].parent != cell) cell = cells_[cell].parent;
  return cell;
}

void ShapeSymbols::know(int stage, const std::string& symbol, std::int64_t size, std::string why) {
  Cell& one = cells_[root(cell(stage, symbol))];
  one.size = size;
  one.why = std::move(why);
}

std::optional<std::int64_t> ShapeSymbols::size(int stage, const Dim& dim) {
  if (dim.symbol.empty()) return dim.number / dim.divisor;
  const auto known = cells_[root(cell(stage, dim.symbol))].size;
  return known ? std::optional(dim.number * *known / dim.divisor) : std::nullopt;
}

std::string ShapeSymbols::told(int stage, const Dim& dim) {
  const auto known = size(stage, dim);
  if (dim.symbol.empty()) return dim.text();
  return dim.text() + (known ? " = " + std::to_string(*known) + " (" + cells_[root(cell(stage, dim.symbol))].why + ")" : "");
}

/// Tells the symbol's size from the dim's, where there is only one.
bool ShapeSymbols::bind(int stage, const Dim& dim, std::int64_t size, const std::string& why) {
  if (dim.divisor != 1 || dim.number == 0 || size % dim.number != 0) return false;
  know(stage, dim.symbol, size / dim.number, why);
  return true;
}

std::optional<std::string> ShapeSymbols::unite(int stage_a, const Dim& a, int stage_b, const Dim& b, const std::string& why, bool& open) {
  const auto known_a = size(stage_a, a), known_b = size(stage_b, b);
  open = false;
  if (known_a && known_b) {
    if (*known_a == *known_b) return std::nullopt;
    return told(stage_a, a) + " there, " + told(stage_b, b) + " here";
  }
  if (known_a || known_b) {
    const bool bound = known_a ? bind(stage_b, b, *known_a, why) : bind(stage_a, a, *known_b, why);
    const Dim& unknown = known_a ? b : a;
    if (!bound && unknown.divisor == 1) return told(stage_a, a) + " there, " + told(stage_b, b) + " here";
    open = !bound;
    return std::nullopt;
  }
  const int root_a = root(cell(stage_a, a.symbol)), root_b = root(cell(stage_b, b.symbol));
  if (a.number == b.number && a.divisor == b.divisor && a.divisor == 1)
    cells_[root_b].parent = root_a;
  else
    open = !(root_a == root_b && a.number == b.number && a.divisor == b.divisor);
  return std::nullopt;
}

std::optional<std::string> ShapeSymbols::join(int stage_a, const Dim& a, int stage_b, const Dim& b, const std::string& why) {
  bool open = false;
  auto problem = unite(stage_a, a, stage_b, b, why, open);
  if (open) pending_.push_back({joins_, stage_a, stage_b, a, b, why});
  ++joins_;
  return problem;
}

std::vector<std::pair<std::size_t, std::string>> ShapeSymbols::rest() {
  std::vector<std::pair<std::size_t, std::string>> failed;
  for (bool moved = true; moved;) {
    moved = false;
    std::vector<Pending> left;
    for (const auto& one : pending_) {
      bool open = false;
      if (auto problem = unite(one.stage_a, one.a, one.stage_b, one.b, one.why, open)) failed.emplace_back(one.join, *problem);
      if (open)
        left.push_back(one);
      else
        moved = true;
    }
    pending_ = std::move(left);
  }
  return failed;
}

Dim ShapeSymbols::resolved(int stage, const Dim& dim) {
  const auto known = size(stage, dim);
  return known ? Dim{"", *known, 1} : dim;
}

}  // namespace tivit::checks
