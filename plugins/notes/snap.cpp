// notes/snap: moves onsets towards the grid of the tempo.
//
//   [stages.snap]
//   use = "notes/snap"
//   in = "events"             # or { notes = "events", onset = "probabilities.onset" }
//
// The tempo is the one whose beats the times between onsets are nearest to being multiples of; the grid has `divisions` steps a beat, and
// lies where the onsets lie on the whole. Every onset moves by alpha times its distance from the grid, at most `furthest`; the offset moves
// with it, so that no note changes its length. alpha grows with the note's confidence, from 0 at `least_confidence` to `strength`: the
// highest onset probability within `near` of the onset, or 1 where `onset` is not connected. Without a clear tempo, notes pass unchanged.
// Fails when onset probabilities come without a TimeGrid, or are none.
#include <ATen/core/Tensor.h>

#include <algorithm>
#include <cmath>
#include <stages/notes/note.hpp>
#include <tivit/tensor/stage.hpp>
#include <tivit/time.hpp>
#include <tuple>

#include "tempo.hpp"

namespace {

using tivit::notes::Note;
using tivit::notes::Notes;

struct Snap {
  double slowest = 40, fastest = 240, step = 1, width = 0.3, least_score = 0.6;
  int divisions = 4;
  double strength = 0.5, slope = 2, least_confidence = 0.15;
  tivit::Duration furthest{0.035}, near{0.05};

  static void contract(tivit::Contract<Snap>& c) {
    c.map("moves onsets towards the grid of the tempo").parallel();
    c.param("slowest", &Snap::slowest).range(10, 400).unit("beats/min").doc("slowest tempo that is tried");
    c.param("fastest", &Snap::fastest).range(10, 400).unit("beats/min").doc("fastest tempo that is tried");
    c.param("step", &Snap::step).range(0.01, 20).unit("beats/min").doc("between tempos that are tried");
    c.param("width", &Snap::width).range(0.01, 1).unit("beats").doc("how far times between onsets may lie from whole beats");
    c.param("least_score", &Snap::least_score)
        .range(0, 1)
        .doc("a tempo that scores less is none; times at random score about 0.68 with width 0.3");
    c.param("divisions", &Snap::divisions).range(1, 48).doc("steps of the grid in a beat");
    c.param("strength", &Snap::strength).range(0, 1).doc("greatest share of the distance to the grid that an onset moves");
    c.param("slope", &Snap::slope).at_least(0).doc("how fast that share grows with the confidence");
    c.param("least_confidence", &Snap::least_confidence).range(0, 1).unit("probability").doc("notes up to here neither count nor move");
    c.param("furthest", &Snap::furthest).at_least(0).unit("s").doc("distances to the grid are taken as at most this");
    c.param("near", &Snap::near).at_least(0).unit("s").doc("how far from the onset its probability is looked for");
    c.in("notes", "notes");
    c.in("onset", "f32[T,88]").optional().doc("onset probabilities, with a TimeGrid");
    c.out("notes", "notes");
    c.example("[stages.snap]\nuse = \"notes/snap\"\nin = \"events\"\n");
  }

  void check(tivit::Faults& faults) const {
    if (slowest > fastest) faults.add("slowest", "is above fastest", "swap them");
  }

  Notes operator()(const Notes& played, const at::Tensor* onset, tivit::Context& context) const {
    std::vector<snap::Onset> onsets;
    for (const auto& note : played.list) onsets.push_back({note.onset_s, onset ? confidence(note, *onset, context) : 1.0});
    const snap::TempoRules rules{
        .slowest_bpm = slowest, .fastest_bpm = fastest, .step_bpm = step, .least_confidence = least_confidence, .width_beats = width};
    const auto tempo = snap::estimate_tempo(onsets, rules);
    if (tempo.bpm == 0 || tempo.score < least_score) return played;
    const double step_s = 60 / tempo.bpm / divisions, phase = snap::grid_phase(onsets, step_s);
    Notes snapped = played;
    for (std::size_t i = 0; i < onsets.size(); ++i) {
      const double steps = (onsets[i].time_s - phase) / step_s, distance = (std::round(steps) - steps) * step_s;
      const double alpha = std::clamp(slope * (onsets[i].confidence - least_confidence), 0.0, strength);
      const double shift = alpha * std::clamp(distance, -furthest.seconds, furthest.seconds);
      snapped.list[i].onset_s = std::max(0.0, snapped.list[i].onset_s + shift);
      snapped.list[i].offset_s = std::max(snapped.list[i].onset_s + 1e-3, snapped.list[i].offset_s + shift);
    }
    std::stable_sort(snapped.list.begin(), snapped.list.end(),
                     [](const Note& a, const Note& b) { return std::tie(a.onset_s, a.pitch) < std::tie(b.onset_s, b.pitch); });
    return snapped;
  }

 private:
  double confidence(const Note& note, const at::Tensor& onset, tivit::Context& context) const {
    const auto grid = context.get<tivit::TimeGrid>("time grid");
    const auto values = onset.contiguous();
    const auto rows = values.size(0);
    const auto key = note.pitch - tivit::notes::lowest_pitch;
    if (key < 0 || key >= values.size(1)) return 0;
    const double row = grid.row_at(note.onset_s), reach = near.seconds / grid.hop_seconds();
    double highest = 0;
    for (auto t = std::max<std::int64_t>(0, std::llround(std::ceil(row - reach))); t < rows && static_cast<double>(t) <= row + reach; ++t) {
      const double value = values.const_data_ptr<float>()[t * values.size(1) + key];
      if (!(value >= 0 && value <= 1))
        throw tivit::Error("onset row " + std::to_string(t) + " of key " + std::to_string(key) + " is no probability",
                           "put a sigmoid in front");
      highest = std::max(highest, value);
    }
    return highest;
  }
};
TIVIT_STAGE("notes/snap", Snap)

}  // namespace
