// notes/events: the onset and frame curves of a whole recording -> its notes.
//
//   [stages.events]
//   use = "notes/events"
//   in = "stitch"             # {onset: f32[T,88], frame: f32[T,88]} and a TimeGrid
//   onset = 0.5
//
// A note begins at a peak of the onset curve, between two rows where the neighbours say so, and ends where the frame curve
// crosses `frame_end`, at the latest where the same key is struck again. Distances are times, so any TimeGrid will do. Thresholds that are
// not set are those of the calibration that came with the rolls (calibrate/apply).
// Fails when a value is not a number, or no probability though `input` says so, and when the item carries no TimeGrid.
#include <stages/notes/event_decoder.hpp>

#include <tivit/tensor/stage.hpp>

namespace tivit::notes {
namespace {

struct Events {
  std::string input = "logits";
  std::optional<double> onset, frame_support, frame_end;
  Duration support{EventRules{}.support_s}, merge{EventRules{}.merge_s}, shortest{EventRules{}.shortest_s};
  int velocity = 64;

  static void contract(Contract<Events>& c) {
    c.map("onset and frame curves to notes: onset peaks between the rows, ends by the frame curve").parallel();
    c.param("input", &Events::input).one_of({"logits", "probabilities"}).doc("what the rolls hold");
    c.param("onset", &Events::onset).range(0, 1).unit("probability").doc("least height of an onset peak; unset: the calibration's, or 0.5");
    c.param("frame_support", &Events::frame_support)
        .range(0, 1)
        .unit("probability")
        .doc("least frame probability near an onset; unset: half of the calibrated frame_end, or 0.3");
    c.param("support", &Events::support).range(0, 10).unit("s").doc("how near to the onset the frame probability must reach it");
    c.param("merge", &Events::merge).at_least(0).unit("s").doc("of onsets of one key closer than this the higher one stays");
    c.param("frame_end", &Events::frame_end)
        .range(0, 1)
        .unit("probability")
        .doc("a note ends where the frame curve falls below; unset: the calibration's, or 0.6");
    c.param("shortest", &Events::shortest)
        .range(0.001, 10)
        .unit("s")
        .doc("shorter notes are lengthened to this, up to the key's next onset");
    c.param("velocity", &Events::velocity).range(1, 127).doc("of every note; a silent picture tells none");
    c.in("rolls", "{onset: f32[T,88], frame: f32[T,88], ...}").doc("of a whole recording, with its TimeGrid");
    c.out("notes", "notes");
    c.example("[stages.events]\nuse = \"notes/events\"\nin = \"stitch\"\nonset = 0.5\n");
  }

  Notes operator()(const Fields& rolls, Context& context) const {
    EventRules rules{.support_s = support.seconds, .merge_s = merge.seconds, .shortest_s = shortest.seconds, .velocity = velocity};
    if (const auto* calibrated = context.find<HeadThresholds>()) rules = rules.at(*calibrated);
    rules.onset = onset.value_or(rules.onset);
    rules.frame_support = frame_support.value_or(rules.frame_support);
    rules.frame_end = frame_end.value_or(rules.frame_end);
    const RollValues values = roll_values(input);
    for (double* threshold : {&rules.onset, &rules.frame_support, &rules.frame_end}) *threshold = threshold_of(values, *threshold);
    return event_notes({rolls, values, context.get<TimeGrid>("time grid"), context.find<keyboard::KeyGeometry>()}, rules);
  }
};
TIVIT_STAGE("notes/events", Events)

}  // namespace
}  // namespace tivit::notes
