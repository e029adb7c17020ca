#include <stages/report/score_table.hpp>

#include <algorithm>
#include <cmath>
#include <tivit/error.hpp>
#include <tivit/text_format.hpp>

namespace tivit::report {
namespace {

using nlohmann::json;

std::string cell(const json& entry, const std::string& path) {
  const json* value = figure(entry, path);
  if (!value) return "-";
  if (value->is_string()) return printable(value->get<std::string>());
  if (value->is_number_integer()) return value->dump();
  if (!value->is_number()) return "-";
  char text[32];
  std::snprintf(text, sizeof text, path.ends_with("_ms") ? "%.1f" : "%.3f", value->get<double>());
  return text;
}

/// Characters, not bytes, of UTF-8 text.
std::size_t characters(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

/// "a", "b"; names with what a terminal would obey have their quotation marks already.
std::string names(const json& entries) {
  std::string list;
  for (const auto& entry : entries) {
    const auto name = entry.is_string() ? entry.get<std::string>() : entry.at("name").get<std::string>();
    const auto shown = printable(name);
    list += (list.empty() ? "" : ", ") + (shown == name ? "\"" + name + "\"" : shown);
  }
  return list;
}

}  // namespace

const json* figure(const json& entry, const std::string& path) {
  const json* value = &entry;
  for (std::size_t begin = 0; begin <= path.size();) {
    const std::size_t end = std::min(path.find('.', begin), path.size());
    const auto found = value->is_object() ? value->find(path.substr(begin, end - begin)) : value->end();
    if (found == value->end()) return nullptr;
    value = &*found;
    begin = end + 1;
  }
  return value;
}

std::vector<Column> usual_columns(const json& report) {
  const std::string kind = report.value("kind", "");
  if (kind == "notes")
    return {{"played", "reference_notes"},
            {"found", "estimated_notes"},
            {"onset 50 ms", "raw.note_onset_f1_50ms"},
            {"100 ms", "raw.note_onset_f1_100ms"},
            {"on+offset", "raw.note_onset_offset_f1_50ms"},
            {"error ms", "raw.onset_error_ms"},
            {"shift ms", "shift_ms"},
            {"shifted 50 ms", "shifted.note_onset_f1_50ms"},
            {"on+offset", "shifted.note_onset_offset_f1_50ms"}};
  if (kind == "frames")
    return {{"frame F1", "scores.frame_f1"},
            {"precision", "scores.frame_precision"},
            {"recall", "scores.frame_recall"},
            {"black keys", "scores.frame_black_f1"},
            {"white keys", "scores.frame_white_f1"}};
  if (kind == "lags")
    return {{"notes", "reference_notes"},   {"lag ms", "lag_ms"},           {"± ms", "spread_ms"},
            {"confidence", "confidence"},   {"correlation", "correlation"}, {"label shift s", "label_shift_s"},
            {"labels are moved", "verdict"}};
  throw Error("a report of kind \"" + kind + "\" has no usual columns", "name them: columns = [\"raw.note_onset_f1_50ms\"]");
}

std::string score_table(const json& report, const std::vector<Column>& columns) {
  std::vector<std::vector<std::string>> lines{{"recording"}};
  for (const auto& column : columns) lines[0].push_back(column.head);
  const auto add = [&](const std::string& name, const json& entry) {
    lines.push_back({name});
    for (const auto& column : columns) lines.back().push_back(cell(entry, column.path));
  };
  const json& recordings = report.at("recordings");
  for (const auto& recording : recordings) add(printable(recording.at("name").get<std::string>()), recording);
  const std::size_t summary = lines.size();
  if (!recordings.empty() && report.contains("mean")) {
    add("mean of " + std::to_string(recordings.size()), report.at("mean"));
    add("pooled", report.at("pooled"));
  }
  std::vector<std::size_t> widths(columns.size() + 1, 0);
  for (const auto& line : lines)
    for (std::size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], characters(line[i]));
  std::string text;
  const auto rule = [&] {
    for (std::size_t width : widths) text += std::string(width + 2, '-');
    text.erase(text.size() - 2);
    text += '\n';
  };
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (i == 1 || (i == summary && i > 1)) rule();
    for (std::size_t k = 0; k < lines[i].size(); ++k) {
      const std::string padding(widths[k] - characters(lines[i][k]), ' ');
      text += (k ? "  " : "") + (k ? padding + lines[i][k] : lines[i][k] + padding);
    }
    text.erase(text.find_last_not_of(' ') + 1);
    text += '\n';
  }
  if (const json silent = report.value("silent", json::array()); !silent.empty())
    text += "silent, not in the means: " + names(silent) + "\n";
  if (const json bare = report.value("unlabelled", json::array()); !bare.empty())
    text += "without labels, not scored: " + names(bare) + "\n";
  if (const int failed = report.value("failed", 0); failed > 0) text += "failed, not scored: " + std::to_string(failed) + "\n";
  return text;
}

}  // namespace tivit::report
