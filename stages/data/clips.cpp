// data/clips: where everything begins. See the contract.
#include <spdlog/spdlog.h>

#include <optional>
#include <stages/data/dataset.hpp>
#include <stages/data/recordings.hpp>
#include <stages/keyboard/sidecar.hpp>
#include <tivit/atomic_file.hpp>
#include <tivit/contract.hpp>

namespace {
using namespace tivit;

/// Recordings of a data set: whole and in sorted order (draws_per_epoch = 0), or random windows of them.
///   [stages.clips]
///   use = "data/clips"
///   root = "~/datasets/OMAPS"
///   split = "train"
///   frame_times = { rate = 30 }
///   draws_per_epoch = 400
///   rows = 96
/// A video's corners come from `corners`, else from its sidecar X.keyboard.toml, else from the table. Files that are not
/// used are logged and listed in skipped_files.tsv of the run directory, each with the reason.
/// Fails when a folder, manifest or table is missing, when no clip is left, and when draws do not know a recording's length.
struct Clips {
  data::DatasetOptions options{.extensions = {".mp4", ".mov", ".mkv", ".webm", ".avi", ".wmv", ".m4v"}};
  std::filesystem::path root, manifest_train, manifest_val, manifest_test, annotations_root, table, label_shifts;
  std::string split, name_column = "name", duration_column, label_shift_column, weight = "density";
  std::vector<std::filesystem::path> files;
  std::vector<std::string> extensions = options.extensions, only, exclude, hold_out, corner_columns = options.columns.corners;
  std::vector<double> corners;
  bool recursive = true, require_labels = false;
  std::int64_t max_clips = 0, first_rows = 0, draws_per_epoch = 0, rows = 96;
  double rate = 0, from_fps = 0;
  Duration offset{0};

  static void contract(Contract<Clips>& c) {
    c.source("recordings of a data set, whole or in random windows").attaches<data::Clip>().attaches<SourceName>();
    c.param("root", &Clips::root).doc("the data set's folder; ~ is the home folder");
    c.param("split", &Clips::split)
        .doc("a folder of root: train, val or test; \"\": root itself. val may be a part of train/ (manifest.val, hold_out)");
    c.param("files", &Clips::files).doc("videos to read instead of a data set, in this order");
    c.param("corners", &Clips::corners).unit("px").doc("x, y of A0 far, C8 far, C8 near, A0 near: 8 numbers for every video");
    c.param("manifest.train", &Clips::manifest_train).doc("file with the names of the split's recordings, one a line, # comments");
    c.param("manifest.val", &Clips::manifest_val).doc("the same for val; without a folder val/ it names recordings of train/");
    c.param("manifest.test", &Clips::manifest_test).doc("the same for test");
    c.param("hold_out", &Clips::hold_out).doc("patterns: recordings of train/ that are the split val and are left out of train");
    c.param("annotations_root", &Clips::annotations_root).doc("folder of labels, flat or by split; default: beside the videos");
    c.param("recursive", &Clips::recursive).doc("look into folders below, too");
    c.param("extensions", &Clips::extensions).doc("of videos, in lower case");
    c.param("require_labels", &Clips::require_labels).doc("leave out recordings without labelled notes");
    c.param("max_clips", &Clips::max_clips).at_least(0).unit("clips").doc("keep the first of them; 0: all");
    c.param("first_rows", &Clips::first_rows).at_least(0).unit("rows").doc("of a whole recording, these rows alone; 0: all");
    c.param("only", &Clips::only).doc("patterns of names to keep, with * and ?; empty: all");
    c.param("exclude", &Clips::exclude).doc("patterns of names to leave out");
    c.param("table", &Clips::table).doc("tab-separated file below root with a row for each recording");
    c.param("columns.name", &Clips::name_column).doc("the table's column of names");
    c.param("columns.corners", &Clips::corner_columns).doc("the table's 8 columns of corners; empty: none");
    c.param("columns.duration", &Clips::duration_column)
        .doc("the table's column of lengths in seconds; empty: lengths come from the labels");
    c.param("columns.label_shift", &Clips::label_shift_column)
        .doc("the table's column of seconds that a recording's label times are late by and that are added to them; empty: none");
    c.param("label_shifts", &Clips::label_shifts)
        .doc("tab-separated file of such shifts, as graphs/lag.toml writes it: columns name and label_shift_s; holds against the table");
    c.param("frame_times.rate", &Clips::rate).range(0, 1000).unit("rows/s").doc("rows of the time grid; 0: the video's own frame rate");
    c.param("frame_times.from_fps", &Clips::from_fps)
        .range(0, 1000)
        .unit("frames/s")
        .doc("files of this rate repeat frames: row k is frame ceil(k from_fps / rate - 0.25)");
    c.param("frame_times.offset", &Clips::offset).range(-10, 10).unit("s").doc("what such a row shows happened this much later");
    c.param("draws_per_epoch", &Clips::draws_per_epoch).at_least(0).unit("windows").doc("random windows an epoch; 0: whole recordings");
    c.param("rows", &Clips::rows).at_least(1).unit("rows").doc("length of a random window");
    c.param("weight", &Clips::weight)
        .one_of({"density", "length", "equal"})
        .doc("how often a recording is drawn: by length x sqrt(notes/s + 0.3), by length, all alike");
    c.out("clip", "clip");
    c.example(
        "[stages.clips]\nuse = \"data/clips\"\nroot = \"~/datasets/OMAPS\"\nsplit = \"train\"\nframe_times = { rate = 30 "
        "}\ndraws_per_epoch = 400\nrows = 96\n");
  }

  void open(RunContext& run) {
    if (!corners.empty() && corners.size() != 8)
      throw Error("corners has " + std::to_string(corners.size()) + " numbers", std::string("give x, y of ") + keyboard::corner_order);
    if (!corner_columns.empty() && corner_columns.size() != 8)
      throw Error("columns.corners names " + std::to_string(corner_columns.size()) + " columns", "name 8: x0, y0, … x3, y3");
    options = {root,
               split,
               {{"train", manifest_train}, {"val", manifest_val}, {"test", manifest_test}},
               hold_out,
               annotations_root,
               recursive,
               extensions,
               only,
               exclude,
               require_labels,
               max_clips,
               files.empty() ? table : "",
               {name_column, corner_columns, duration_column, label_shift_column},
               label_shifts,
               {rate, from_fps, offset.seconds}};
    if (files.empty() && root.empty()) throw Error("there is nothing to read", "give root, a data set's folder, or files");
    auto found = files.empty() ? data::scan_dataset(options) : data::list_videos(files, options);
    clips_ = std::move(found.clips);
    give_corners();
    report(found.skipped, run);
    if (draws_per_epoch > 0) prepare_draws();
  }

  std::optional<data::Clip> next(Context& context) {
    const std::size_t index = context.id().back();
    if (index >= static_cast<std::size_t>(expected())) return std::nullopt;
    data::Clip clip = draws_ ? data::Clip() : clips_[index];
    SourceName name{clip.name};
    if (first_rows > 0) clip.rows = first_rows;
    if (draws_) {
      const auto draw = draws_->draw(context.seed());
      clip = clips_[draw.recording];
      clip.first_row = draw.first_row;
      clip.rows = draw.rows;
      name = {clip.name, static_cast<double>(draw.first_row) / rate, static_cast<double>(draw.first_row + draw.rows) / rate};
    }
    context.set(clip);
    context.set(name);
    return clip;
  }
  std::int64_t expected() const { return draws_ ? draws_per_epoch : static_cast<std::int64_t>(clips_.size()); }

 private:
  void give_corners() {
    if (corners.empty()) return;
    keyboard::Corners given;
    for (std::size_t i = 0; i < 4; ++i) given.points[i] = {corners[2 * i], corners[2 * i + 1]};
    if (const auto fault = keyboard::fault_of(given)) throw Error(*fault, std::string("give ") + keyboard::corner_order);
    for (auto& clip : clips_) clip.corners = given;
  }

  void report(const std::vector<data::Skipped>& skipped, const RunContext& run) const {
    spdlog::info("{} recordings{}, {} other files left out", clips_.size(), files.empty() ? " in " + (root / split).string() : "",
                 skipped.size());
    std::string text;
    for (const auto& [file, reason] : skipped) {
      // Recordings of another split are not worth a line each time.
      const bool elsewhere = reason.find("held out for split") != std::string::npos;
      spdlog::log(elsewhere ? spdlog::level::debug : spdlog::level::info, "left out: {}: {}", file.string(), reason);
      text += file.string() + "\t" + reason + "\n";
    }
    if (!run.directory.empty() && !text.empty()) write_file(run.directory / "skipped_files.tsv", text);
  }

  void prepare_draws() {
    if (rate <= 0)
      throw Error("random windows need a time grid of their own",
                  "set frame_times.rate to the rows a second, such as the videos' frame rate");
    draws_.emplace(data::measure(clips_, rate), rows, weight);
  }

  std::vector<data::Clip> clips_;
  std::optional<data::Draws> draws_;
};
TIVIT_STAGE("data/clips", Clips)

}  // namespace
