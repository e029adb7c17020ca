#pragma once
// A table in a file: tab- or comma-separated text, or JSON.
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <tivit/error.hpp>
#include <vector>

namespace tivit::data {

struct TableCell {
  std::string text;
  Origin origin;
  bool quoted = false;  ///< between quotation marks: blanks at its ends are its own
};

struct Table {
  std::string file;
  Origin header;
  std::vector<std::string> columns;
  std::vector<std::map<std::string, TableCell>> rows;  ///< by column; a row may lack some

  /// Throws Error naming the columns that there are.
  void must_have(const std::string& column) const;
};

/// As a field of tab-separated text from which read_table() takes it again. Throws Error for a text of several lines: a row is one line.
/// `alone`: of the only column; no tab says what separates fields there, and a comma or semicolon would.
std::string table_field(const std::string& text, bool alone = false);

/// Text: the first line names the columns; where it does not hold a column `name`, it is a row already, and the columns are
/// `columns`. Tabs separate, or else semicolons or commas, whichever the first line has more of; quotation marks as in CSV; lines
/// that begin with # are skipped. JSON: a list of objects, or an object of them; values that are no text are taken as they are
/// written.
Table read_table(const std::filesystem::path& file, const std::string& name, const std::vector<std::string>& columns);

}  // namespace tivit::data
