#include <stages/data/split.hpp>

#include <algorithm>
#include <sstream>
#include <stages/data/folder.hpp>
#include <stages/data/hold_out.hpp>
#include <stages/data/recording_rows.hpp>
#include <tivit/atomic_file.hpp>
#include <tivit/error.hpp>
#include <tivit/text_format.hpp>

namespace tivit::data {
namespace fs = std::filesystem;

Split::Split(const DatasetOptions& options, const NamePatterns& names, const ClipTable& table) : options_(options), table_(table) {
  shared_ = !options.videos.empty();
  const auto root = expanded(options.root);
  if (!fs::is_directory(root))
    throw Error("the data set's folder does not exist", "set root (or the environment variable that it is made of)", root.string());
  for (const auto& [split, file] :
       {std::pair{"train", options.manifest_train}, {"val", options.manifest_val}, {"test", options.manifest_test}})
    if (!file.empty() && (split == options.split || shared_ || (split == std::string("val") && options.split == "train"))) {
      manifests_[split] = read_list("manifest." + std::string(split), file, names);
      if (split == options.split) manifest_ = below(root, file);
    }
  if (!options.exclude_list.empty()) excluded_ = read_list("exclude_list", options.exclude_list, names);

  base_ = options.split;
  val_in_train_ = shared_ ? !has_rule("val") : !fs::is_directory(root / "val");
  const bool has_part = !options.hold_out.empty() || options.hold_out_share > 0;
  hold_out_ = val_in_train_ && has_part && !manifests_.contains("val") && (base_ == "val" || base_ == "train");
  if (base_ == "val" && val_in_train_) {
    if (!hold_out_ && !manifests_.contains("val"))
      throw BadList(
          "split",
          Error("split \"val\" has neither a folder val/ nor a part of train",
                "name recordings of train in manifest.val, match them with hold_out, draw them with hold_out_share, or validate on "
                "another split or not at all (train.toml: --set validate=test, --set validate_every=never)",
                root.string()));
    base_ = "train";
  }
  if (shared_ && !base_.empty() && base_ != "train" && !has_rule(base_))
    throw BadList("split", Error("nothing says which of the videos are split \"" + base_ + "\"",
                                 "give manifest." + base_ + ", splits." + base_ + " or columns.split; split = \"\" reads all of them",
                                 (root / options.videos).string()));
  folder = (shared_ ? root / options.videos : base_.empty() ? root : root / base_).lexically_normal();
  if (!fs::is_directory(folder)) {
    const auto there = folders_in(root);
    const std::string beside = there.empty() ? "there are no folders in it" : "there are " + quoted_list(there);
    if (shared_) throw Error("the folder of the videos does not exist", beside, folder.string());
    throw BadList("split",
                  Error("split \"" + options.split + "\" has no folder",
                        beside + "; split = \"\" reads the whole folder, and --set data=pairs divides one folder of videos and labels",
                        folder.string()));
  }
  if (const auto own = manifests_.find(options.split); own != manifests_.end())
    for (const auto& name : own->second)
      for (const auto& [other, members] : manifests_)
        if (other != options.split && (shared_ || val_in_train_) && members.contains(name))
          throw Error("\"" + name + "\" is in the manifests of both \"" + options.split + "\" and \"" + other + "\"",
                      "take it out of one of them", manifest_.string());
}

std::set<std::string> Split::read_list(const std::string& parameter, const fs::path& file, const NamePatterns& patterns) {
  const auto path = below(options_.root, file);
  const std::string without = ", or do without it: " + parameter + " = \"\"";
  if (!fs::exists(path))
    throw BadList(parameter,
                  Error(parameter == "exclude_list" ? "the list of recordings to leave out does not exist" : "the manifest does not exist",
                        "write their names there, one a line" + without, (expanded(options_.root) / file).string()));
  lists_.insert(path);
  std::set<std::string> names;
  std::string text = read_file(path);
  if (text.starts_with("\xef\xbb\xbf")) text.erase(0, 3);
  std::istringstream lines(text);
  int number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    line.erase(std::min(line.find('#'), line.size()));
    const auto begin = line.find_first_not_of(" \t\r");
    if (begin == std::string::npos) continue;
    const std::string name = line.substr(begin, line.find_last_not_of(" \t\r") + 1 - begin);
    if (!is_utf8(name) || std::ranges::any_of(name, [](unsigned char c) { return c < 0x20 && c != '\t'; }))
      throw BadList(parameter,
                    Error(Origin{path.string(), number, static_cast<int>(begin) + 1},
                          "the list is damaged: what stands here is no UTF-8 text", "write the names again, one a line" + without));
    names.insert(patterns.listed(name, options_.extensions));
  }
  return names;
}

const ClipTableRow* Split::row_of(const std::string& name) const { return row_for(table_, name, shared_ ? "" : base_); }

bool Split::has_rule(const std::string& split) const {
  if (manifests_.contains(split)) return true;
  const auto wanted = options_.patterns_of(split);
  if (options_.column_split.empty()) return !wanted.empty();
  return std::any_of(table_.begin(), table_.end(), [&](const auto& row) { return matches(row.second.split, wanted); });
}

bool Split::fits(const std::string& split, const std::string& name) const {
  if (const auto manifest = manifests_.find(split); manifest != manifests_.end()) return manifest->second.contains(name);
  if (options_.column_split.empty()) return matches(name, options_.patterns_of(split));
  const auto* row = row_of(name);
  return row && matches(row->split, options_.patterns_of(split));
}

void Split::meet(const std::vector<std::string>& names, const std::function<bool(const std::string&)>& usable) {
  if (!hold_out_ || !options_.hold_out.empty()) return;
  std::vector<std::string> members;
  for (const auto& name : names)
    if (why_no_member(name).empty()) members.push_back(name);
  drawn_ = held_out(members, options_.hold_out_share, options_.hold_out_seed, usable);
}

std::string Split::why_no_member(const std::string& name) const {
  if (excluded_.contains(name)) return "is in exclude_list";
  const auto own = manifests_.find(options_.split);
  if (own != manifests_.end() && !own->second.contains(name)) return "not in the manifest of its split";
  if (own != manifests_.end() || base_.empty()) return "";
  if (const auto train = manifests_.find(base_); train != manifests_.end()) {
    if (!train->second.contains(name)) return "not in the manifest of its split";
  } else if (!options_.column_split.empty()) {
    const auto* row = row_of(name);
    if (!row) return "the table has no row for it";
    if (!fits(base_, name)) return "is split \"" + row->split + "\" in the table";
  } else if (!options_.patterns_of(base_).empty() && !fits(base_, name)) {
    return "matches no pattern of splits." + base_;
  }
  // What two rules claim is rather tested on than trained on.
  for (const std::string other : {"test", "val"}) {
    if (other == options_.split) break;
    const bool same_folder = shared_ || (other == "val" && base_ == "train" && val_in_train_);
    if (same_folder && other != base_ && has_rule(other) && fits(other, name))
      return (manifests_.contains(other) ? "named by the manifest of split \"" : "is split \"") + other + "\"";
  }
  return "";
}

std::string Split::why_not(const std::string& name) const {
  if (const auto reason = why_no_member(name); !reason.empty() || !hold_out_) return reason;
  const bool held = options_.hold_out.empty() ? drawn_.contains(name) : matches(name, options_.hold_out);
  if (held == (base_ != options_.split)) return "";
  return held ? "held out for split \"val\"" : "not held out for split \"val\"";
}

std::vector<std::string> Split::missing(const std::vector<std::string>& names) const {
  std::vector<std::string> out;
  if (const auto own = manifests_.find(options_.split); own != manifests_.end())
    for (const auto& name : own->second)
      if (std::find(names.begin(), names.end(), name) == names.end()) out.push_back(name);
  return out;
}

}  // namespace tivit::data
