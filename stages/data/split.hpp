#pragma once
// Which folder a split reads, and which of the recordings in it.
#include <optional>
#include <set>
#include <stages/data/dataset.hpp>

namespace tivit::data {

struct Split {
  std::filesystem::path folder;
  std::optional<std::set<std::string>> members;  ///< the manifest's names; nothing: everyone in the folder
  std::set<std::string> others;                  ///< names in this folder that another split's manifest claims
  std::vector<std::string> hold_out;             ///< patterns that belong to "val"
  bool is_val_of_train = false;

  /// Why a recording is no member; "" when it is one.
  std::string why_not(const std::string& name) const;
};

/// "train", "test" and "val" are folders of the root. Without a folder val/, the split "val" is the part of train/ that
/// manifest.val names or hold_out matches, and that part is left out of "train": training never sees it.
Split split_of(const DatasetOptions& options);

/// The names in a manifest. Throws Error when the file is missing.
std::set<std::string> read_manifest(const std::filesystem::path& file);
/// `~/…` as the home folder.
std::filesystem::path expanded(const std::filesystem::path& path);
/// Whether one of the patterns fits.
bool matches(const std::string& name, const std::vector<std::string>& patterns);

}  // namespace tivit::data
