// notes/segments: active cells on a TimeGrid -> notes.
//
//   [stages.decode_notes]
//   use = "notes/segments"
//   in = { active = "sounding", onsets = "struck" }    # bool[T,K] each; onsets may be left out
//
// A run of active rows of one key is one note, from its first row to the one after its last. Where `onsets` becomes active
// inside a run the key was struck again, and the run is cut there. K is 88 (from A0) or 128 (from MIDI 0, other keys dropped).
// Fails when the item carries no TimeGrid.
#include <stages/notes/note.hpp>

#include <algorithm>
#include <tivit/tensor/stage.hpp>
#include <tuple>

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
    const TimeGrid grid = context.get<TimeGrid>("time grid");
    const auto rows = active.size(0), columns = active.size(1);
    if (columns != key_count && columns != 128)
      throw Error("the roll has " + std::to_string(columns) + " columns", "give 88 (from A0) or 128 (from MIDI note 0)");
    const int first_pitch = columns == key_count ? lowest_pitch : 0;
    const at::Tensor sounding = active.cpu().contiguous(), struck = onsets ? onsets->cpu().contiguous() : at::Tensor();
    const bool* on = sounding.const_data_ptr<bool>();
    const bool* hit = onsets ? struck.const_data_ptr<bool>() : nullptr;
    Notes notes;
    for (std::int64_t k = 0; k < columns; ++k) {
      const int pitch = first_pitch + static_cast<int>(k);
      if (pitch < lowest_pitch || pitch >= lowest_pitch + key_count) continue;
      std::int64_t begin = -1;
      for (std::int64_t t = 0; t <= rows; ++t) {
        const bool sounds = t < rows && on[t * columns + k];
        const bool again = sounds && hit && hit[t * columns + k] && t > 0 && !hit[(t - 1) * columns + k];
        if (begin >= 0 && (!sounds || again)) {
          const Note note{grid.seconds_at(static_cast<double>(begin)), grid.seconds_at(static_cast<double>(t)), pitch, velocity};
          if (note.offset_s - note.onset_s >= shortest.seconds - 1e-9) notes.list.push_back(note);
          begin = -1;
        }
        if (sounds && begin < 0) begin = t;
      }
    }
    std::sort(notes.list.begin(), notes.list.end(),
              [](const Note& a, const Note& b) { return std::tie(a.onset_s, a.pitch) < std::tie(b.onset_s, b.pitch); });
    return notes;
  }
};
TIVIT_STAGE("notes/segments", Segments)

}  // namespace
}  // namespace tivit::notes
