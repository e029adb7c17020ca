#pragma once
// Which label file belongs to a recording.
#include <stages/data/dataset_options.hpp>
#include <stages/data/folder.hpp>
#include <stages/data/name_patterns.hpp>

namespace tivit::data {

class LabelSearch {
 public:
  explicit LabelSearch(const DatasetOptions& options);
  /// The split's recordings are a part of this one's, and so may their labels be.
  void part_of(const std::string& split) { base_ = split; }
  /// The first that exists: below annotations_root in a folder of the split, laid out as the videos or flat, then beside the video.
  /// Empty when there is none. Throws Error when a file of a flat folder could belong to recordings of two splits.
  std::filesystem::path find(const std::string& name, const std::filesystem::path& video, const std::filesystem::path& folder) const;
  /// All that exist, in that order.
  std::vector<std::filesystem::path> all(const std::string& name, const std::filesystem::path& video,
                                         const std::filesystem::path& folder) const;
  bool is_label_file(const std::filesystem::path& file) const;
  /// Why a recording cannot be trained on; "" when it can. Bad rows are for labels/read to complain of.
  static std::string fault_of(const std::filesystem::path& labels);

 private:
  void refuse_ambiguous(const std::filesystem::path& video, const std::filesystem::path& labels) const;

  const DatasetOptions& options_;
  NamePatterns patterns_;
  std::filesystem::path root_;
  std::string base_;
  mutable FilesByName by_name_;
};

}  // namespace tivit::data
