#include <algorithm>
#include <set>
#include <stages/data/dataset.hpp>
#include <stages/data/split.hpp>
#include <stages/keyboard/sidecar.hpp>
#include <stages/labels/label_file.hpp>
#include <tivit/error.hpp>

namespace tivit::data {
namespace fs = std::filesystem;
namespace {

const std::vector<std::string> label_extensions{".txt", ".mid", ".midi"};

std::string lower_extension(const fs::path& file) {
  auto extension = file.extension().string();
  std::transform(extension.begin(), extension.end(), extension.begin(), [](unsigned char c) { return std::tolower(c); });
  return extension;
}

std::vector<fs::path> files_in(const fs::path& folder, bool recursive) {
  std::vector<fs::path> files;
  const auto add = [&](const fs::directory_entry& entry) {
    std::error_code unreadable;  // a link to nowhere is listed too: whoever looks at it says what is wrong with it
    if (!entry.is_directory(unreadable)) files.push_back(entry.path());
  };
  if (recursive)
    for (const auto& entry : fs::recursive_directory_iterator(folder)) add(entry);
  else
    for (const auto& entry : fs::directory_iterator(folder)) add(entry);
  std::sort(files.begin(), files.end());
  return files;
}

class Scan {
 public:
  explicit Scan(const DatasetOptions& options) : options_(options) {
    if (!options.table.empty()) table_ = read_clip_table(expanded(options.root) / options.table, options.columns);
    if (options.label_shifts.empty()) return;
    for (const auto& [name, row] : read_clip_table(expanded(options.label_shifts), {.corners = {}, .label_shift = "label_shift_s"}))
      shifts_[name] = row.label_shift_s;
  }

  bool is_video(const fs::path& file) const {
    return std::find(options_.extensions.begin(), options_.extensions.end(), lower_extension(file)) != options_.extensions.end();
  }
  void skip(const fs::path& file, std::string reason) { out_.skipped.push_back({file, std::move(reason)}); }

  /// A video of a folder may be left out; one that was asked for by name may not.
  void add(const fs::path& video, bool by_name = false) {
    if (!fs::is_regular_file(video)) return skip(video, "is no file that can be read");
    Clip clip;
    clip.name = video.stem().string();
    clip.split = options_.split;
    clip.video = video;
    clip.frame_times = options_.frame_times;
    const auto [known, added] = names_.try_emplace(clip.name, video);
    if (!added && by_name)
      throw Error("two videos have the name \"" + clip.name + "\": " + known->second.string() + " and " + video.string(),
                  "their results would have one name: transcribe them one by one, or rename one");
    if (!added) return skip(video, "has the same name as " + known->second.string());
    clip.labels = labels_of(video);
    used_.insert(clip.labels);
    if (options_.require_labels)
      if (const auto fault = fault_of_labels(clip.labels); !fault.empty()) return skip(video, fault);
    if (const auto row = table_.find(clip.name); row != table_.end()) {
      clip.corners = row->second.corners;
      clip.duration_s = row->second.duration_s;
      clip.label_shift_s = row->second.label_shift_s;
    }
    if (const auto shift = shifts_.find(clip.name); shift != shifts_.end()) clip.label_shift_s = shift->second;
    if (const auto sidecar = keyboard::sidecar_path(video); fs::exists(sidecar)) {
      used_.insert(sidecar);
      try {
        clip.corners = keyboard::read_sidecar(sidecar).corners;
      } catch (const Error& error) {
        if (by_name) throw;
        return skip(video, error.what());
      }
    }
    out_.clips.push_back(std::move(clip));
  }

  /// Files that are neither videos nor belong to one.
  void skip_strays(const std::vector<fs::path>& files) {
    std::set<fs::path> reported = used_;
    for (const auto& entry : out_.skipped) {
      reported.insert(entry.file);
      const auto base = fs::path(entry.file).replace_extension();  // what belongs to a skipped video goes with it
      for (const auto& extension : label_extensions) reported.insert(base.string() + extension);
      reported.insert(keyboard::sidecar_path(entry.file));
    }
    for (const auto& file : files) {
      if (is_video(file) || reported.contains(file)) continue;
      const bool labels = std::find(label_extensions.begin(), label_extensions.end(), lower_extension(file)) != label_extensions.end();
      skip(file, labels ? "labels of a video that is not here" : "is no video (" + quoted_list(options_.extensions) + " are)");
    }
  }

  Dataset take() { return std::move(out_); }
  Dataset& result() { return out_; }

 private:
  /// Why a recording cannot be trained on; "" when it can. Bad rows are for labels/read to complain of.
  static std::string fault_of_labels(const fs::path& labels) {
    if (labels.empty()) return "has no labels";
    try {
      const auto text = labels::load_labels(labels);
      return text.notes.list.empty() && text.bad_rows.empty() ? "its labels hold no notes" : "";
    } catch (const Error& error) {
      return error.what();
    }
  }
  fs::path labels_of(const fs::path& video) const {
    const auto stem = video.stem().string();
    std::vector<fs::path> folders{video.parent_path()};
    if (!options_.annotations_root.empty()) {
      const auto root = expanded(options_.annotations_root);
      folders = {root / options_.split, root, video.parent_path()};
    }
    for (const auto& folder : folders)
      for (const auto& extension : label_extensions)
        if (const auto file = folder / (stem + extension); fs::is_regular_file(file)) {
          if (!options_.annotations_root.empty() && folder == expanded(options_.annotations_root)) refuse_ambiguous(stem, file);
          return file;
        }
    return {};
  }
  /// One flat folder of labels cannot serve two splits that use the same names.
  void refuse_ambiguous(const std::string& stem, const fs::path& labels) const {
    for (const char* other : {"train", "val", "test"}) {
      if (options_.split.empty() || other == options_.split) continue;
      for (const auto& extension : options_.extensions)
        if (const auto video = expanded(options_.root) / other / (stem + extension); fs::exists(video))
          throw Error("these labels could belong to two recordings: \"" + stem + "\" is a name in split \"" + options_.split +
                          "\" and in \"" + other + "\"",
                      "put labels into a folder " + options_.split + "/ below annotations_root", labels.string());
    }
  }

  const DatasetOptions& options_;
  std::map<std::string, ClipTableRow> table_;
  std::map<std::string, double> shifts_;
  std::map<std::string, fs::path> names_;
  std::set<fs::path> used_;
  Dataset out_;
};

}  // namespace

Dataset scan_dataset(const DatasetOptions& options) {
  const auto split = split_of(options);
  const auto files = files_in(split.folder, options.recursive);
  Scan scan(options);
  for (const auto& file : files) {
    if (!scan.is_video(file)) continue;
    const auto name = file.stem().string();
    std::string reason = split.why_not(name);
    if (reason.empty() && !options.only.empty() && !matches(name, options.only)) reason = "matches no pattern of \"only\"";
    if (reason.empty() && matches(name, options.exclude)) reason = "matches a pattern of \"exclude\"";
    if (reason.empty() && options.max_clips > 0 && static_cast<std::int64_t>(scan.result().clips.size()) >= options.max_clips)
      reason = "comes after max_clips";
    reason.empty() ? scan.add(file) : scan.skip(file, reason);
  }
  scan.skip_strays(files);
  auto out = scan.take();
  if (out.clips.empty()) {
    const std::string first = out.skipped.empty()
                                  ? "the folder is empty"
                                  : "the first file left out: " + out.skipped[0].file.string() + ", " + out.skipped[0].reason;
    throw Error("split \"" + options.split + "\" has no clips; " + first, "check root, split and the patterns", split.folder.string());
  }
  return out;
}

Dataset list_videos(const std::vector<fs::path>& files, const DatasetOptions& options) {
  Scan scan(options);
  for (const auto& file : files) {
    if (!fs::is_regular_file(expanded(file))) throw Error("the video does not exist", "check the name", file.string());
    scan.add(expanded(file), true);
  }
  return scan.take();
}

}  // namespace tivit::data
