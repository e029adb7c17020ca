#pragma once
// Scores as a table that people read.
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace tivit::report {

/// One column: its head, and the path of its figure in a recording's entry ("raw.note_onset_f1_50ms").
struct Column {
  std::string head, path;
};
/// What lies at a path in an entry; null where it ends early.
const nlohmann::json* figure(const nlohmann::json& entry, const std::string& path);
/// The usual columns for the reports of metrics/notes, metrics/frames and labels/lags; throws Error for another kind of report.
std::vector<Column> usual_columns(const nlohmann::json& report);

/// One line for each recording, the mean over recordings and the pooled figures where the report has them; then what is not in the means. A
/// figure that a line lacks is a dash.
std::string score_table(const nlohmann::json& report, const std::vector<Column>& columns);

}  // namespace tivit::report
