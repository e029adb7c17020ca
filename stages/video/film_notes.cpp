#include <stages/video/film_notes.hpp>

#include <sys/stat.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <tivit/atomic_file.hpp>

namespace tivit::video {

namespace fs = std::filesystem;

namespace {

/// A file keeps its inode when it is renamed; another one that takes its name has its own.
std::string note(const fs::path& film, const fs::path& file) {
  struct stat info {};
  if (stat(file.c_str(), &info) != 0) return {};
  const nlohmann::ordered_json line{{"film", fs::absolute(film).lexically_normal().string()}, {"inode", info.st_ino}};
  return line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace

FilmNotes::FilmNotes(fs::path file) : file_(std::move(file)) {
  std::ifstream in(file_);
  for (std::string line; std::getline(in, line);) lines_.insert(line);
}

bool FilmNotes::knows(const fs::path& film) const { return lines_.contains(note(film, film)); }

void FilmNotes::add(const fs::path& film, const fs::path& temporary) const {
  std::error_code ignored;  // what cannot be written says why below
  fs::create_directories(file_.parent_path(), ignored);
  append_whole(file_, note(film, temporary) + "\n");
}

}  // namespace tivit::video
