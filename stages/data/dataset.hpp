#pragma once
// A data set in a folder: which videos belong to a split, with which labels and corners, and why the others do not.
//
//   root/train/003.mp4  root/train/003.txt  root/train/003.keyboard.toml     root/test/…
#include <filesystem>
#include <map>
#include <stages/data/clip.hpp>
#include <stages/data/clip_table.hpp>
#include <string>
#include <vector>

namespace tivit::data {

struct DatasetOptions {
  std::filesystem::path root;
  std::string split;                                       ///< a folder of root; "": root itself
  std::map<std::string, std::filesystem::path> manifests;  ///< by split: a file of names, one a line, `#` comments
  std::vector<std::string> hold_out;                       ///< patterns: recordings of train/ that make the split "val"
  std::filesystem::path annotations_root;  ///< labels lie here (in a folder of the split's name, or flat), not beside the videos
  bool recursive = true;
  std::vector<std::string> extensions;     ///< of videos, lower case, with the dot
  std::vector<std::string> only, exclude;  ///< patterns of names, `*` and `?`
  bool require_labels = false;
  std::int64_t max_clips = 0;   ///< 0: all
  std::filesystem::path table;  ///< relative to root; empty: none
  ClipTableColumns columns;
  std::filesystem::path label_shifts;  ///< a table of names and label_shift_s that holds against `table`; empty: none
  FrameTimes frame_times;
};

struct Skipped {
  std::filesystem::path file;
  std::string reason;
};

struct Dataset {
  std::vector<Clip> clips;  ///< sorted by path: whole recordings
  std::vector<Skipped> skipped;
};

/// Throws Error when a folder, manifest or table is missing or wrong, and when no clip is left.
Dataset scan_dataset(const DatasetOptions& options);
/// These videos, in this order, whatever folder they are in.
Dataset list_videos(const std::vector<std::filesystem::path>& files, const DatasetOptions& options);

}  // namespace tivit::data
