// labels/targets: notes painted as rolls on the rows of an item. See the contract.
#include <stages/labels/on_steps.hpp>
#include <stages/labels/rolls.hpp>
#include <tivit/tensor/stage.hpp>

namespace {
using namespace tivit;

/// Paints the notes of a recording on the rows of `frames` (any tensor with time first), whose TimeGrid says when each row is.
/// style "triangle": onset, offset (triangles on continuous time), frame (covered part of the row): f32[T,88].
/// style "tivit": pitch, onset, offset f32[T,P]; hand, clef i64[T]; clip.pitch, clip.onset, clip.offset f32[88], clip.hand, clip.clef.
/// Where each row stands for several of the video (a model's steps), "tivit" is painted on those and pooled as train/loss does it.
///   [stages.targets]
///   use = "labels/targets"
///   in = { frames = "strips", notes = "labels" }
///   style = "triangle"
/// Fails when the frames carry no TimeGrid, and for a clip without labels unless `unlabelled = "silence"`.
struct Targets {
  std::string style = "triangle";
  Duration half_width{0.1};
  labels::TivitStyle tivit;
  int note_min = 21, note_max = 108, dilate_rows = 0, stride = 1;
  bool hand_from_pitch = true;
  std::vector<double> clef_thresholds{60, 64}, onset_kernel, frame_kernel;
  std::string unlabelled = "error";

  static void contract(Contract<Targets>& c) {
    c.map("rolls that a network is trained towards").parallel();
    c.param("style", &Targets::style)
        .one_of({"triangle", "tivit"})
        .doc("triangles on continuous time, or cells of 0 and 1 with hands and clefs");
    c.param("half_width", &Targets::half_width)
        .range(0.001, 10)
        .unit("s")
        .doc("triangle: from the peak of an onset or offset down to zero");
    c.param("note_min", &Targets::note_min).range(0, 127).unit("MIDI").doc("tivit: pitch of the first column");
    c.param("note_max", &Targets::note_max).range(0, 127).unit("MIDI").doc("tivit: pitch of the last column");
    c.param("dilate_rows", &Targets::dilate_rows)
        .range(0, 1000)
        .unit("rows")
        .doc("tivit: every positive spreads this far before and after");
    c.param("stride", &Targets::stride)
        .range(1, 1000)
        .unit("frames")
        .doc("tivit: video frames a row; the window ends one frame after its last row began");
    c.param("hand_from_pitch", &Targets::hand_from_pitch)
        .doc("tivit: hand and clef of a row from the mean pitch that sounds; false: 0 and 2");
    c.param("clef_thresholds", &Targets::clef_thresholds)
        .range(0, 127)
        .unit("MIDI")
        .doc("tivit: below the first: left hand, bass; above the second: treble");
    c.param("onset_kernel", &Targets::onset_kernel)
        .range(0, 1)
        .doc("tivit: soft onsets, weights around the row, such as [0.5, 1, 0.5]; empty: hard");
    c.param("frame_kernel", &Targets::frame_kernel)
        .range(0, 1)
        .doc("tivit: soft note edges: first weight in the row before, last in the row after; empty: hard");
    c.param("unlabelled", &Targets::unlabelled).one_of({"error", "silence"}).doc("what a clip without labels gives");
    c.in("frames", "tensor").doc("any tensor whose first axis is time; only its length and TimeGrid are used");
    c.in("notes", "notes").doc("of the whole recording");
    c.out("rolls", "{onset: f32[T,P], offset: f32[T,P], ...}");
    c.example("[stages.targets]\nuse = \"labels/targets\"\nin = { frames = \"strips\", notes = \"labels\" }\nstyle = \"triangle\"\n");
  }

  void check(Faults& faults) const {
    if (note_max < note_min) faults.add("note_max", "note_max is below note_min", "give a range of pitches");
    if (clef_thresholds.size() != 2 || clef_thresholds[0] > clef_thresholds[1])
      faults.add("clef_thresholds", "clef_thresholds needs two ascending pitches", "write for example [60, 64]");
    if (!onset_kernel.empty() && onset_kernel.size() % 2 == 0)
      faults.add("onset_kernel", "onset_kernel has no middle", "give an odd number of weights");
    if (style == "triangle" && (note_min != 21 || note_max != 108))
      faults.add(note_min != 21 ? "note_min" : "note_max", "style \"triangle\" always has the 88 keys", "leave note_min and note_max out");
  }
  void open(RunContext&) {
    tivit = {note_min, note_max, dilate_rows, hand_from_pitch, clef_thresholds[0], clef_thresholds[1], stride, onset_kernel, frame_kernel};
  }

  Fields operator()(const at::Tensor& frames, const notes::Notes& notes, Context& context) const {
    if (!notes.labelled && unlabelled == "error")
      throw Error("the clip has no labels to make targets of", "give labels, or set unlabelled = \"silence\"");
    const auto& grid = context.get<TimeGrid>("time grid");
    if (frames.dim() == 0) throw Error("the frames have no time axis", "connect a tensor whose first axis is time");
    if (style == "triangle") return labels::triangle_rolls(notes, grid, frames.size(0), half_width.seconds);
    const std::int64_t steps = frames.size(0);
    Fields rolls = labels::tivit_rolls(notes, grid.unpooled(), steps * grid.pooled, tivit);
    return grid.pooled > 1 ? labels::on_steps(rolls, steps) : rolls;
  }
};
TIVIT_STAGE("labels/targets", Targets)

}  // namespace
