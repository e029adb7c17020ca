#include <stages/data/label_search.hpp>

#include <algorithm>
#include <stages/data/folder.hpp>
#include <stages/labels/label_file.hpp>
#include <tivit/error.hpp>

namespace tivit::data {
namespace fs = std::filesystem;

LabelSearch::LabelSearch(const DatasetOptions& options)
    : options_(options),
      patterns_(options.label_names, "label_names"),
      root_(options.annotations_root.empty() ? "" : below(options.root, options.annotations_root)) {
  if (!root_.empty() && !fs::is_directory(root_))
    throw Error("the folder of labels does not exist", "set annotations_root, or \"\" where labels lie beside the videos", root_.string());
}

fs::path LabelSearch::find(const std::string& name, const fs::path& video, const fs::path& folder) const {
  const auto files = all(name, video, folder);
  if (files.empty()) return {};
  if (!root_.empty() && files[0].parent_path() == (root_ / "x").lexically_normal().parent_path()) refuse_ambiguous(video, files[0]);
  return files[0];
}

std::vector<fs::path> LabelSearch::all(const std::string& name, const fs::path& video, const fs::path& folder) const {
  std::vector<fs::path> folders{video.parent_path()};
  if (name.find('/') != std::string::npos) folders.push_back(folder);  // the name is a path already
  if (!root_.empty()) {
    const auto inside = video.parent_path().lexically_relative(folder);
    const bool is_below = !inside.empty() && inside != "." && *inside.begin() != "..";
    std::vector<fs::path> roots{root_ / options_.split, root_};
    if (!base_.empty() && base_ != options_.split) roots.insert(roots.begin() + 1, root_ / base_);
    folders.insert(folders.begin(), roots.begin(), roots.end());
    for (auto& place : roots) place /= inside;
    if (is_below) folders.insert(folders.begin(), roots.begin(), roots.end());
  }
  std::vector<fs::path> files;
  for (const auto& place : folders)
    for (const auto& stem : patterns_.files_of(name))
      for (const auto& extension : options_.label_extensions)
        for (const auto& file : by_name_.find((place / (stem + extension)).lexically_normal()))
          if (std::find(files.begin(), files.end(), file) == files.end()) files.push_back(file);
  return files;
}

bool LabelSearch::is_label_file(const fs::path& file) const { return has_extension(file, options_.label_extensions); }

std::string LabelSearch::fault_of(const fs::path& labels) {
  if (labels.empty()) return "has no labels";
  try {
    const auto text = labels::load_labels(labels);
    return text.notes.list.empty() && text.bad_rows.empty() ? "its labels hold no notes" : "";
  } catch (const Error& error) {
    return error.what();
  }
}

void LabelSearch::refuse_ambiguous(const fs::path& video, const fs::path& labels) const {
  const auto stem = video.stem().string();
  for (const char* other : {"train", "val", "test"}) {
    if (options_.split.empty() || !options_.videos.empty() || other == options_.split) continue;
    for (const auto& extension : options_.extensions)
      for (const auto& twin : by_name_.find(expanded(options_.root) / other / (stem + extension)))
        if (!fs::equivalent(twin, video))
          throw Error("these labels could belong to two recordings: \"" + stem + "\" is a name in split \"" + options_.split +
                          "\" and in \"" + other + "\"",
                      "put labels into a folder " + options_.split + "/ below annotations_root", labels.string());
  }
}

}  // namespace tivit::data
