// calibrate/apply: logits, calibrated as a file says, with the thresholds of their heads beside them.
//
//   [stages.logits]
//   use = "calibrate/apply"
//   in = "stitch"
//   file = "calibration.json" # of graphs/calibrate.toml or of the Python program; "": nothing changes
//   model = "model"           # may be left out
//
// A head's logits become logit / temperature + logit_bias. Its threshold travels beside the record: the decoders behind take it where
// theirs is not set. Heads that the file does not name stay as they are. A file that is no calibration or lacks a head of `required` is
// refused before the run. Fails when the record lacks a head of the file: on the first as on all of them, so that on_error = "fail" says
// it once. The log warns where the file was made with another key prior, or with other weights than those of `model`.
#include <ATen/TensorOperators.h>
#include <spdlog/spdlog.h>
#include <stages/calibrate/calibration.hpp>
#include <stages/calibrate/made_with.hpp>
#include <stages/notes/head_thresholds.hpp>

#include <algorithm>
#include <atomic>
#include <iterator>
#include <tivit/error.hpp>
#include <tivit/tensor/stage.hpp>

namespace tivit::calibrate {
namespace {

class Apply {
 public:
  std::filesystem::path file;
  std::vector<std::string> required{"onset"};
  std::shared_ptr<Resource> model;

  static void contract(Contract<Apply>& c) {
    c.map("calibrated logits, with the thresholds of their heads").parallel().attaches<notes::HeadThresholds>();
    c.param("file", &Apply::file).doc("calibration.json; empty: logits stay as they are");
    c.param("required", &Apply::required).doc("heads that the file must name");
    c.may_use("model", &Apply::model, "model");
    c.in("logits", "{...}");
    c.out("logits", "{...}");
    c.example("[stages.logits]\nuse = \"calibrate/apply\"\nin = \"stitch\"\nfile = \"calibration.json\"\n");
  }

  void check(Faults& faults) const {
    if (file.empty()) return;
    try {
      const auto heads = read_calibration(file).heads;
      std::vector<std::string> named;
      for (const auto& [head, values] : heads) named.push_back(head);
      for (const auto& head : required)
        if (!heads.contains(head))
          faults.add("file", Error("names no head \"" + head + "\", but " + quoted_list(named),
                                   "calibrate this model with graphs/calibrate.toml", file.string()));
    } catch (const Error& error) {
      faults.add("file", error);
    }
  }

  void open(RunContext&) {
    if (file.empty()) return;
    calibration_ = read_calibration(file);
    if (!calibration_.made_with.is_null()) model_ = fingerprint(model.get());
    for (const auto& [head, values] : calibration_.heads) {
      thresholds_.probability[head] = values.threshold;
      if (values.edge == "low" || values.edge == "high")
        spdlog::warn("{}: the threshold of \"{}\" lies at the {} edge of what was tried; a better one may lie beyond", file.string(), head,
                     values.edge);
      else if (values.edge == "all")
        spdlog::warn("{}: at the threshold of \"{}\" all that the head says counts; it did not tell right from wrong", file.string(), head);
    }
  }

  Fields operator()(const Fields& logits, Context& context) const {
    if (calibration_.heads.empty()) return logits;
    if (!told_.exchange(true))
      for (const auto& difference : differences(calibration_.made_with, made_with(model_, context.find<notes::UsedKeyPrior>())))
        spdlog::warn("{}: was made with {}; its thresholds belong to other logits: calibrate again for these", file.string(), difference);
    Fields out = logits;
    for (const auto& [head, values] : calibration_.heads) {
      const auto* tensor = logits.find(head);
      if (!tensor) throw unknown(head, logits.names());
      if (values.line.scale != 1 || values.line.bias != 0) out.set(head, tensor->mul(values.line.scale).add(values.line.bias));
    }
    context.set(thresholds_);
    return out;
  }

 private:
  Error unknown(const std::string& head, const std::vector<std::string>& there) const {
    std::vector<std::string> missing;  // a head that has its entry was not misspelt
    std::ranges::copy_if(there, std::back_inserter(missing), [&](const std::string& name) { return !calibration_.heads.contains(name); });
    const std::string near = nearest_name(head, missing);
    return Error(
        "calibrates a head \"" + head + "\" that the model does not have; it has " + quoted_list(there),
        (near.empty() ? "" : "did you mean \"" + near + "\"? else ") + std::string("give the calibration that was made for this model"),
        file.string());
  }

  Calibration calibration_;
  notes::HeadThresholds thresholds_;
  std::string model_;                      ///< its fingerprint
  mutable std::atomic<bool> told_{false};  ///< how the file was made
};
TIVIT_STAGE("calibrate/apply", Apply)

}  // namespace
}  // namespace tivit::calibrate
