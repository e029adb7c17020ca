#include <stages/data/recording_rows.hpp>

#include <algorithm>
#include <stages/data/folder.hpp>

namespace tivit::data {
namespace fs = std::filesystem;

namespace {

using Rows = std::map<std::string, ClipTableRow>;

Rows read_rows(const fs::path& file, const ClipTableColumns& columns, const DatasetOptions& options, const NamePatterns& names) {
  if (file.empty()) return {};
  return read_clip_table(below(options.root, file), columns,
                         [&](const std::string& name) { return names.listed(name, options.extensions); });
}

Origin first_place(const Rows& rows) {
  return std::ranges::min_element(rows, {}, [](const auto& row) { return row.second.place.line; })->second.place;
}

}  // namespace

Rows read_data_set_table(const DatasetOptions& options, const NamePatterns& names) {
  return read_rows(options.table, options.columns(), options, names);
}

Rows read_label_shifts(const DatasetOptions& options, const NamePatterns& names) {
  return read_rows(options.label_shifts, {.corners = {}, .label_shift = "label_shift_s"}, options, names);
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

Rows unknown_rows(const Rows& rows, const std::set<std::string>& recordings) {
  Rows unknown = rows;
  std::erase_if(unknown, [&](const auto& row) { return recordings.contains(row.first); });
  return unknown;
}

void refuse_unknown(const Rows& rows, const std::set<std::string>& recordings) {
  const auto unknown = unknown_rows(rows, recordings);
  if (unknown.empty()) return;
  const std::vector<std::string> known(recordings.begin(), recordings.end());
  std::string text;
  for (const auto& [name, row] : unknown) {
    const std::string near = nearest_name(name, known);
    text += (text.empty() ? "\"" : ", \"") + name + "\"" + (near.empty() ? "" : " (near \"" + near + "\")");
  }
  throw Error(first_place(unknown), "no recording of the data set is called " + text, "correct the names, or take their rows out");
}

void refuse_foreign(const Rows& table, const std::set<std::string>& recordings) {
  if (table.empty() || recordings.empty() || unknown_rows(table, recordings).size() < table.size()) return;
  const auto place = first_place(table);
  const auto row = std::ranges::find(table, place.line, [](const auto& one) { return one.second.place.line; });
  const std::string near = nearest_name(row->first, {recordings.begin(), recordings.end()});
  throw Error(place,
              "no row of the table is for a recording of the data set: here one is called \"" + row->first + "\", there \"" +
                  (near.empty() ? *recordings.begin() : near) + "\"",
              "correct the names or columns.name, or do without the table: table = \"\"");
}

}  // namespace tivit::data
