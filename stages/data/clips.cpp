// data/clips: where everything begins. See the contract.
#include <spdlog/spdlog.h>

#include <algorithm>
#include <optional>
#include <set>
#include <sstream>
#include <stages/data/dataset.hpp>
#include <stages/data/folder.hpp>
#include <stages/data/recording_rows.hpp>
#include <stages/data/recordings.hpp>
#include <stages/data/split.hpp>
#include <stages/keyboard/sidecar.hpp>
#include <tivit/atomic_file.hpp>
#include <tivit/contract.hpp>
#include <tivit/find_input.hpp>
#include <tivit/frame_range.hpp>
#include <tivit/text_format.hpp>

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
struct Clips : data::DatasetOptions {
  std::string weight = "density";
  std::vector<std::filesystem::path> files;
  std::vector<double> corners;
  std::int64_t first_rows = 0, draws_per_epoch = 0, rows = 96;
  double rate = 0, from_fps = 0;
  Duration offset{0};

  static void contract(Contract<Clips>& c) {
    c.source("recordings of a data set, whole or in random windows").attaches<data::Clip>().attaches<SourceName>().attaches<FrameRange>();
    declare(c);
    c.param("files", &Clips::files)
        .doc("videos to read instead of a data set, in this order, as far as only, exclude and max_clips let them");
    c.param("corners", &Clips::corners).unit("px").doc("x, y of A0 far, C8 far, C8 near, A0 near: 8 numbers for every video");
    c.param("first_rows", &Clips::first_rows).at_least(0).unit("rows").doc("of a whole recording, these rows alone; 0: all");
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

  void check(Faults& faults) const {
    const std::string corners_remedy = std::string("give x, y of ") + keyboard::corner_order;
    if (!corners.empty() && corners.size() != 8)
      faults.add("corners", "there are " + std::to_string(corners.size()) + " numbers", corners_remedy);
    else if (const auto fault = corners.empty() ? std::nullopt : keyboard::fault_of(given_corners()))
      faults.add("corners", *fault, corners_remedy);
    if (!column_corners.empty() && column_corners.size() != 8 && column_corners.size() != 4)
      faults.add("columns.corners", "there are " + std::to_string(column_corners.size()) + " columns",
                 "name 8 (x0, y0, … x3, y3), or 4 that hold x and y each");
    if (!column_box.empty() && column_box.size() != 4)
      faults.add("columns.box", "there are " + std::to_string(column_box.size()) + " columns", "name 4: min x, min y, max x, max y");
    if (draws_per_epoch > 0 && rate <= 0)
      faults.add("frame_times.rate", "random windows need a time grid of their own",
                 "set the rows a second, such as the videos' frame rate");
    if (from_fps > 0 && rate <= 0)
      faults.add("frame_times.from_fps", "which frames repeat cannot be told without the true rate", "set frame_times.rate too");
    if (offset.seconds != 0 && from_fps <= 0)
      faults.add("frame_times.offset", "only rows of files that repeat frames are moved by it",
                 "set frame_times.from_fps and frame_times.rate; labels that lag are moved by label_shifts");
    if (files.empty() && root.empty()) faults.add("root", "there is nothing to read", "give root, a data set's folder, or files");
    for (const auto& name : files.empty() ? std::vector<std::string>() : given_of_folders())
      faults.add(name, "files are named, and this is for recordings of a folder",
                 "take one of the two out; only, exclude and max_clips choose among files, too");
    std::map<std::string, std::filesystem::path> names_of_files;
    for (const auto& file : files) try {
        data::must_be_a_video(data::expanded(file));
        data::must_be_alone(names_of_files, file.stem().string(), file);
      } catch (const Error& error) {
        faults.add("files", error);
      }
    if (files.empty() && !root.empty()) check_folders(faults);
    if (!files.empty() && !label_shifts.empty()) check_shifts_of_files(faults);
  }

  void open(RunContext& run) {
    corners_are_given = !corners.empty();
    auto found = files.empty() ? data::scan_dataset(*this) : data::list_videos(files, *this);
    clips_ = std::move(found.clips);
    broken_ = std::move(found.broken);
    for (auto& clip : clips_) {
      clip.frame_times = {rate, from_fps, offset.seconds};
      if (!corners.empty()) clip.corners = given_corners();
    }
    report(found, run);
    if (draws_per_epoch > 0) draws_.emplace(data::measure(clips_, rate), rows, weight);
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
      context.set(FrameRange{draw.first_row, draw.first_row + draw.rows});
    }
    context.set(clip);
    context.set(name);
    if (const auto broken = broken_.find(clip.video); broken != broken_.end()) throw broken->second;
    return clip;
  }
  /// Which recordings there were: whoever goes on with others hears of it.
  std::string save_state() const {
    std::string names;
    for (const auto& clip : clips_) names += clip.name + '\n';
    return names;
  }
  void load_state(std::string_view state) const {
    std::set<std::string> before, now;
    std::istringstream names{std::string(state)};
    for (std::string name; std::getline(names, name);) before.insert(name);
    for (const auto& clip : clips_) now.insert(clip.name);
    const auto told = [](const std::set<std::string>& all, const std::set<std::string>& known, const char* what) {
      std::vector<std::string> some;
      std::ranges::set_difference(all, known, std::back_inserter(some));
      return some.empty() ? "" : "; " + std::string(what) + ": " + printable(first_of(std::move(some)));
    };
    if (const std::string text = told(before, now, "gone") + told(now, before, "new"); !text.empty())
      spdlog::warn("the recordings are not those that the run had{}{}", text, draws_ ? "; from here on other windows are drawn" : "");
  }
  std::int64_t expected() const { return draws_ ? draws_per_epoch : static_cast<std::int64_t>(clips_.size()); }

 private:
  static constexpr const char* say_split = "say in a column \"split\" which split each is of, as graphs/lag.toml does";
  void check_folders(Faults& faults) const {
    const char* about = "names";
    try {
      const data::NamePatterns patterns(names, "names");
      about = "table";
      data::ClipTable rows;
      if (std::filesystem::is_directory(data::expanded(root))) rows = data::read_data_set_table(*this, patterns);
      about = "root";
      const data::Split split(*this, patterns, rows);
      if (table.empty() && label_shifts.empty()) return;
      const auto recordings = data::names_of_all_splits(*this, patterns, split);
      about = "table";
      data::refuse_foreign(rows, recordings);
      data::refuse_ambiguous(rows, recordings, "say in a column which split each is of, and name it as columns.split");
      about = "label_shifts";
      const auto shifts = data::read_label_shifts(*this, patterns);
      data::refuse_unknown(shifts, recordings);
      data::refuse_ambiguous(shifts, recordings, say_split);
    } catch (const data::BadList& error) {
      faults.add(error.parameter, error);
    } catch (const Error& error) {
      faults.add(about, error);
    }
  }
  /// A file of shifts may be for a whole data set; one that is for none of these videos has no effect.
  void check_shifts_of_files(Faults& faults) const {
    try {
      const data::NamePatterns patterns(names, "names");
      const auto shifts = data::read_label_shifts(*this, patterns);
      data::NamesInFolders known;
      for (const auto& file : files)
        known[patterns.name_of(file.stem()).value_or(file.stem().string())].insert(data::split_folder(*this, data::expanded(file)));
      if (data::unknown_rows(shifts, known).size() == shifts.size()) data::refuse_unknown(shifts, known);
      data::refuse_ambiguous(shifts, known, say_split);
    } catch (const Error& error) {
      faults.add("label_shifts", error);
    }
  }
  static std::string first_of(std::vector<std::string> names) {
    const std::size_t shown = std::min<std::size_t>(names.size(), 5);
    const std::string rest = names.size() > shown ? " and " + std::to_string(names.size() - shown) + " more" : "";
    names.resize(shown);
    return quoted_list(names) + rest;
  }
  keyboard::Corners given_corners() const {
    keyboard::Corners given;
    for (std::size_t i = 0; i < 4; ++i) given.points[i] = {corners[2 * i], corners[2 * i + 1]};
    return given;
  }

  void report(const data::Dataset& found, const RunContext& run) const {
    const auto& skipped = found.skipped;
    std::string where;
    if (files.empty()) where = " in " + root.string() + (split.empty() ? "" : ", split \"" + split + "\"");
    spdlog::info("{}{}, {} left out", counted(clips_.size(), "recording"), where, counted(skipped.size(), "other file"));
    std::string text;
    for (const auto& [file, reason, why] : skipped) {
      // Recordings of another split are not worth a line each time.
      spdlog::log(why == data::Left::other_split ? spdlog::level::debug : spdlog::level::info, "left out: {}: {}", printable(file.string()),
                  printable(reason));
      text += printable(file.string()) + "\t" + printable(reason) + "\n";
    }
    if (!found.rows_for_none.empty())
      spdlog::warn("{}: rows for recordings that are not here have no effect: {}", printable(table.string()),
                   printable(first_of(found.rows_for_none)));
    if (!run.directory.empty() && !text.empty()) write_file(run.directory / "skipped_files.tsv", text);
  }

  std::vector<data::Clip> clips_;
  std::map<std::filesystem::path, Error> broken_;
  std::optional<data::Draws> draws_;
};
TIVIT_STAGE("data/clips", Clips)

/// As the stage itself looks for them: lists and tables below the root, videos from the current folder.
std::filesystem::path found(const std::string& parameter, const std::filesystem::path& given, const Parameters& all) {
  std::filesystem::path root;
  for (const auto& [name, value] : all)
    if (const auto* text = std::get_if<std::string>(&value.value); text && name == "root") root = *text;
  return parameter == "files" ? data::expanded(given) : data::below(root, given);
}
const bool told = add_find_input("data/clips", &found);

}  // namespace
