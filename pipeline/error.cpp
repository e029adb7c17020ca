#include <tivit/error.hpp>

#include <algorithm>
#include <numeric>
#include <utility>

namespace tivit {
namespace {

std::string render(const std::string& where, const std::string& problem, const std::string& remedy) {
  std::string text = where.empty() ? problem : where + ": " + problem;
  if (!remedy.empty()) text += "; " + remedy;
  return text;
}

std::string join_lines(const std::vector<Error>& errors) {
  std::string text;
  for (const auto& error : errors) text += (text.empty() ? "" : "\n") + std::string(error.what());
  return text;
}

/// Letters inserted, left out, replaced, or two neighbours exchanged.
std::size_t edit_distance(const std::string& a, const std::string& b) {
  std::vector<std::size_t> before, above, row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0);
  for (std::size_t i = 0; i < a.size(); ++i) {
    before = std::exchange(above, row);
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      row[j + 1] = std::min({above[j] + (a[i] == b[j] ? 0 : 1), above[j + 1] + 1, row[j] + 1});
      if (i > 0 && j > 0 && a[i] == b[j - 1] && a[i - 1] == b[j]) row[j + 1] = std::min(row[j + 1], before[j - 1] + 1);
    }
  }
  return row.back();
}

}  // namespace

std::string Origin::text() const {
  if (line == 0) return file;
  return file + ":" + std::to_string(line) + ":" + std::to_string(column);
}

Error::Error(std::string what, std::string remedy, std::string where)
    : std::runtime_error(render(where, what, remedy)), problem_(std::move(what)), remedy_(std::move(remedy)), where_(std::move(where)) {}

Error::Error(const Origin& origin, std::string what, std::string remedy) : Error(std::move(what), std::move(remedy), origin.text()) {}

Error Error::located(std::string where) const { return where_.empty() ? Error(problem_, remedy_, std::move(where)) : *this; }

Errors::Errors(std::vector<Error> errors) : std::runtime_error(join_lines(errors)), list_(std::move(errors)) {}

std::string nearest_name(const std::string& asked, const std::vector<std::string>& known) {
  std::string best;
  std::size_t best_distance = std::max<std::size_t>(1, asked.size() / 3) + 1;
  for (const auto& name : known) {
    const std::size_t distance = edit_distance(asked, name);
    if (distance < best_distance) best = name, best_distance = distance;
  }
  return best;
}

std::string quoted_list(const std::vector<std::string>& names) {
  if (names.empty()) return "nothing";
  std::string text;
  for (const auto& name : names) text += (text.empty() ? "\"" : ", \"") + name + "\"";
  return text;
}

}  // namespace tivit
