// report/scores: the report of metrics/notes, metrics/frames or labels/lags -> a table on the standard output.
//
//   [stages.table]
//   use = "report/scores"
//   in = "scores"
//
// One line a recording, then the mean over recordings and the pooled figures; recordings that are silent, without labels or
// failed are named below. `columns` picks other figures by their path in a recording's entry. Fails on a report of another kind
// unless `columns` is given.
#include <cstdio>
#include <stages/report/json_value.hpp>
#include <stages/report/score_table.hpp>
#include <tivit/contract.hpp>

namespace tivit::report {
namespace {

struct Scores {
  std::string title;
  std::vector<std::string> columns;

  static void contract(Contract<Scores>& c) {
    c.sink("prints scores as a table: one line a recording, mean and pooled");
    c.param("title", &Scores::title).doc("a line above the table");
    c.param("columns", &Scores::columns).doc("figures to show, as paths: \"raw.note_onset_f1_50ms\"; empty: the usual ones");
    c.in("scores", "json").doc("what metrics/notes, metrics/frames or labels/lags give");
    c.example("[stages.table]\nuse = \"report/scores\"\nin = \"scores\"\n");
  }
  void operator()(const nlohmann::json& scores) const {
    std::vector<Column> shown;
    for (const auto& path : columns) shown.push_back({path.substr(path.rfind('.') + 1), path});
    const std::string text = (title.empty() ? "" : title + "\n") + score_table(scores, shown.empty() ? usual_columns(scores) : shown);
    std::fwrite(text.data(), 1, text.size(), stdout);
    std::fflush(stdout);
  }
};
TIVIT_STAGE("report/scores", Scores)

}  // namespace
}  // namespace tivit::report
