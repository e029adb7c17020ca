// metrics/notes: transcriptions and their references -> scores of notes, exactly as mir_eval gives them.
//
//   [stages.scores]
//   use = "metrics/notes"
//   in = { estimate = "events", reference = "labels" }      # notes each, of whole recordings
//   event = "eval"            # how the means are called in metrics.jsonl
//
// Per recording, averaged over recordings (each counts once) and pooled; each raw and after the constant shift of that recording
// that suits it best. Recordings whose reference is silent are listed apart: mir_eval would give a perfect silence 0. Recordings
// without labels are named, those that failed counted. Notes that began before the recording begin at 0; of the reference, those that begin
// after its end are left out (nobody could see them), and what sounds on is cut there, as in metrics/frames and report/roll. A reference or
// estimate with a note that has no duration fails its recording.
#include <stages/metrics/note_scores.hpp>
#include <stages/metrics/score_book.hpp>
#include <stages/notes/recording_end.hpp>
#include <stages/notes/recording_name.hpp>
#include <stages/notes/shifted.hpp>
#include <stages/report/json_value.hpp>

#include <tivit/contract.hpp>

namespace tivit::metrics {
namespace {

using nlohmann::json;

class NoteMetrics {
 public:
  std::string event = "eval";
  Duration reach{0.3}, step{0.005};
  bool velocity = false;

  static void contract(Contract<NoteMetrics>& c) {
    c.gather("note scores by mir_eval's rules: onset F1 at 50 and 100 ms, onset and offset, raw and after the best constant shift", "run");
    c.param("event", &NoteMetrics::event).doc("the name under which the means go to metrics.jsonl");
    c.param("reach", &NoteMetrics::reach).range(0, 10).unit("s").doc("largest constant shift tried, either way; 0: none");
    c.param("step", &NoteMetrics::step).range(0.0005, 1).unit("s").doc("between the shifts tried");
    c.param("velocity", &NoteMetrics::velocity).doc("score velocities too");
    c.in("estimate", "notes").doc("of a whole recording");
    c.in("reference", "notes").doc("its labels");
    c.out("scores", "json");
    c.example("[stages.scores]\nuse = \"metrics/notes\"\nin = { estimate = \"events\", reference = \"labels\" }\n");
  }

  void add(const notes::Notes& estimate, const notes::Notes& reference, Emit&, Context& context) {
    const std::string name = notes::recording_name(context);
    if (!book_.labelled(reference, name)) return;
    const auto played = notes::until(notes::shifted(reference, 0), notes::recording_end_s(context));
    const auto truth = scored(played), found = scored(notes::shifted(estimate, 0));
    check_notes(truth, "reference of " + name);
    check_notes(found, "estimate of " + name);
    json entry{{"name", name}, {"reference_notes", truth.size()}, {"estimated_notes", found.size()}};
    if (!truth.empty()) {
      const double shift_s = best_shift(truth, found, reach.seconds, step.seconds);
      entry["raw"] = note_scores(truth, found, 0, velocity);
      entry["shift_ms"] = 1e3 * shift_s;
      entry["shifted"] = note_scores(truth, found, shift_s, velocity);
    }
    book_.enter(played, std::move(entry));
  }

  void finish(Emit& emit, Context& context) {
    const auto pooled = [this](const char* part) {
      return [this, part](const json& recordings) { return pooled_note_scores(recordings, part, velocity); };
    };
    emit(book_.close("notes", event, {{"raw", "", pooled("raw")}, {"shifted", "_shifted", pooled("shifted")}}, context));
  }

  std::string save_state() const { return book_.save(); }
  void load_state(std::string_view state) { book_.load(state); }

 private:
  ScoreBook book_;
};
TIVIT_STAGE("metrics/notes", NoteMetrics)

}  // namespace
}  // namespace tivit::metrics
