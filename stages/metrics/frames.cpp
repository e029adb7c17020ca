// metrics/frames: what sounds when, compared row by row -> frame F1 over the 88 keys, black and white keys apart.
//
//   [stages.frames]
//   use = "metrics/frames"
//   in = { estimate = "events", reference = "labels" }      # estimate: notes, or active cells bool[T,88] with a TimeGrid
//   rate = 20                 # rows a second; active cells bring their own grid
//
// The figures of a colour of keys that sounds on neither side are null, and in no mean.
// A key sounds in a row when onset <= the row's time < offset. Both sides are cut where the recording's rows end, and the reference where
// the cells do; where no rows travel beside the estimate, as with notes from files, there are as many as the notes need. Averages, pooling,
// silent and unlabelled recordings are as in metrics/notes. A recording fails when its estimate is neither, or is cells without a TimeGrid.
#include <stages/metrics/frame_scores.hpp>
#include <stages/metrics/score_book.hpp>
#include <stages/notes/recording_end.hpp>
#include <stages/notes/recording_name.hpp>
#include <stages/report/json_value.hpp>

#include <algorithm>
#include <cmath>
#include <tivit/tensor/stage.hpp>

namespace tivit::metrics {
namespace {

using nlohmann::json;

class FrameMetrics {
 public:
  std::string event = "eval_frames";
  double rate = 20;

  static void contract(Contract<FrameMetrics>& c) {
    c.gather("frame F1 over the 88 keys, black and white keys apart, with mir_eval's accuracy and errors", "run");
    c.param("event", &FrameMetrics::event).doc("the name under which the means go to metrics.jsonl");
    c.param("rate", &FrameMetrics::rate).range(1, 1000).unit("rows/s").doc("of the grid on which notes are compared");
    c.in("estimate", "any").doc("notes, or bool[T,88] with a TimeGrid");
    c.in("reference", "notes");
    c.out("scores", "json");
    c.example("[stages.frames]\nuse = \"metrics/frames\"\nin = { estimate = \"events\", reference = \"labels\" }\n");
  }

  void add(const Payload& estimate, const notes::Notes& reference, Emit&, Context& context) {
    const std::string name = notes::recording_name(context);
    if (!book_.labelled(reference, name)) return;
    TimeGrid grid = TimeGrid::from_rate(rate);
    std::optional<std::size_t> rows;
    PitchFrames found;
    if (estimate.is<notes::Notes>()) {
      if (const auto end_s = notes::recording_end_s(context))
        rows = static_cast<std::size_t>(std::max(0.0, std::ceil(grid.row_at(*end_s) - 1e-6)));
      found = sounding_frames(estimate.as<notes::Notes>(), grid, rows);
    } else {
      Symbols symbols;
      if (const auto problem = estimate.check(PortType::parse("bool[T,88]"), symbols))
        throw Error("the estimate is neither notes nor active cells: " + *problem, "connect notes, or bool[T,88] from notes/threshold",
                    name);
      grid = context.get<TimeGrid>("time grid");
      found = active_frames(estimate.as<at::Tensor>());
      rows = found.size();
    }
    const PitchFrames truth = sounding_frames(reference, grid, rows);
    const bool silent = std::ranges::all_of(truth, [](const auto& row) { return row.empty(); });  // also where all labels lie after the end
    book_.enter(silent ? notes::Notes() : reference,
                {{"name", name}, {"rows", std::max(truth.size(), found.size())}, {"scores", frame_scores(truth, found)}});
  }

  void finish(Emit& emit, Context& context) { emit(book_.close("frames", event, {{"scores", "", pooled_frame_scores}}, context)); }

  std::string save_state() const { return book_.save(); }
  void load_state(std::string_view state) { book_.load(state); }

 private:
  ScoreBook book_;
};
TIVIT_STAGE("metrics/frames", FrameMetrics)

}  // namespace
}  // namespace tivit::metrics
