// report/thresholds: the report of calibrate/thresholds -> a table on the standard output.
//
//   [stages.table]
//   use = "report/thresholds"
//   in = "thresholds.report"
//   curve = true              # every threshold that was tried, not the best alone
//
// One line a head: what its threshold is best for, the threshold as decoders take it (that of best_logit, where a fixed grid has another
// best_prob), F1, precision and recall there, the line through its logits, ECE and Brier score before and after. Below are heads that are
// left out of the calibration, and how many recordings have no labels or failed. Fails on a report of another kind.
#include <cmath>
#include <cstdio>
#include <stages/report/json_value.hpp>
#include <tivit/contract.hpp>
#include <tivit/text_format.hpp>

namespace tivit::report {
namespace {

using nlohmann::json;

std::string number(const json& value, const char* format) {
  char text[32];
  std::snprintf(text, sizeof text, format, value.is_number() ? value.get<double>() : 0.0);
  return value.is_number() ? text : "-";
}

void add(std::string& line, const std::string& cell, std::size_t width) {
  line += std::string(width > cell.size() ? width - cell.size() : 0, ' ') + cell + "  ";
}

struct ThresholdTable {
  bool curve = false;

  static void contract(Contract<ThresholdTable>& c) {
    c.sink("prints what calibrate/thresholds found as a table");
    c.param("curve", &ThresholdTable::curve).doc("a line for every threshold that was tried, too");
    c.in("report", "json").doc("what calibrate/thresholds gives");
    c.example("[stages.table]\nuse = \"report/thresholds\"\nin = \"thresholds.report\"\n");
  }

  void operator()(const json& report) const {
    if (!report.is_object() || report.value("kind", "") != "thresholds")
      throw Error("the report is not one of thresholds", "connect the report of calibrate/thresholds");
    std::string text;
    for (const auto& [head, values] : report.at("heads").items())
      if (curve) text += curve_of(head, values) + "\n";
    text += row({"head", "best by", "threshold", "F1", "precision", "recall", "edge", "scale", "bias", "ECE", "after", "Brier", "after"});
    for (const auto& [head, values] : report.at("heads").items()) {
      const auto of = [&](const char* part, const char* name) {
        return values.contains(part) ? number(values.at(part).at(name), "%.4f") : std::string("-");
      };
      const auto edge = values.at("edge");
      text +=
          row({printable(head), values.at("criterion"), number(threshold_of(values), "%.4f"), number(values.at("f1"), "%.4f"),
               number(values.at("precision"), "%.4f"), number(values.at("recall"), "%.4f"), edge.is_string() ? edge.get<std::string>() : "",
               number(values.at("platt_scale"), "%.3f"), number(values.at("platt_bias"), "%.3f"), of("before", "ece"), of("after", "ece"),
               of("before", "brier"), of("after", "brier")});
    }
    for (const auto& [head, values] : report.at("heads").items())
      if (values.contains("left_out"))
        text += printable("\"" + head + "\"") + " is left out: " + values.at("left_out").get<std::string>() + "\n";
    text += counted(report.at("recordings").size(), "recording");
    if (const auto& bare = report.at("unlabelled"); !bare.empty()) text += ", " + std::to_string(bare.size()) + " without labels left out";
    if (const int failed = report.at("failed"); failed > 0) text += ", " + std::to_string(failed) + " failed";
    text += "\n";
    std::fwrite(text.data(), 1, text.size(), stdout);
    std::fflush(stdout);
  }

 private:
  /// The one that the other figures are of: logits and probabilities of a fixed grid are tried apart, and each has its best.
  static json threshold_of(const json& values) {
    const auto logit = values.find("best_logit");
    return logit != values.end() && logit->is_number() ? json(1 / (1 + std::exp(-logit->get<double>()))) : values.at("best_prob");
  }
  static std::string row(const std::vector<std::string>& cells) {
    std::string line;
    for (const auto& cell : cells) add(line, cell, 9);
    line.erase(line.find_last_not_of(' ') + 1);
    return line + "\n";
  }

  static std::string curve_of(const std::string& head, const json& values) {
    std::string text = row({printable(head), "F1", "precision", "recall", "right", "found", "true"});
    for (const auto& point : values.at("curve"))
      text += row({number(point.at("probability"), "%.4f"), number(point.at("f1"), "%.4f"), number(point.at("precision"), "%.4f"),
                   number(point.at("recall"), "%.4f"), number(point.at("matched"), "%.0f"), number(point.at("estimate"), "%.0f"),
                   number(point.at("reference"), "%.0f")});
    return text;
  }
};
TIVIT_STAGE("report/thresholds", ThresholdTable)

}  // namespace
}  // namespace tivit::report
