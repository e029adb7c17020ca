#pragma once
// Graph files in a folder of their own, and what reading them says.
#include <filesystem>
#include <fstream>
#include <string>
#include <tivit/make_plan.hpp>
#include <tivit/testing/scratch_folder.hpp>
#include <vector>

namespace tivit::tests {

/// A folder that is there as long as the object.
class GraphFiles {
 public:
  GraphFiles& write(const std::string& name, const std::string& text) {
    std::filesystem::create_directories((scratch_.path() / name).parent_path());
    std::ofstream(scratch_.path() / name) << text;
    return *this;
  }
  std::filesystem::path path(const std::string& name) const { return scratch_.path() / name; }

  GraphRequest request(const std::vector<std::string>& sets = {}) const {
    GraphRequest request;
    request.file = path("graph.toml");
    for (const auto& one : sets) request.add_set(one);
    return request;
  }
  /// Every mistake of graph.toml as its user reads it, the folder left out.
  std::vector<std::string> mistakes(const GraphRequest& request) const {
    try {
      make_plan(request);
    } catch (const Errors& errors) {
      std::vector<std::string> texts;
      for (const auto& error : errors.list()) texts.push_back(short_text(error.what()));
      return texts;
    }
    return {};
  }
  std::vector<std::string> mistakes(const std::vector<std::string>& sets = {}) const { return mistakes(request(sets)); }
  std::string short_text(std::string text) const {
    const std::string prefix = scratch_.path().string() + "/";
    for (std::size_t at; (at = text.find(prefix)) != std::string::npos;) text.erase(at, prefix.size());
    return text;
  }

 private:
  testing::ScratchFolder scratch_;
};

/// The mistakes of one file.
inline std::vector<std::string> mistakes_of(const std::string& text) { return GraphFiles().write("graph.toml", text).mistakes(); }

}  // namespace tivit::tests
