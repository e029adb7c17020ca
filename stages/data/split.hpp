#pragma once
// Which folder a split reads, and which of the recordings in it.
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <stages/data/dataset_options.hpp>
#include <stages/data/name_patterns.hpp>
#include <tivit/error.hpp>

namespace tivit::data {

/// A list that a parameter names and that is not there, or holds something else than names.
struct BadList : Error {
  BadList(std::string name, const Error& error) : Error(error), parameter(std::move(name)) {}
  std::string parameter;
};

/// "train", "test" and "val" are folders of the root, or parts of one folder (`videos`). Parts are told apart by manifests, by the
/// table's split column or by patterns of names. Without a folder or a rule of its own, the split "val" is the part of train that
/// hold_out matches or hold_out_share draws, and that part is left out of "train": training never sees it.
class Split {
 public:
  Split(const DatasetOptions& options, const NamePatterns& names, const ClipTable& table);

  std::filesystem::path folder;
  /// Draws the held-out part among those that are usable, once the names of all recordings in the folder are known.
  void meet(const std::vector<std::string>& names, const std::function<bool(const std::string&)>& usable);
  /// Why a recording is no member; "" when it is one.
  std::string why_not(const std::string& name) const;
  /// Names of the split's manifest that are not among these, and that manifest.
  std::vector<std::string> missing(const std::vector<std::string>& names) const;
  /// The split that this one is a part of; its own name where it is none.
  const std::string& base() const { return base_; }
  const std::filesystem::path& manifest() const { return manifest_; }
  /// The manifest and the list of exclusions: files that are no stray ones.
  std::set<std::filesystem::path> lists() const { return lists_; }

 private:
  std::set<std::string> read_list(const std::string& parameter, const std::filesystem::path& file, const NamePatterns& names);
  const ClipTableRow* row_of(const std::string& name) const;
  bool has_rule(const std::string& split) const;
  bool fits(const std::string& split, const std::string& name) const;
  std::string why_no_member(const std::string& name) const;  ///< the held-out part aside

  const DatasetOptions& options_;
  const ClipTable& table_;
  std::string base_;  ///< the split whose folder and rule hold; "train" where val is a part of it
  std::map<std::string, std::set<std::string>> manifests_;
  std::filesystem::path manifest_;
  std::set<std::string> excluded_, drawn_;
  std::set<std::filesystem::path> lists_;
  bool shared_ = false;        ///< all splits read one folder
  bool val_in_train_ = false;  ///< val has no folder of its own
  bool hold_out_ = false;      ///< val is a part of train, held out by pattern or draw
};

}  // namespace tivit::data
