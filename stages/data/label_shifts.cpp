#include <stages/data/label_shifts.hpp>

#include <algorithm>
#include <stages/data/folder.hpp>

namespace tivit::data {
namespace fs = std::filesystem;

std::map<std::string, ClipTableRow> read_label_shifts(const DatasetOptions& options, const NamePatterns& names) {
  if (options.label_shifts.empty()) return {};
  return read_clip_table(below(options.root, options.label_shifts), {.corners = {}, .label_shift = "label_shift_s"},
                         [&](const std::string& name) { return names.name_of(name).value_or(name); });
}

std::set<std::string> names_of_all_splits(const DatasetOptions& options, const NamePatterns& names, const Split& split) {
  std::set<fs::path> folders{split.folder};
  if (options.videos.empty() && !options.split.empty())
    for (const char* other : {"train", "val", "test"})
      if (const auto folder = expanded(options.root) / other; fs::is_directory(folder)) folders.insert(folder);
  std::set<std::string> all;
  for (const auto& folder : folders)
    for (const auto& file : files_in(folder, options.recursive))
      if (has_extension(file, options.extensions))
        if (const auto name = names.name_of(file.lexically_relative(folder).replace_extension())) all.insert(*name);
  return all;
}

void refuse_unknown(const std::map<std::string, ClipTableRow>& rows, const std::set<std::string>& recordings) {
  const std::vector<std::string> known(recordings.begin(), recordings.end());
  std::string unknown;
  Origin first;
  for (const auto& [name, row] : rows) {
    if (recordings.contains(name)) continue;
    const std::string near = nearest_name(name, known);
    unknown += (unknown.empty() ? "\"" : ", \"") + name + "\"" + (near.empty() ? "" : " (near \"" + near + "\")");
    if (first.line == 0 || row.place.line < first.line) first = row.place;
  }
  if (!unknown.empty())
    throw Error(first, "no recording of the data set is called " + unknown, "correct the names, or take their rows out");
}

}  // namespace tivit::data
