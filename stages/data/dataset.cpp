#include <algorithm>
#include <set>
#include <stages/data/dataset.hpp>
#include <stages/data/folder.hpp>
#include <stages/data/label_search.hpp>
#include <stages/data/name_patterns.hpp>
#include <stages/data/recording_rows.hpp>
#include <stages/data/split.hpp>
#include <stages/keyboard/sidecar.hpp>
#include <tivit/error.hpp>
#include <tivit/text_format.hpp>

namespace tivit::data {
namespace fs = std::filesystem;
namespace {

class Scan {
 public:
  explicit Scan(const DatasetOptions& options)
      : options_(options), names_(options.names, "names"), labels_(options), folder_(expanded(options.root)) {
    for (const auto& file : {options.table, options.label_shifts})
      if (!file.empty()) used_.insert(below(options.root, file));
    table_ = read_data_set_table(options, names_);
    shifts_ = read_label_shifts(options, names_);
  }

  void skip(const fs::path& file, std::string reason, Left why = Left::unusable) { out_.skipped.push_back({file, std::move(reason), why}); }

  /// A video of a folder may be left out; one that was asked for by name may not.
  void add(const fs::path& video, const std::string& name, bool by_name = false) {
    if (std::error_code unreadable; !fs::is_regular_file(video, unreadable)) return skip(video, "is no file that can be read");
    Clip clip;
    clip.name = name;
    clip.split = options_.split;
    clip.video = video;
    if (by_name) must_be_alone(taken_, clip.name, video);
    const auto [known, added] = taken_.try_emplace(clip.name, video);
    if (!added && !by_name) return skip(video, "has the same name as " + known->second.string());
    clip.labels = labels_.find(name, video, folder_);
    used_.insert(clip.labels);
    for (const auto& file : labels_.all(name, video, folder_)) unread_.emplace(file, clip.labels);
    if (const auto& fault = label_fault(clip.labels); !fault.empty()) return skip(video, fault);
    const auto of_split = split_folder(options_, video);
    if (const auto* row = row_for(table_, name, of_split)) {
      clip.corners = row->corners;
      clip.duration_s = row->duration_s;
      clip.label_shift_s = row->label_shift_s;
    }
    if (const auto* row = row_for(shifts_, name, of_split)) clip.label_shift_s = row->label_shift_s;
    used_.insert(keyboard::sidecar_path(video));
    if (const auto sidecar = sidecar_of(video)) {
      try {
        clip.corners = keyboard::read_sidecar(*sidecar).corners;
      } catch (const Error& error) {
        if (!by_name) return skip(video, error.what());
        out_.broken.emplace(video, error);
      }
    }
    out_.clips.push_back(std::move(clip));
  }

  void add_split() {
    Split split(options_, names_, table_);
    folder_ = split.folder;
    labels_.part_of(split.base());
    used_.merge(split.lists());
    const auto files = files_in(folder_, options_.recursive);
    std::vector<std::pair<fs::path, std::string>> videos;
    std::vector<std::string> found;
    for (const auto& file : files) {
      if (!is_utf8(file.string())) {
        skip(file, "its name is not UTF-8; rename it", Left::misnamed);
        continue;
      }
      if (!is_video(file)) continue;
      const auto name = names_.name_of(file.lexically_relative(folder_).replace_extension());
      if (!name) {
        skip(file, "its name fits none of " + names_.text(), Left::misnamed);
        continue;
      }
      videos.emplace_back(file, *name);
      found.push_back(*name);
    }
    std::map<std::string, fs::path> first;  // of two videos of one name the second is left out
    for (const auto& [file, name] : videos) first.emplace(name, file);
    split.meet(found, [&](const std::string& name) { return usable(first.at(name), name); });
    for (const auto& [file, name] : videos) consider(file, name, split.why_not(name));
    for (const auto& name : split.missing(found)) skip(split.manifest(), "names \"" + name + "\", which is no video here");
    skip_strays(files);
    if (!table_.empty())
      for (const auto& [name, row] : unknown_rows(table_, names_of_all_splits(options_, names_, split))) out_.rows_for_none.push_back(name);
    if (out_.clips.empty())
      throw Error("split \"" + options_.split + "\" has no clips; " +
                      (out_.skipped.empty() ? "the folder is empty"
                                            : "the first file left out: " + foremost().file.string() + ", " + foremost().reason),
                  "check root, split and the patterns", folder_.string());
  }

  void add_named(const fs::path& video) {
    must_be_a_video(video);
    const auto name = names_.name_of(video.stem()).value_or(video.stem().string());
    if (is_asked_for(video, name)) add(video, name, true);
  }

  Dataset take() { return std::move(out_); }

 private:
  const Skipped& foremost() const { return *std::ranges::min_element(out_.skipped, {}, &Skipped::why); }
  /// Each file is read once: which recordings are drawn may depend on it, too.
  const std::string& label_fault(const fs::path& labels) {
    const auto [known, added] = faults_.try_emplace(labels);
    if (added && options_.require_labels) known->second = LabelSearch::fault_of(labels);
    return known->second;
  }
  /// Where it is there, and nothing holds against it.
  std::optional<fs::path> sidecar_of(const fs::path& video) const {
    const auto sidecar = keyboard::sidecar_path(video);
    return options_.corners_are_given || !fs::exists(sidecar) ? std::nullopt : std::optional(sidecar);
  }
  bool usable(const fs::path& video, const std::string& name) {
    if (matches(name, options_.exclude)) return false;
    if (std::error_code unreadable; !fs::is_regular_file(video, unreadable) || !label_fault(labels_.find(name, video, folder_)).empty())
      return false;
    try {
      if (const auto sidecar = sidecar_of(video)) keyboard::read_sidecar(*sidecar);
    } catch (const Error&) {
      return false;
    }
    return true;
  }
  bool is_video(const fs::path& file) const { return has_extension(file, options_.extensions); }
  void consider(const fs::path& file, const std::string& name, const std::string& other_split) {
    const bool named = !options_.only.empty() && matches(name, options_.only);
    if (!other_split.empty()) return skip(file, other_split, named ? Left::elsewhere : Left::other_split);
    if (is_asked_for(file, name)) add(file, name);
  }
  bool is_asked_for(const fs::path& file, const std::string& name) {
    const char* why_not = nullptr;
    if (!options_.only.empty() && !matches(name, options_.only))
      why_not = "matches no pattern of \"only\"";
    else if (matches(name, options_.exclude))
      why_not = "matches a pattern of \"exclude\"";
    else if (options_.max_clips > 0 && static_cast<std::int64_t>(out_.clips.size()) >= options_.max_clips)
      why_not = "comes after max_clips";
    if (why_not) skip(file, why_not, Left::unasked);
    return !why_not;
  }
  /// Files that are neither videos nor belong to one.
  void skip_strays(const std::vector<fs::path>& files) {
    std::set<fs::path> reported = used_;
    for (const auto& entry : out_.skipped) {  // what belongs to a skipped video goes with it
      reported.insert(entry.file);
      if (!is_video(entry.file)) continue;
      const auto name = names_.name_of(entry.file.lexically_relative(folder_).replace_extension());
      if (name && options_.annotations_root.empty())
        for (const auto& labels : labels_.all(*name, entry.file, folder_)) reported.insert(labels);
      reported.insert(keyboard::sidecar_path(entry.file));
    }
    for (const auto& file : files) {
      if (is_video(file) || reported.contains(file)) continue;
      if (const auto other = unread_.find(file); other != unread_.end())
        skip(file, "is not read: its video's labels are those of " + other->second.filename().string(), Left::stray);
      else
        skip(file, why_stray(file), Left::stray);
    }
  }

  std::string why_stray(const fs::path& file) const {
    const auto name = file.filename().string();
    std::error_code unknown;
    if (fs::is_directory(file, unknown) && !fs::is_symlink(file, unknown)) return "cannot be read: " + why_unreadable(file);
    if (fs::is_directory(file, unknown))
      return "is a link to a folder that is read already, holds one that is, is another split's, or cannot be read";
    if (name.ends_with(".keyboard.toml")) return "corners of a video that is not here";
    return labels_.is_label_file(file) ? "labels of a video that is not here"
                                       : "is no video (" + quoted_list(options_.extensions) + " are)";
  }

  const DatasetOptions& options_;
  NamePatterns names_;
  LabelSearch labels_;
  fs::path folder_;
  ClipTable table_;
  ClipTable shifts_;
  std::map<std::string, fs::path> taken_;
  std::set<fs::path> used_;
  std::map<fs::path, std::string> faults_;  ///< of label files
  std::map<fs::path, fs::path> unread_;     ///< label files of recordings, with the one that is read
  Dataset out_;
};

}  // namespace

Dataset scan_dataset(const DatasetOptions& options) {
  Scan scan(options);
  scan.add_split();
  return scan.take();
}

void must_be_alone(std::map<std::string, fs::path>& taken, const std::string& name, const fs::path& video) {
  if (const auto [known, added] = taken.try_emplace(name, video); !added)
    throw Error("two videos have the name \"" + name + "\": " + known->second.string() + " and " + video.string(),
                "their results would have one name: transcribe them one by one, or rename one");
}

void must_be_a_video(const fs::path& video) {
  if (fs::is_directory(video)) throw Error("this is a folder, not a video", "name the videos in it", video.string());
  if (!fs::exists(video)) throw Error("the video does not exist", "check the name", video.string());
  if (!fs::is_regular_file(video)) throw Error("this is no video file", "name a file", video.string());
}

Dataset list_videos(const std::vector<fs::path>& files, const DatasetOptions& options) {
  Scan scan(options);
  for (const auto& file : files) scan.add_named(expanded(file));
  auto out = scan.take();
  if (out.clips.empty())
    throw Error("none of the files is read; the first: " + out.skipped.at(0).reason, "check only, exclude and require_labels",
                out.skipped.at(0).file.string());
  return out;
}

}  // namespace tivit::data
