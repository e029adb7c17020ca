// notes/events: the onset and frame curves of a whole recording -> its notes.
//
//   [stages.events]
//   use = "notes/events"
//   in = "stitch"             # {onset: f32[T,88], frame: f32[T,88]} and a TimeGrid
//   onset = 0.5
//
// A note begins at a peak of the onset curve, between two rows where the neighbours say so, and ends where the frame curve
// crosses `frame_end`, at the latest where the same key is struck again. Distances are times, so any TimeGrid will do.
// Fails when a value is not a number, or no probability though `input` says so, and when the item carries no TimeGrid.
#include <stages/keyboard/key_geometry.hpp>
#include <stages/notes/note.hpp>
#include <stages/notes/onset_peaks.hpp>
#include <stages/notes/probability_column.hpp>

#include <algorithm>
#include <tivit/tensor/stage.hpp>
#include <tuple>

namespace tivit::notes {
namespace {

struct Events {
  std::string input = "logits";
  double onset = 0.5, frame_support = 0.3, frame_end = 0.6;
  Duration support{0.15}, merge{0.1}, shortest{0.05};
  int velocity = 64;

  static void contract(Contract<Events>& c) {
    c.map("onset and frame curves to notes: onset peaks between the rows, ends by the frame curve").parallel();
    c.param("input", &Events::input).one_of({"logits", "probabilities"}).doc("what the rolls hold");
    c.param("onset", &Events::onset).range(0, 1).unit("probability").doc("least height of an onset peak");
    c.param("frame_support", &Events::frame_support).range(0, 1).unit("probability").doc("least frame probability near an onset");
    c.param("support", &Events::support).at_least(0).unit("s").doc("how near to the onset the frame probability must reach it");
    c.param("merge", &Events::merge).at_least(0).unit("s").doc("of onsets of one key closer than this the higher one stays");
    c.param("frame_end", &Events::frame_end).range(0, 1).unit("probability").doc("a note ends where the frame curve falls below");
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
    const TimeGrid grid = context.get<TimeGrid>("time grid");
    const auto onsets = probability_columns(rolls.at("onset"), roll_values(input), "onset");
    const auto frames = probability_columns(rolls.at("frame"), roll_values(input), "frame");
    const double hop_s = grid.hop_seconds();
    const PeakRules rules{onset, frame_support, support.seconds / hop_s, merge.seconds / hop_s, frame_end, shortest.seconds / hop_s};
    const auto* geometry = context.find<keyboard::KeyGeometry>();
    Notes notes;
    for (int key = 0; key < key_count; ++key) {
      if (geometry && absent(*geometry, key)) continue;
      for (const auto& [begin, end] : key_notes(onsets[key], frames[key], rules))
        notes.list.push_back({grid.seconds_at(begin), grid.seconds_at(end), key + lowest_pitch, velocity});
    }
    std::sort(notes.list.begin(), notes.list.end(),
              [](const Note& a, const Note& b) { return std::tie(a.onset_s, a.pitch) < std::tie(b.onset_s, b.pitch); });
    return notes;
  }

  /// Whether a partial keyboard is known not to show the key: the network's output there means nothing.
  static bool absent(const keyboard::KeyGeometry& geometry, int key) {
    return std::any_of(geometry.keys.begin(), geometry.keys.end(), [&](const keyboard::Key& k) { return k.index == key && !k.present; });
  }
};
TIVIT_STAGE("notes/events", Events)

}  // namespace
}  // namespace tivit::notes
