#include <algorithm>
#include <tivit/text/cells.hpp>

namespace tivit {

char separator_of(std::string_view line) {
  if (line.find('\t') != std::string_view::npos) return '\t';
  return std::count(line.begin(), line.end(), ';') > std::count(line.begin(), line.end(), ',') ? ';' : ',';
}

std::vector<Cell> cells_of(std::string_view line, char separator) {
  std::vector<Cell> cells;
  for (std::size_t at = 0; at <= line.size();) {
    const bool quoted = line.substr(at).starts_with('"');
    const std::size_t begin = at + quoted;
    if (quoted)
      for (at = begin; at < line.size() && (line[at] != '"' || line.substr(at).starts_with("\"\"")); ++at)
        if (line[at] == '"') ++at;
    const std::size_t closing = std::min(at, line.size());
    at = std::min(line.find(separator, closing), line.size());
    cells.push_back({line.substr(begin, (quoted ? closing : at) - begin), quoted});
    ++at;
  }
  return cells;
}

}  // namespace tivit
