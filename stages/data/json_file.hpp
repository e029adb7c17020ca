#pragma once
// A JSON file that knows where its values stand, so that a message can say which line is wrong.
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <tivit/error.hpp>

namespace tivit::data {

class JsonFile {
 public:
  /// Throws Error with `remedy` for what is no JSON, and for a key that stands twice in one object: the second would replace the
  /// first in silence.
  JsonFile(const std::filesystem::path& file, const std::string& remedy);

  const nlohmann::json& content() const { return content_; }
  /// Of the value at a JSON pointer ("/onset/best_prob"), or of the nearest one around it whose place is known.
  Origin place(std::string pointer) const { return nearest(values_, std::move(pointer)); }
  Origin key_place(std::string pointer) const { return nearest(keys_, std::move(pointer)); }

 private:
  using Places = std::map<std::string, std::size_t>;  ///< offsets by JSON pointer
  Origin nearest(const Places& places, std::string pointer) const;

  std::string file_, text_;
  nlohmann::json content_;
  Places keys_, values_;
};

}  // namespace tivit::data
