#include <tivit/text/mistakes.hpp>

#include <algorithm>
#include <tuple>

namespace tivit {

void Mistakes::add(const Origin& origin, std::string problem, std::string remedy) {
  add_once(origin, Error(origin, std::move(problem), std::move(remedy)));
}

void Mistakes::add_once(const Origin& origin, Error error) {
  for (const auto& [place, known] : list_)
    if (std::string_view(known.what()) == error.what()) return;
  list_.emplace_back(origin, std::move(error));
}

void Mistakes::unknown(const Origin& origin, std::string problem, const std::string& asked, const std::vector<std::string>& known,
                       const std::string& otherwise) {
  if (!incomplete_ || !nearest_name(asked, known).empty()) add(origin, std::move(problem), suggestion(asked, known, otherwise));
}

void Mistakes::take(const Error& error) { add_once(Origin{"elsewhere"}, error); }

void Mistakes::add(const Origin& origin, const Error& error, const std::string& prefix) {
  add(origin, prefix + error.problem(), error.remedy());
}

void Mistakes::raise() const {
  if (list_.empty()) return;
  auto sorted = list_;
  std::vector<std::string> files;  // in the order in which they were first found wrong
  for (const auto& [origin, error] : sorted)
    if (std::find(files.begin(), files.end(), origin.file) == files.end()) files.push_back(origin.file);
  std::stable_sort(sorted.begin(), sorted.end(), [&](const auto& a, const auto& b) {
    const auto key = [&](const Origin& o) {
      return std::make_tuple(std::find(files.begin(), files.end(), o.file) - files.begin(), o.line, o.column);
    };
    return key(a.first) < key(b.first);
  });
  std::vector<Error> errors;
  for (auto& [origin, error] : sorted) errors.push_back(std::move(error));
  throw Errors(std::move(errors));
}

std::string Mistakes::suggestion(const std::string& asked, const std::vector<std::string>& known, const std::string& otherwise) {
  const std::string near = nearest_name(asked, known);
  if (!near.empty()) return "did you mean \"" + near + "\"?";
  return known.empty() ? otherwise : "there is " + quoted_list(known);
}

}  // namespace tivit
