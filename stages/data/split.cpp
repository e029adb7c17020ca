#include <fnmatch.h>

#include <algorithm>
#include <cstdlib>
#include <sstream>
#include <stages/data/split.hpp>
#include <tivit/atomic_file.hpp>
#include <tivit/error.hpp>

namespace tivit::data {
namespace fs = std::filesystem;

std::string Split::why_not(const std::string& name) const {
  if (members && !members->contains(name)) return "not in the manifest of its split";
  if (others.contains(name)) return "named by the manifest of split \"val\"";
  if (!hold_out.empty() && matches(name, hold_out) != is_val_of_train)
    return is_val_of_train ? "not held out for split \"val\"" : "held out for split \"val\"";
  return "";
}

std::set<std::string> read_manifest(const fs::path& file) {
  if (!fs::exists(file)) throw Error("the manifest does not exist", "write the names of its recordings there, one a line", file.string());
  std::set<std::string> names;
  std::istringstream lines(read_file(file));
  for (std::string line; std::getline(lines, line);) {
    line.erase(std::min(line.find('#'), line.size()));
    const auto begin = line.find_first_not_of(" \t\r");
    if (begin != std::string::npos) names.insert(line.substr(begin, line.find_last_not_of(" \t\r") + 1 - begin));
  }
  return names;
}

fs::path expanded(const fs::path& path) {
  const char* home = std::getenv("HOME");
  return home && path.string().starts_with("~/") ? fs::path(home) / path.string().substr(2) : path;
}

bool matches(const std::string& name, const std::vector<std::string>& patterns) {
  return std::any_of(patterns.begin(), patterns.end(),
                     [&](const std::string& pattern) { return fnmatch(pattern.c_str(), name.c_str(), 0) == 0; });
}

namespace {

std::vector<std::string> folders_of(const fs::path& root) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(root))
    if (entry.is_directory()) names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

Split split_of(const DatasetOptions& options) {
  const auto root = expanded(options.root);
  if (!fs::is_directory(root))
    throw Error("the data set's folder does not exist", "set root (or the environment variable that it is made of)", root.string());
  const auto manifest = [&](const std::string& split) -> std::optional<std::set<std::string>> {
    const auto found = options.manifests.find(split);
    if (found == options.manifests.end() || found->second.empty()) return std::nullopt;
    return read_manifest(expanded(found->second));
  };
  Split split;
  split.folder = options.split.empty() ? root : root / options.split;
  split.members = manifest(options.split);
  const bool val_in_train = !fs::is_directory(root / "val");
  if (options.split == "val" && val_in_train) {
    if (!split.members && options.hold_out.empty())
      throw Error("split \"val\" has neither a folder val/ nor a part of train/",
                  "name recordings of train/ in manifest.val, match them with hold_out, or validate on another split (train.toml: --set "
                  "validate=test)",
                  root.string());
    split.folder = root / "train";
    split.hold_out = options.hold_out;
    split.is_val_of_train = true;
  }
  if (options.split == "train" && val_in_train) {
    split.others = manifest("val").value_or(std::set<std::string>());
    split.hold_out = options.hold_out;
    for (const auto& name : split.others)
      if (split.members && split.members->contains(name))
        throw Error("\"" + name + "\" is in the manifests of both \"train\" and \"val\"", "take it out of one of them",
                    options.manifests.at("val").string());
  }
  if (!fs::is_directory(split.folder))
    throw Error("split \"" + options.split + "\" has no folder",
                "there are " + quoted_list(folders_of(root)) + "; split = \"\" reads the whole folder", split.folder.string());
  return split;
}

}  // namespace tivit::data
