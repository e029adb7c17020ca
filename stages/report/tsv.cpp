// report/tsv: a report -> tab-separated text, one recording a row.
//
//   [stages.shifts]
//   use = "report/tsv"
//   in = "lags"
//   columns = ["name", "label_shift_s", "verdict"]
//   to = "lags.tsv"           # without it, <stage>.tsv in the run directory
//
// A column is a path in a recording's entry ("raw.note_onset_f1_50ms"); its head is the last part. What an entry lacks is an empty
// field, and one that a table's reader would cut or read otherwise stands in quotation marks. A later report replaces the one before. Fails
// when the file cannot be written, and on a name of two lines.
#include <algorithm>
#include <stages/data/table.hpp>
#include <stages/report/json_value.hpp>
#include <stages/report/score_table.hpp>
#include <tivit/atomic_file.hpp>
#include <tivit/contract.hpp>
#include <tivit/writable.hpp>

namespace tivit::report {
namespace {

struct WriteTsv {
  std::filesystem::path to;
  std::vector<std::string> columns;

  static void contract(Contract<WriteTsv>& c) {
    c.sink("writes chosen figures of a report's recordings as tab-separated text");
    c.param("to", &WriteTsv::to).doc("the file; empty: <stage>.tsv in the run directory");
    c.param("columns", &WriteTsv::columns).required().doc("paths of figures: \"name\", \"raw.note_onset_f1_50ms\"");
    c.in("report", "json").doc("of metrics/notes, metrics/frames, labels/lags");
    c.example("[stages.shifts]\nuse = \"report/tsv\"\nin = \"lags\"\ncolumns = [\"name\", \"label_shift_s\"]\nto = \"lags.tsv\"\n");
  }
  void check(Faults& faults) const { check_file(faults, "to", to); }
  void operator()(const nlohmann::json& report, Context& context) const {
    std::string text;
    for (const auto& column : columns)
      text += data::table_field(column.substr(column.rfind('.') + 1), columns.size() == 1) + (&column == &columns.back() ? "\n" : "\t");
    for (const auto& recording : report.at("recordings"))
      for (const auto& column : columns) text += field(recording, column) + (&column == &columns.back() ? "\n" : "\t");
    write_file(to.empty() ? context.run().directory / (context.stage() + ".tsv") : to, text);
  }

 private:
  std::string field(const nlohmann::json& recording, const std::string& column) const {
    const auto* value = figure(recording, column);
    if (!value || value->is_null()) return "";
    std::string text = value->is_string() ? value->get<std::string>() : value->dump();
    if (column != "name") std::ranges::replace(text, '\n', ' ');  // by its name a recording is found again
    return data::table_field(text, columns.size() == 1);
  }
};
TIVIT_STAGE("report/tsv", WriteTsv)

}  // namespace
}  // namespace tivit::report
