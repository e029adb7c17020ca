#include <algorithm>
#include <charconv>
#include <cmath>
#include <stages/data/clip_table.hpp>
#include <stages/data/table.hpp>
#include <stages/keyboard/sidecar.hpp>
#include <stages/notes/note.hpp>
#include <tivit/text_format.hpp>

namespace tivit::data {
namespace {

using Row = std::map<std::string, TableCell>;

double number(std::string_view text, const TableCell& cell) {
  text = trimmed(text);
  if (text.size() > 1 && text[0] == '+') text.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value))
    throw Error(cell.origin, "\"" + cell.text + "\" is not a number", "write a number or leave the field empty");
  return value;
}

/// A recording, and what its labels are late by, is shorter than a day.
double within_a_day(const TableCell& cell, const char* what) {
  const double value = number(cell.text, cell);
  if (std::abs(value) > notes::longest_s)
    throw Error(cell.origin, std::string("the ") + what + " " + cell.text + " s is more than a day", "give seconds");
  return value;
}

std::string_view value_of(const TableCell& cell) { return cell.quoted ? std::string_view(cell.text) : trimmed(cell.text); }

/// No column is called "": a table's unnamed one, such as the index that pandas writes, is nobody's.
const TableCell* filled(const Row& row, const std::string& column) {
  if (column.empty()) return nullptr;
  const auto found = row.find(column);
  return found != row.end() && !value_of(found->second).empty() ? &found->second : nullptr;
}

/// The numbers of some columns, all of them or none.
std::vector<double> numbers(const Row& row, const std::vector<std::string>& columns, const char* what) {
  std::vector<double> values;
  const TableCell* last = nullptr;
  std::size_t cells = 0;
  for (const auto& column : columns) {
    const auto* cell = filled(row, column);
    if (!cell) continue;
    ++cells;
    last = cell;
    const auto text = trimmed(cell->text, " \t[]()");
    const auto comma = text.find(',');
    values.push_back(number(text.substr(0, comma), *cell));
    if (comma != std::string_view::npos) values.push_back(number(text.substr(comma + 1), *cell));
  }
  if (cells && cells != columns.size())
    throw Error(last->origin, "only " + std::to_string(cells) + " of " + std::to_string(columns.size()) + " " + what + " are given",
                "give all or none");
  return values;
}

std::optional<keyboard::Corners> corners_of(const Row& row, const ClipTableColumns& columns) {
  auto values = numbers(row, columns.corners, "corner coordinates");
  const auto* from = values.empty() ? &columns.box : &columns.corners;
  if (values.empty())
    if (const auto box = numbers(row, columns.box, "sides of the box"); box.size() == 4)
      values = {box[0], box[1], box[2], box[1], box[2], box[3], box[0], box[3]};
  if (values.empty()) return std::nullopt;
  const auto& origin = row.at(from->front()).origin;
  if (values.size() != 8)
    throw Error(origin, "the corners are " + std::to_string(values.size()) + " numbers", "give x and y of four points");
  keyboard::Corners given;
  for (std::size_t i = 0; i < 4; ++i) given.points[i] = {columns.scale * values[2 * i], columns.scale * values[2 * i + 1]};
  if (from == &columns.box && !(values[0] < values[2] && values[1] < values[5]))
    throw Error(origin, "the box ends before it begins", "columns.box names min x, min y, max x, max y");
  if (const auto fault = keyboard::fault_of(given)) throw Error(origin, *fault, std::string("give ") + keyboard::corner_order);
  return given;
}

}  // namespace

ClipTable read_clip_table(const std::filesystem::path& file, const ClipTableColumns& columns,
                          const std::function<std::string(const std::string&)>& canonical) {
  const Table table = read_table(file, columns.name, columns.all);
  std::vector<std::string> wanted{columns.name};
  wanted.insert(wanted.end(), columns.corners.begin(), columns.corners.end());
  wanted.insert(wanted.end(), columns.box.begin(), columns.box.end());
  for (const auto& column : {columns.duration, columns.label_shift, columns.split_if_there ? "" : columns.split})
    if (!column.empty()) wanted.push_back(column);
  for (const auto& column : wanted) table.must_have(column);
  ClipTable out;
  for (const auto& row : table.rows) {
    ClipTableRow entry;
    entry.corners = corners_of(row, columns);
    if (const auto* cell = filled(row, columns.duration)) entry.duration_s = within_a_day(*cell, "length");
    if (const auto* cell = filled(row, columns.label_shift)) entry.label_shift_s = within_a_day(*cell, "label shift");
    if (const auto* cell = filled(row, columns.split)) entry.split = value_of(*cell);
    const auto* cell = filled(row, columns.name);
    const std::string name = cell ? canonical(std::string(value_of(*cell))) : "";
    const auto [first, last] = out.equal_range(name);
    if (!cell || std::any_of(first, last, [&](const auto& other) { return other.second.split == entry.split; }))
      throw Error(cell          ? cell->origin
                  : row.empty() ? table.header
                                : row.begin()->second.origin,
                  "the row has no name or one that an earlier row has", "name every recording once");
    entry.place = cell->origin;
    out.emplace(name, std::move(entry));
  }
  return out;
}

}  // namespace tivit::data
