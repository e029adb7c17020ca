#pragma once
// What a page of documentation shows between ``` and ```.
#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

namespace tivit::tests {

struct Block {
  std::string language, text;
};

inline std::vector<Block> code_blocks(const std::string& markdown) {
  std::vector<Block> blocks;
  std::istringstream lines(markdown);
  bool inside = false;
  std::size_t indent = 0;  // a block may stand in a list
  for (std::string line; std::getline(lines, line);) {
    const auto text = std::min(line.find_first_not_of(' '), line.size());
    line.erase(0, inside ? std::min(indent, text) : text);
    if (line.starts_with("```")) {
      inside = !inside;
      indent = text;
      if (inside) blocks.push_back({line.substr(3), ""});
    } else if (inside) {
      blocks.back().text += line + "\n";
    }
  }
  return blocks;
}

}  // namespace tivit::tests
