// calibrate/apply: logits, calibrated as a file says, with the thresholds of their heads beside them.
//
//   [stages.logits]
//   use = "calibrate/apply"
//   in = "stitch"
//   file = "calibration.json" # of graphs/calibrate.toml or of the Python program; "": nothing changes
//
// A head's logits become logit / temperature + logit_bias. Its threshold travels beside the record: the decoders behind take it where
// theirs is not set. Heads that the file does not name stay as they are. Fails before the first item when the file is no calibration or
// lacks a head of `required`, and when the record lacks a head of the file.
#include <ATen/TensorOperators.h>
#include <spdlog/spdlog.h>
#include <stages/calibrate/calibration.hpp>
#include <stages/notes/head_thresholds.hpp>

#include <tivit/tensor/stage.hpp>

namespace tivit::calibrate {
namespace {

class Apply {
 public:
  std::filesystem::path file;
  std::vector<std::string> required{"onset"};

  static void contract(Contract<Apply>& c) {
    c.map("calibrated logits, with the thresholds of their heads").parallel().attaches<notes::HeadThresholds>();
    c.param("file", &Apply::file).doc("calibration.json; empty: logits stay as they are");
    c.param("required", &Apply::required).doc("heads that the file must name");
    c.in("logits", "{...}");
    c.out("logits", "{...}");
    c.example("[stages.logits]\nuse = \"calibrate/apply\"\nin = \"stitch\"\nfile = \"calibration.json\"\n");
  }

  void open(RunContext&) {
    if (file.empty()) return;
    calibration_ = read_calibration(file);
    std::vector<std::string> named;
    for (const auto& [head, values] : calibration_) {
      named.push_back(head);
      thresholds_.probability[head] = values.threshold;
      if (values.edge == "low" || values.edge == "high")
        spdlog::warn("{}: the threshold of \"{}\" lies at the {} edge of what was tried; a better one may lie beyond", file.string(), head,
                     values.edge);
    }
    for (const auto& head : required)
      if (!calibration_.contains(head))
        throw Error("names no head \"" + head + "\", but " + quoted_list(named), "calibrate this model with graphs/calibrate.toml",
                    file.string());
  }

  Fields operator()(const Fields& logits, Context& context) const {
    if (calibration_.empty()) return logits;
    Fields out = logits;
    for (const auto& [head, values] : calibration_) {
      const auto* tensor = logits.find(head);
      if (!tensor)
        throw Error("calibrates a head \"" + head + "\" that the model does not have; it has " + quoted_list(logits.names()),
                    "give the calibration that was made for this model", file.string());
      if (values.line.scale != 1 || values.line.bias != 0) out.set(head, tensor->mul(values.line.scale).add(values.line.bias));
    }
    context.set(thresholds_);
    return out;
  }

 private:
  Calibration calibration_;
  notes::HeadThresholds thresholds_;
};
TIVIT_STAGE("calibrate/apply", Apply)

}  // namespace
}  // namespace tivit::calibrate
