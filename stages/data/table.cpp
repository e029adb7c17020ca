#include <stages/data/table.hpp>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <tivit/atomic_file.hpp>
#include <tivit/text/cells.hpp>
#include <tivit/text/place.hpp>
#include <tivit/text_format.hpp>

namespace tivit::data {
namespace {

TableCell cell_in(const std::string& line, const Cell& field, Origin origin) {
  origin.column = static_cast<int>(field.text.data() - line.data()) + 1 - field.quoted;
  TableCell cell{std::string(field.text), origin, field.quoted};
  for (std::size_t at = 0; field.quoted && (at = cell.text.find("\"\"", at)) != std::string::npos;) cell.text.erase(at++, 1);
  return cell;
}

/// Which of two columns of one name would be meant? Those without a name are nobody's.
void refuse_twice(const std::vector<TableCell>& heads) {
  for (auto head = heads.begin(); head != heads.end(); ++head)
    if (!head->text.empty() && std::any_of(heads.begin(), head, [&](const auto& other) { return other.text == head->text; }))
      throw Error(head->origin, "there are two columns \"" + head->text + "\"", "rename one, or take it out");
}

Table text_table(const std::string& text, const std::string& file, const std::string& name, const std::vector<std::string>& columns) {
  Table table{file, {file, 0, 0}, {}, {}};
  char separator = 0;
  int number = 0;
  for (std::size_t begin = 0; begin < text.size();) {
    const auto end = std::min(text.find('\n', begin), text.size());
    std::string line = text.substr(begin, end - begin);
    begin = end + 1;
    ++number;
    if (line.ends_with('\r')) line.pop_back();
    if (line.empty() || line[0] == '#') continue;
    if (!separator) separator = separator_of(line);
    std::vector<TableCell> cells;
    for (const auto& field : cells_of(line, separator)) cells.push_back(cell_in(line, field, {file, number, 1}));
    if (table.columns.empty()) {
      const bool named = std::any_of(cells.begin(), cells.end(), [&](const auto& cell) { return cell.text == name; });
      table.header = {file, number, 1};
      table.columns = columns;
      if (named || columns.empty()) {
        table.columns.clear();
        for (const auto& cell : cells) table.columns.push_back(cell.text);
        refuse_twice(cells);
        continue;
      }
    }
    auto& row = table.rows.emplace_back();
    for (std::size_t i = 0; i < std::min(cells.size(), table.columns.size()); ++i) row[table.columns[i]] = cells[i];
  }
  if (table.columns.empty()) throw Error("the table is empty", "its first line names the columns, with tabs or commas between them", file);
  return table;
}

Table json_table(const std::string& text, const std::string& file) {
  nlohmann::json content;
  try {
    content = nlohmann::json::parse(text);
  } catch (const nlohmann::json::parse_error& error) {
    throw Error(place_in(text, error.byte, file), "the table is no JSON", "correct it here");
  } catch (const nlohmann::json::out_of_range& error) {  // it does not say where
    throw Error(std::string("the table holds a number that is none: ") + error.what(), "correct it", file);
  }
  Table table{file, {file, 0, 0}, {}, {}};
  for (const auto& [key, object] : content.items()) {
    Origin origin{file, 0, 0};
    origin.file.append(content.is_array() ? " (entry " : " (").append(key).append(")");
    if (!object.is_object()) throw Error(origin, "the table's entry is no object", "it must be a list of objects, or an object of them");
    auto& row = table.rows.emplace_back();
    for (const auto& [name, value] : object.items()) {
      row[name] = {value.is_string() ? value.get<std::string>() : value.is_null() ? "" : value.dump(), origin};
      if (std::find(table.columns.begin(), table.columns.end(), name) == table.columns.end()) table.columns.push_back(name);
    }
  }
  if (table.rows.empty()) throw Error("the table is empty", "it must be a list of objects, or an object of them", file);
  return table;
}

}  // namespace

void Table::must_have(const std::string& column) const {
  if (std::find(columns.begin(), columns.end(), column) == columns.end())
    throw Error(header, "there is no column \"" + column + "\"", "there are " + quoted_list(columns));
}

std::string table_field(const std::string& text, bool alone) {
  if (text.find('\n') != std::string::npos)
    throw Error(printable(text) + " has several lines, and a row of a table is one", "rename the recording");
  const auto odd = [&](unsigned char c) { return c < 0x20 || c == '"' || (alone && (c == ',' || c == ';')); };
  const bool as_it_is =
      text.empty() || (text.front() != ' ' && text.back() != ' ' && text.front() != '#' && std::ranges::none_of(text, odd));
  if (as_it_is) return text;
  std::string field = "\"";
  for (const char c : text) field += c == '"' ? "\"\"" : std::string(1, c);
  return field + "\"";
}

Table read_table(const std::filesystem::path& file, const std::string& name, const std::vector<std::string>& columns) {
  std::string text = read_file(file);
  if (text.starts_with("\xef\xbb\xbf")) text.erase(0, 3);
  const auto first = text.find_first_not_of(" \t\r\n");
  const bool json = first != std::string::npos && (text[first] == '[' || text[first] == '{');
  return json ? json_table(text, file.string()) : text_table(text, file.string(), name, columns);
}

}  // namespace tivit::data
