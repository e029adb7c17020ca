#pragma once
// Sizes that shape symbols of all stages stand for, found by laying the shapes at both ends of every edge on each other.
#include <map>
#include <optional>
#include <string>
#include <tivit/port.hpp>
#include <utility>
#include <vector>

namespace tivit::checks {

/// A symbol belongs to one stage: `T` of two stages are two symbols until an edge joins them.
class ShapeSymbols {
 public:
  /// The symbol's size is known beforehand: a parameter of that name. `why` is for messages.
  void know(int stage, const std::string& symbol, std::int64_t size, std::string why);
  /// Makes two sizes equal; an explanation when they cannot be.
  std::optional<std::string> join(int stage_a, const Dim& a, int stage_b, const Dim& b, const std::string& why);
  /// Looks again at what could not be told at the time (`T/2` before T was known); indices of `join` calls that fail.
  std::vector<std::pair<std::size_t, std::string>> rest();
  std::size_t joins() const { return joins_; }
  /// The dim with its symbol replaced by a size where that is known.
  Dim resolved(int stage, const Dim& dim);

 private:
  struct Cell {
    int parent;
    std::optional<std::int64_t> size;
    std::string why;
  };
  struct Pending {
    std::size_t join;
    int stage_a, stage_b;
    Dim a, b;
    std::string why;
  };
  int cell(int stage, const std::string& symbol);
  int root(int cell);
  std::optional<std::int64_t> size(int stage, const Dim& dim);
  std::string told(int stage, const Dim& dim);
  std::optional<std::string> unite(int stage_a, const Dim& a, int stage_b, const Dim& b, const std::string& why, bool& open);
  bool bind(int stage, const Dim& dim, std::int64_t size, const std::string& why);

  std::map<std::pair<int, std::string>, int> index_;
  std::vector<Cell> cells_;
  std::vector<Pending> pending_;
  std::size_t joins_ = 0;
};

}  // namespace tivit::checks
