#pragma once
// Where in a text a byte lies.
#include <algorithm>
#include <string>
#include <string_view>
#include <tivit/error.hpp>

namespace tivit {

/// `byte` counts from 1, as parsers of JSON do; 0 is the first, too.
inline Origin place_in(std::string_view text, std::size_t byte, const std::string& file) {
  const auto read = text.substr(0, byte ? byte - 1 : 0);
  const auto line_begin = read.rfind('\n') == std::string_view::npos ? 0 : read.rfind('\n') + 1;
  return {file, 1 + static_cast<int>(std::count(read.begin(), read.end(), '\n')), 1 + static_cast<int>(read.size() - line_begin)};
}

}  // namespace tivit
