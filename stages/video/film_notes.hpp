#pragma once
// Which films a run wrote outside its own directory, so that it can tell them from others' when it is resumed.
#include <filesystem>
#include <set>
#include <string>

namespace tivit::video {

class FilmNotes {
 public:
  /// Reads what an earlier part of the run noted in `file`, if it did.
  explicit FilmNotes(std::filesystem::path file);
  /// Whether the file that now stands at `film` is the one that was noted.
  bool knows(const std::filesystem::path& film) const;
  /// `temporary` will be renamed to `film`. Noted before that, so that no film is ever there without its note.
  void add(const std::filesystem::path& film, const std::filesystem::path& temporary) const;

 private:
  std::filesystem::path file_;
  std::set<std::string> lines_;
};

}  // namespace tivit::video
