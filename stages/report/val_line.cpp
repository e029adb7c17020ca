// report/val_line: the report of metrics/steps -> the line that the earlier Python system printed.
//
//   [stages.line]
//   use = "report/val_line"
//   in = "steps"
//
//   Val: total=7.810 pitch=0.363 onset=3.516 …
//
// In its order, three decimals; figures that the report lacks (the loss, where none was connected) are left out. Fails on a report of
// another kind.
#include <cstdio>
#include <stages/report/json_value.hpp>
#include <tivit/contract.hpp>

namespace tivit::report {
namespace {

struct ValLine {
  std::string title = "Val";

  static void contract(Contract<ValLine>& c) {
    c.sink("prints figures of steps as one line, the way the earlier Python system did");
    c.param("title", &ValLine::title).doc("what the line begins with");
    c.in("scores", "json").doc("what metrics/steps gives");
    c.example("[stages.line]\nuse = \"report/val_line\"\nin = \"steps\"\n");
  }
  void operator()(const nlohmann::json& scores) const {
    if (scores.value("kind", "") != "steps")
      throw Error("a report of kind \"" + scores.value("kind", "") + "\" has no such line", "connect metrics/steps");
    std::string line = title + ":";
    for (const char* name : {"total", "pitch", "onset", "offset", "hand", "clef", "pitch_acc", "hand_acc", "clef_acc", "onset_f1",
                             "offset_f1", "onset_pos_rate", "offset_pos_rate", "onset_pred_rate", "offset_pred_rate"}) {
      const auto found = scores.at("values").find(name);
      if (found == scores.at("values").end()) continue;
      char text[64];
      std::snprintf(text, sizeof text, " %s=%.3f", name, found->get<double>());
      line += text;
    }
    line += '\n';
    std::fwrite(line.data(), 1, line.size(), stdout);
    std::fflush(stdout);
  }
};
TIVIT_STAGE("report/val_line", ValLine)

}  // namespace
}  // namespace tivit::report
