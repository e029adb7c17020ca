#pragma once
// A data set in a folder: which videos belong to a split, with which labels and corners, and why the others do not.
//
//   root/train/003.mp4  root/train/003.txt  root/train/003.keyboard.toml     root/test/…
#include <filesystem>
#include <map>
#include <stages/data/dataset_options.hpp>
#include <string>
#include <tivit/error.hpp>
#include <vector>

namespace tivit::data {

/// Why a file is left out; what was asked for comes first.
enum class Left {
  unusable,     ///< a recording of the split that cannot be read
  elsewhere,    ///< asked for by `only`, and part of another split
  misnamed,     ///< a video that nobody can ask for
  unasked,      ///< left out by a parameter
  other_split,  ///< nothing is wrong with it: it belongs to another split
  stray         ///< neither a video nor part of one
};

struct Skipped {
  std::filesystem::path file;
  std::string reason;
  Left why = Left::unusable;
};

struct Dataset {
  std::vector<Clip> clips;  ///< sorted by path: whole recordings
  std::vector<Skipped> skipped;
  std::vector<std::string> rows_for_none;         ///< names in the table that no recording of any split has
  std::map<std::filesystem::path, Error> broken;  ///< videos asked for by name whose sidecar cannot be read: they fail, alone
};

/// Throws Error when a folder, manifest or table is missing or wrong, and when no clip is left.
Dataset scan_dataset(const DatasetOptions& options);
/// Throws Error for a folder, and for what is not there.
void must_be_a_video(const std::filesystem::path& video);
/// Throws Error where the name is taken by another video; else takes it.
void must_be_alone(std::map<std::string, std::filesystem::path>& taken, const std::string& name, const std::filesystem::path& video);
/// These videos, in this order, whatever folder they are in.
Dataset list_videos(const std::vector<std::filesystem::path>& files, const DatasetOptions& options);

}  // namespace tivit::data
