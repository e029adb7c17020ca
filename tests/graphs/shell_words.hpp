#pragma once
// Command lines as documents show them.
#include <string>
#include <vector>

namespace tivit::tests {

/// Words of a shell line; double quotes hold words together, a comment ends the line.
inline std::vector<std::string> words_of(const std::string& line) {
  std::vector<std::string> words;
  std::string word;
  bool quoted = false, any = false;
  for (char c : line + " ") {
    if (c == '"') {
      quoted = !quoted;
      any = true;
    } else if (c == '#' && !quoted && !any) {
      break;
    } else if (c == ' ' && !quoted) {
      if (any) words.push_back(word);
      word.clear();
      any = false;
    } else {
      word += c;
      any = true;
    }
  }
  return words;
}

}  // namespace tivit::tests
