#include <algorithm>
#include <charconv>
#include <cmath>
#include <stages/data/clip_table.hpp>
#include <stages/keyboard/sidecar.hpp>
#include <tivit/atomic_file.hpp>
#include <tivit/error.hpp>

namespace tivit::data {
namespace {

struct Line {
  std::vector<std::string> fields;
  std::vector<int> columns;  ///< where each field begins, from 1
  int number = 0;
};

std::vector<Line> split(const std::string& text) {
  std::vector<Line> lines;
  int number = 0;
  for (std::size_t begin = 0; begin < text.size();) {
    auto end = std::min(text.find('\n', begin), text.size());
    std::string row = text.substr(begin, end - begin);
    begin = end + 1;
    ++number;
    if (row.ends_with('\r')) row.pop_back();
    if (row.empty() || row[0] == '#') continue;
    Line line{{}, {}, number};
    for (std::size_t at = 0; at <= row.size();) {
      end = std::min(row.find('\t', at), row.size());
      line.fields.push_back(row.substr(at, end - at));
      line.columns.push_back(static_cast<int>(at) + 1);
      at = end + 1;
    }
    lines.push_back(std::move(line));
  }
  return lines;
}

class Table {
 public:
  Table(const std::filesystem::path& file, Line header) : file_(file.string()), header_(std::move(header)) {}

  std::size_t column(const std::string& name) const {
    const auto found = std::find(header_.fields.begin(), header_.fields.end(), name);
    if (found == header_.fields.end())
      throw Error(Origin{file_, header_.number, 1}, "there is no column \"" + name + "\"", "there are " + quoted_list(header_.fields));
    return static_cast<std::size_t>(found - header_.fields.begin());
  }
  Origin origin(const Line& line, std::size_t column) const {
    return {file_, line.number, column < line.columns.size() ? line.columns[column] : 1};
  }

  /// Nothing for an empty or missing field.
  std::optional<double> number(const Line& line, std::size_t column) const {
    if (column >= line.fields.size() || line.fields[column].empty()) return std::nullopt;
    std::string_view text = line.fields[column];
    if (text.size() > 1 && text[0] == '+') text.remove_prefix(1);
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value))
      throw Error(origin(line, column), "\"" + line.fields[column] + "\" is not a number", "write a number or leave the field empty");
    return value;
  }

 private:
  std::string file_;
  Line header_;
};

}  // namespace

std::map<std::string, ClipTableRow> read_clip_table(const std::filesystem::path& file, const ClipTableColumns& columns) {
  auto lines = split(read_file(file));
  if (lines.empty()) throw Error("the table is empty", "its first line names the columns, with tabs between them", file.string());
  const Table table(file, lines.front());
  const auto name = table.column(columns.name);
  std::vector<std::size_t> corners;
  for (const auto& column : columns.corners) corners.push_back(table.column(column));
  const auto column_if_named = [&](const std::string& name) { return name.empty() ? std::optional<std::size_t>() : table.column(name); };
  const auto duration = column_if_named(columns.duration), label_shift = column_if_named(columns.label_shift);
  std::map<std::string, ClipTableRow> out;
  for (auto line = lines.begin() + 1; line != lines.end(); ++line) {
    ClipTableRow row;
    keyboard::Corners given;
    std::size_t filled = 0;
    for (std::size_t i = 0; i < corners.size(); ++i)
      if (const auto value = table.number(*line, corners[i])) ++filled, (i % 2 ? given.points[i / 2].y : given.points[i / 2].x) = *value;
    if (filled && filled != 8)
      throw Error(table.origin(*line, corners[0]), "only " + std::to_string(filled) + " of 8 corner coordinates are given",
                  "give all or none");
    if (filled) {
      if (const auto fault = keyboard::fault_of(given))
        throw Error(table.origin(*line, corners[0]), *fault, std::string("give ") + keyboard::corner_order);
      row.corners = given;
    }
    if (duration) row.duration_s = table.number(*line, *duration).value_or(0);
    if (label_shift) row.label_shift_s = table.number(*line, *label_shift).value_or(0);
    if (name >= line->fields.size() || !out.emplace(line->fields[name], row).second)
      throw Error(table.origin(*line, name), "the row has no name or one that an earlier row has", "name every recording once");
  }
  return out;
}

}  // namespace tivit::data
