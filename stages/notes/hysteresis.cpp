// notes/hysteresis: a roll -> its active cells, by two thresholds a key.
//
//   [stages.active]
//   use = "notes/hysteresis"
//   in = "split.pitch"        # f32[T,K], logits
//   open = 0.36
//   hold = 0.28
//
// A key becomes active where its curve reaches `open` and stays so until it falls below `hold`. Gaps up to `merge_gap` rows or
// shorter than `min_off` are closed, then segments shorter than `min_on` dropped. Values that are not finite count as 0.
#include <ATen/ops/zeros.h>
#include <stages/notes/hysteresis_decoder.hpp>

#include <cmath>
#include <tivit/tensor/stage.hpp>

namespace tivit::notes {
namespace {

struct Hysteresis {
  std::string input = "logits", head = "onset";
  std::optional<double> open, hold, hold_share, threshold;
  std::int64_t min_on = 2, min_off = 2, merge_gap = 1, median = 3;

  static void contract(Contract<Hysteresis>& c) {
    c.map("active cells of a roll by an opening and a holding threshold, cleaned of short gaps and segments").parallel();
    c.param("input", &Hysteresis::input).one_of({"logits", "probabilities"}).doc("what the roll holds");
    c.param("head", &Hysteresis::head).one_of({"onset", "offset"}).doc("whose defaults fill open and hold: .36/.28 or .32/.24");
    c.param("open", &Hysteresis::open).range(0, 1).unit("probability").doc("a segment opens here");
    c.param("hold", &Hysteresis::hold).range(0, 1).unit("probability").doc("a segment ends below this; at most open");
    c.param("hold_share", &Hysteresis::hold_share).range(0, 1).doc("hold as a share of open, where hold is not given");
    c.param("threshold", &Hysteresis::threshold)
        .range(0, 1)
        .unit("probability")
        .doc("without open: the open gate, of which hold keeps its share");
    c.param("min_on", &Hysteresis::min_on).at_least(0).unit("rows").doc("shorter segments are dropped");
    c.param("min_off", &Hysteresis::min_off).at_least(0).unit("rows").doc("shorter gaps are closed");
    c.param("merge_gap", &Hysteresis::merge_gap).at_least(0).unit("rows").doc("gaps up to this are closed");
    c.param("median", &Hysteresis::median).at_least(0).unit("rows").doc("median filter in front; even widths grow by one");
    c.in("roll", "f32[T,K]");
    c.out("active", "bool[T,K]");
    c.example("[stages.active]\nuse = \"notes/hysteresis\"\nin = \"split.pitch\"\nopen = 0.36\nhold = 0.28\n");
  }

  at::Tensor operator()(const at::Tensor& roll) const {
    const HysteresisRules defaults{head == "onset" ? 0.36 : 0.32, head == "onset" ? 0.28 : 0.24, min_on, min_off, merge_gap, median};
    const HysteresisRules rules = resolve_gates(defaults, open, hold, hold_share, threshold);
    const at::Tensor rows = roll.cpu().contiguous();
    const auto times = rows.size(0), keys = rows.size(1);
    const float* data = rows.const_data_ptr<float>();
    at::Tensor active = at::zeros({times, keys}, at::kBool);
    bool* cells = active.mutable_data_ptr<bool>();
    std::vector<double> curve(times);
    for (std::int64_t k = 0; k < keys; ++k) {
      for (std::int64_t t = 0; t < times; ++t) {
        const double value = data[t * keys + k];
        curve[t] = input == "logits" ? 1 / (1 + std::exp(-value)) : value;
      }
      for (const auto& [begin, end] : hysteresis_segments(curve, rules))
        for (auto t = begin; t < end; ++t) cells[t * keys + k] = true;
    }
    return active;
  }
};
TIVIT_STAGE("notes/hysteresis", Hysteresis)

}  // namespace
}  // namespace tivit::notes
