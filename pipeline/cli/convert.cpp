#include <tivit/cli/convert.hpp>

#include <algorithm>
#include <iostream>
#include <tivit/converter.hpp>
#include <tivit/error.hpp>

namespace tivit::cli {

void convert(std::vector<std::string> words) {
  const bool overwrite = std::erase(words, "--overwrite") > 0;
  const bool option = std::any_of(words.begin(), words.end(), [](const auto& word) { return word.starts_with("-"); });
  if (words.size() != 2 || option) {
    std::string kinds;
    for (const auto& one : converters()) kinds += "\n  " + one.ending + ": " + one.doc;
    throw Error("`tivit-run convert IN OUT [--overwrite]` takes two files", "OUT's ending says what is written" + kinds, "command line");
  }
  std::cout << convert_file(words[0], words[1], overwrite) << "\n";
}

}  // namespace tivit::cli
