// labels/read: a clip's label file as notes. See the contract.
#include <spdlog/spdlog.h>
#include <map>
#include <memory>
#include <mutex>
#include <stages/data/clip.hpp>
#include <stages/labels/label_file.hpp>
#include <stages/notes/shifted.hpp>
#include <stages/notes/window.hpp>
#include <tivit/contract.hpp>

namespace {
using namespace tivit;

/// Reads the labels of the clip's recording: seconds of stream time. All of them, or with of = "window" those that begin in the rows that
/// the clip is (`first_rows` of data/clips): what is found in a part of a recording is scored on that part.
/// A label file is text, a table or MIDI, by its extension (label_file.hpp). A clip without one gives notes with `labelled = false`.
/// Each file is read once. Where the data set says that the labels of a recording lag (`label_shift_s`), they are moved: what then
/// ends before the video begins is left out, what only begins before it begins with it.
///   [stages.labels]
///   use = "labels/read"
///   in = "clips"
/// Fails with file:line of bad rows (the first twenty; label_file.hpp has the grammar), unless bad_rows = "skip".
struct ReadLabels {
  std::string bad_rows = "error", of = "recording";

  static void contract(Contract<ReadLabels>& c) {
    c.map("the notes in a clip's label file").parallel();
    c.param("bad_rows", &ReadLabels::bad_rows)
        .one_of({"error", "skip"})
        .doc("what a row that is not a note does: fail the clip, or be left out with a warning");
    c.param("of", &ReadLabels::of)
        .one_of({"recording", "window"})
        .doc("all labels of the recording, or those that begin in the clip's rows, cut where these end");
    c.in("clip", "clip");
    c.out("notes", "notes").doc("seconds from the recording's first frame");
    c.example("[stages.labels]\nuse = \"labels/read\"\nin = \"clips\"\n");
  }

  notes::Notes operator()(const data::Clip& clip) const {
    if (clip.labels.empty()) return {{}, false};
    std::lock_guard lock(memory_->mutex);
    auto& known = memory_->notes[{clip.labels.string(), clip.label_shift_s}];
    if (!known) known = std::make_unique<notes::Notes>(read(clip.labels, clip.label_shift_s));
    const auto notes = clip.label_shift_s == 0 ? *known : notes::shifted(*known, clip.label_shift_s);
    if (of == "recording" || clip.rows < 0) return notes;
    if (clip.frame_times.rate <= 0)
      throw Error("how long " + std::to_string(clip.rows) + " rows last is not known", "set frame_times.rate of data/clips", clip.name);
    // As video/frames has them, where the file has the frame rate that the data set says.
    const auto& times = clip.frame_times;
    const auto grid = TimeGrid::from_rate(times.rate, times.from_fps > 0 ? nanoseconds(times.offset_s) : 0);
    return notes::inside(notes, grid.from_row(clip.first_row), clip.rows);
  }

 private:
  notes::Notes read(const std::filesystem::path& file, double shift_s) const {
    auto parsed = labels::load_labels(file, shift_s);
    for (const auto& remark : parsed.remarks) spdlog::warn("{}: {}", file.string(), remark);
    if (parsed.bad_rows.empty()) return std::move(parsed.notes);
    if (bad_rows == "error") throw labels::errors_of(std::move(parsed.bad_rows));
    for (const auto& row : parsed.bad_rows) spdlog::warn("left out: {}", row.what());
    return std::move(parsed.notes);
  }

  struct Memory {
    std::mutex mutex;
    std::map<std::pair<std::string, double>, std::unique_ptr<notes::Notes>> notes;  ///< as the file has them; by file and shift
  };
  std::unique_ptr<Memory> memory_ = std::make_unique<Memory>();
};
TIVIT_STAGE("labels/read", ReadLabels)

}  // namespace
