#pragma once
// The fields of a line of a table.
#include <string_view>
#include <vector>

namespace tivit {

struct Cell {
  std::string_view text;  ///< a part of the line; where `quoted`, without its quotation marks, and a mark in it still stands there twice
  bool quoted = false;
};

/// A tab where the line has one, else a semicolon or a comma, whichever it has more of.
char separator_of(std::string_view line);
/// Quotation marks as in CSV. Empty fields count: what stands where matters.
std::vector<Cell> cells_of(std::string_view line, char separator);

}  // namespace tivit
