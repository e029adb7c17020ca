// metrics/…, calibrate/… and report/….
#include <ATen/ops/full.h>
#include <ATen/ops/zeros.h>
#include <stages/data/clip.hpp>
#include <stages/report/json_value.hpp>
#include <tivit/atomic_file.hpp>
#include <tivit/tensor/fields.hpp>

#include "subjects.hpp"

namespace tivit::tests {
namespace {
using nlohmann::json;

/// Logits that are high where the piece has notes, 5 s of it.
Fields logits_of(std::size_t n) {
  Fields logits{{"onset", at::full({100, 88}, -6.F)}, {"frame", at::full({100, 88}, -6.F)}};
  const auto notes = piece(n);
  for (std::size_t i = 0; i < notes.list.size(); ++i) {
    const auto row = static_cast<std::int64_t>(20 * notes.list[i].onset_s + 0.5), key = std::int64_t{notes.list[i].pitch - 21};
    logits.at("onset")[row][key] = i % 4 == 0 ? -1.0 : 2.0 + 0.1 * static_cast<double>(i);
    logits.at("frame").slice(0, row, row + 4).select(1, key).fill_(3);
  }
  return logits;
}
Fields targets_of(std::size_t n) {
  Fields targets{{"onset", at::zeros({100, 88})}, {"frame", at::zeros({100, 88})}};
  for (const auto& note : piece(n).list) {
    const auto row = static_cast<std::int64_t>(20 * note.onset_s + 0.5), key = std::int64_t{note.pitch - 21};
    targets.at("onset")[row][key] = 1;
    targets.at("frame").slice(0, row, row + 4).select(1, key).fill_(1);
  }
  return targets;
}

Given pair(std::size_t n) { return given({{"estimate", Payload::of(piece(n))}, {"reference", Payload::of(piece(n + 1))}}, n); }

auto report(const std::string& port, const json& value) {
  return [=](std::size_t n) {
    json own = value;
    own["number"] = n;
    return given({{port, Payload::of(own)}}, n);
  };
}

const json thresholds_report() {
  const json bins{{"counts", {5, 1}}, {"mean_probability", {0.1, 0.8}}, {"mean_target", {0.2, 0.9}}, {"ece", 0.1}, {"brier", 0.2}};
  const json head{{"before", bins},     {"after", bins},     {"criterion", "notes"},  {"best_prob", 0.4},
                  {"f1", 0.9},          {"precision", 0.8},  {"recall", 1.0},         {"edge", nullptr},
                  {"platt_scale", 1.0}, {"platt_bias", 0.0}, {"curve", json::array()}};
  return {{"kind", "thresholds"}, {"heads", {{"onset", head}}}, {"recordings", {"a"}}, {"unlabelled", json::array()}, {"failed", 0}};
}

[[maybe_unused]] const bool added = [] {
  add({"metrics/notes", {}, pair});
  add({"metrics/frames", {}, pair});
  Subject steps{"metrics/steps", {}, [](std::size_t n) {
                  return given({{"logits", made("{onset: f32[2,4,88], offset: f32[2,4,88]}", n)},
                                {"batch", made("{targets: {onset: f32[2,4,88], offset: f32[2,4,88]}}", n + 50)}},
                               n);
                }};
  steps.refused =
      given({{"logits", made("{onset: f32[2,4,88], offset: f32[2,4,88]}", 1)}, {"batch", made("{targets: {onset: f32[2,4,88]}}", 2)}}, 1);
  add(steps);

  Subject apply{"calibrate/apply", {{"file", {std::string("{folder}/calibration.json")}}}, [](std::size_t n) {
                  return given({{"logits", Payload::of(logits_of(n))}}, n);
                }};
  apply.prepare = [](testing::Harness& h) {
    write_file(h.folder().path() / "calibration.json", R"({"onset": {"temperature": 2.0, "logit_bias": -0.5, "best_prob": 0.4}})");
  };
  add(apply);
  Subject thresholds{
      "calibrate/thresholds", {}, [](std::size_t n) {
        return given({{"logits", Payload::of(logits_of(n))}, {"reference", Payload::of(piece(n))}, {"targets", Payload::of(targets_of(n))}},
                     n);
      }};
  thresholds.needs_items = true;
  add(thresholds);

  const json scored{{"kind", "lags"}, {"recordings", {{{"name", "a"}, {"lag_ms", 3}}}}, {"failed", 0}};
  add({"report/json", {}, report("value", scored)});
  add({"report/tsv", {{"columns", texts({"name", "lag_ms"})}}, report("report", scored)});
  add({"report/scores", {{"columns", texts({"lag_ms"})}}, report("scores", scored)});
  add({"report/thresholds", {}, report("report", thresholds_report())});
  add({"report/reliability", {}, report("report", thresholds_report())});
  add({"report/val_line", {}, report("scores", {{"kind", "steps"}, {"values", {{"onset_f1", 0.5}}}})});
  add({"report/names", {{"list", {std::string("calib")}}}, report("value", {{"calib", {"a", "b"}}})});
  add({"report/roll", {}, pair});
  add({"report/npz", {}, [](std::size_t n) { return given({{"roll", made("f32[T,88]", n)}, {"notes", Payload::of(piece(n))}}, n); }});
  add({"report/logits", {}, [](std::size_t n) { return given({{"logits", made("{onset: f32[T,88]}", n)}}, n); }});
  add({"report/dataset", {}, [](std::size_t n) {
         data::Clip clip;
         clip.name = "piece" + std::to_string(n);
         clip.split = "train";
         return given({{"clip", Payload::of(clip)}, {"notes", Payload::of(piece(n))}}, n);
       }});
  return true;
}();

}  // namespace
}  // namespace tivit::tests
