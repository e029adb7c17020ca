// notes/hysteresis: a roll -> its active cells, by two thresholds a key.
//
//   [stages.active]
//   use = "notes/hysteresis"
//   in = "split.pitch"        # f32[T,K], logits
//   open = 0.36
//   hold = 0.28
//
// A key becomes active where its curve reaches `open` and stays so until it falls below `hold`. Gaps up to `merge_gap` rows or
// shorter than `min_off` are closed, then segments shorter than `min_on` dropped. Values that are not finite count as 0. A threshold that
// came with the roll (calibrate/apply) is that of `head`, unless open or threshold is set.
#include <stages/notes/head_thresholds.hpp>
#include <stages/notes/segment_decoder.hpp>

#include <tivit/tensor/stage.hpp>

namespace tivit::notes {
namespace {

struct Hysteresis {
  std::string input = "logits", head = "onset";
  std::optional<double> open, hold, hold_share, threshold;
  std::int64_t min_on = HysteresisDurations{}.min_on, min_off = HysteresisDurations{}.min_off;
  std::int64_t merge_gap = HysteresisDurations{}.merge_gap, median = HysteresisDurations{}.median;

  static void contract(Contract<Hysteresis>& c) {
    c.map("active cells of a roll by an opening and a holding threshold, cleaned of short gaps and segments").parallel();
    c.param("input", &Hysteresis::input).one_of({"logits", "probabilities"}).doc("what the roll holds");
    c.param("head", &Hysteresis::head)
        .one_of({"onset", "offset", "pitch", "frame"})
        .doc("whose roll it is: defaults .36/.28, of offset .32/.24, and its calibration");
    c.param("open", &Hysteresis::open).range(0, 1).unit("probability").doc("a segment opens here");
    c.param("hold", &Hysteresis::hold).range(0, 1).unit("probability").doc("a segment ends below this; at most open");
    c.param("hold_share", &Hysteresis::hold_share).range(0, 1).doc("hold as a share of open, where hold is not given");
    c.param("threshold", &Hysteresis::threshold)
        .range(0, 1)
        .unit("probability")
        .doc("without open: the open gate, of which hold keeps its share; unset: the calibration's, if there is one");
    c.param("min_on", &Hysteresis::min_on).at_least(0).unit("rows").doc("shorter segments are dropped");
    c.param("min_off", &Hysteresis::min_off).at_least(0).unit("rows").doc("shorter gaps are closed");
    c.param("merge_gap", &Hysteresis::merge_gap).at_least(0).unit("rows").doc("gaps up to this are closed");
    c.param("median", &Hysteresis::median).at_least(0).unit("rows").doc("median filter in front; even widths grow by one");
    c.in("roll", "f32[T,K]");
    c.out("active", "bool[T,K]");
    c.example("[stages.active]\nuse = \"notes/hysteresis\"\nin = \"split.pitch\"\nopen = 0.36\nhold = 0.28\n");
  }

  at::Tensor operator()(const at::Tensor& roll, Context& context) const {
    auto opens = threshold;
    if (const auto* calibrated = context.find<HeadThresholds>(); calibrated && !open && !opens) opens = calibrated->of(head);
    HysteresisRules rules = resolve_gates(defaults_of(head, {min_on, min_off, merge_gap, median}), open, hold, hold_share, opens);
    const RollValues values = roll_values(input);
    for (double* gate : {&rules.open, &rules.hold}) *gate = threshold_of(values, *gate);
    return GatedRoll(roll, values, rules.median).active(rules);
  }
};
TIVIT_STAGE("notes/hysteresis", Hysteresis)

}  // namespace
}  // namespace tivit::notes
