#pragma once
// How the files of a data set are called after their recordings.
#include <filesystem>
#include <optional>
#include <regex>
#include <string>
#include <vector>

namespace tivit::data {

/// Patterns such as "video_{}.0": what stands in the place of `{}` is the recording's name; `*` is any part of one file's or
/// folder's name. A pattern with a slash is held against the path below the set's folder ("/{}": the whole path is the name),
/// another against the file's name. Extensions are left out.
class NamePatterns {
 public:
  /// Throws Error for a pattern that has not exactly one `{}`; `parameter` is what messages call them.
  NamePatterns(std::vector<std::string> patterns, const std::string& parameter);

  /// By the first pattern that fits; nothing where none does. `path` is relative.
  std::optional<std::string> name_of(const std::filesystem::path& path) const;
  /// The recording that a list or table means, by its name or its video's file name; `extensions` are those of videos.
  std::string listed(const std::string& text, const std::vector<std::string>& extensions) const;
  /// The file names (or paths) of a recording's name, in the patterns' order.
  std::vector<std::string> files_of(const std::string& name) const;
  std::string text() const;  ///< for messages

 private:
  std::vector<std::string> patterns_;
  std::vector<std::regex> expressions_;
};

/// Whether one of the patterns, with `*` and `?`, fits the whole text.
bool matches(const std::string& text, const std::vector<std::string>& patterns);

}  // namespace tivit::data
