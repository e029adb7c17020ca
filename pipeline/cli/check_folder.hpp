#pragma once
// `tivit-run check DIR`: every graph of a folder tree.
#include <filesystem>
#include <string>
#include <vector>

namespace tivit::cli {

/// What a .toml file of the tree is, and what was found wrong with it.
struct CheckedFile {
  enum class Sort { graph, part, orphan, other, unreadable } sort = Sort::other;
  std::filesystem::path file;
  std::vector<std::string> used_by;  ///< part: files of the tree that include or call it
  std::vector<std::string> mistakes, warnings;
  std::size_t stages = 0;  ///< graph: how many it has
};

/// Folder by folder, sorted by path; what lies in hidden folders is left out. A graph is a file with a title: it is checked as `--check`
/// does, but what it names (data, weights) need not be there, and what its command line requires need not be given.
std::vector<CheckedFile> check_trees(const std::vector<std::string>& folders);

/// `check DIR... [--plugin FILE] [--json]`: the exit code. Throws Error.
int check(const std::vector<std::string>& words);

}  // namespace tivit::cli
