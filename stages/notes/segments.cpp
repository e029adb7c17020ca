// notes/segments: active cells on a TimeGrid -> notes.
//
//   [stages.decode_notes]
//   use = "notes/segments"
//   in = { active = "sounding", onsets = "struck" }    # bool[T,K] each; onsets may be left out
//
// A run of active rows of one key is one note, from its first row to the one after its last. Where `onsets` becomes active
// inside a run the key was struck again, and the run is cut there. K is 88 (from A0) or 128 (from MIDI 0, other keys dropped).
// Fails when the item carries no TimeGrid.
#include <stages/notes/segment_decoder.hpp>

#include <tivit/tensor/stage.hpp>

namespace tivit::notes {
namespace {

struct Segments {
  Duration shortest{0};
  int velocity = 64;

  static void contract(Contract<Segments>& c) {
    c.map("runs of active cells to notes, cut where the key is struck again").parallel();
    c.param("shortest", &Segments::shortest).at_least(0).unit("s").doc("shorter notes are dropped");
    c.param("velocity", &Segments::velocity).range(1, 127).doc("of every note; a silent picture tells none");
    c.in("active", "bool[T,K]").doc("where a key sounds, with a TimeGrid; K is 88 or 128");
    c.in("onsets", "bool[T,K]").optional().doc("where a key is struck");
    c.out("notes", "notes");
    c.example("[stages.decode_notes]\nuse = \"notes/segments\"\nin = { active = \"sounding\", onsets = \"struck\" }\n");
  }

  Notes operator()(const at::Tensor& active, const at::Tensor* onsets, Context& context) const {
    return segment_notes(active, onsets, context.get<TimeGrid>("time grid"), shortest.seconds, velocity);
  }
};
TIVIT_STAGE("notes/segments", Segments)

}  // namespace
}  // namespace tivit::notes
