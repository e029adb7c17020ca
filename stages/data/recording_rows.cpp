#include <stages/data/recording_rows.hpp>

#include <algorithm>
#include <functional>
#include <stages/data/folder.hpp>

namespace tivit::data {
namespace fs = std::filesystem;

namespace {

constexpr const char* splits[] = {"test", "val", "train"};  // what two patterns claim is rather tested on than trained on

bool is_split(const std::string& name) { return std::ranges::find(splits, name) != std::end(splits); }

/// Of the split that a row names by one of `patterns_of`.
std::string folder_of(const std::string& value, const DatasetOptions& options,
                      const std::function<std::vector<std::string>(const char*)>& patterns_of) {
  if (value.empty() || !options.videos.empty()) return "";
  for (const char* split : splits)
    if (matches(value, patterns_of(split)))
      return split == std::string("val") && !options.root.empty() && !fs::is_directory(expanded(options.root) / "val") ? "train" : split;
  return "";
}

ClipTable read_rows(const fs::path& file, const ClipTableColumns& columns, const DatasetOptions& options, const NamePatterns& names,
                    const std::function<std::vector<std::string>(const char*)>& patterns_of) {
  if (file.empty()) return {};
  auto rows =
      read_clip_table(below(options.root, file), columns, [&](const std::string& name) { return names.listed(name, options.extensions); });
  for (auto& [name, row] : rows) row.folder = folder_of(row.split, options, patterns_of);
  return rows;
}

const auto& first_of(const ClipTable& rows) {
  return *std::ranges::min_element(rows, {}, [](const auto& row) { return row.second.place.line; });
}

bool is_for_one(const ClipTableRow& row, const std::set<std::string>& folders) {
  return std::ranges::any_of(folders, [&](const auto& folder) { return is_for(row, folder); });
}

}  // namespace

ClipTable read_data_set_table(const DatasetOptions& options, const NamePatterns& names) {
  return read_rows(options.table, options.columns(), options, names, [&](const char* split) { return options.patterns_of(split); });
}

ClipTable read_label_shifts(const DatasetOptions& options, const NamePatterns& names) {
  return read_rows(options.label_shifts, {.corners = {}, .label_shift = "label_shift_s", .split = "split", .split_if_there = true}, options,
                   names, [](const char* split) { return std::vector<std::string>{split}; });
}

std::string split_folder(const DatasetOptions& options, const fs::path& video) {
  if (!options.videos.empty()) return "";
  if (!options.root.empty()) {
    const auto inside = video.lexically_normal().lexically_relative(expanded(options.root).lexically_normal());
    if (!inside.empty() && *inside.begin() != "..") return is_split(*inside.begin()) ? inside.begin()->string() : "";
  }
  const auto folder = fs::absolute(video).lexically_normal().parent_path();
  const std::vector<fs::path> parts(folder.begin(), folder.end());
  const auto nearest = std::find_if(parts.rbegin(), parts.rend(), [](const fs::path& part) { return is_split(part); });
  return nearest == parts.rend() ? "" : nearest->string();
}

bool is_for(const ClipTableRow& row, const std::string& split_folder) {
  return row.folder.empty() || split_folder.empty() || row.folder == split_folder;
}

const ClipTableRow* row_for(const ClipTable& rows, const std::string& name, const std::string& split_folder) {
  const auto [first, last] = rows.equal_range(name);
  const auto found = std::find_if(first, last, [&](const auto& row) { return is_for(row.second, split_folder); });
  return found == last ? nullptr : &found->second;
}

NamesInFolders names_of_all_splits(const DatasetOptions& options, const NamePatterns& names, const Split& split) {
  std::set<fs::path> folders{split.folder};
  if (options.videos.empty() && !options.split.empty())
    for (const char* other : splits)
      if (const auto folder = expanded(options.root) / other; fs::is_directory(folder)) folders.insert(folder.lexically_normal());
  NamesInFolders all;
  for (const auto& folder : folders)
    for (const auto& file : files_in(folder, options.recursive))
      if (has_extension(file, options.extensions))
        if (const auto name = names.name_of(file.lexically_relative(folder).replace_extension()))
          all[*name].insert(split_folder(options, file));
  return all;
}

ClipTable unknown_rows(const ClipTable& rows, const NamesInFolders& recordings) {
  ClipTable unknown = rows;
  std::erase_if(unknown, [&](const auto& row) {
    const auto known = recordings.find(row.first);
    return known != recordings.end() && is_for_one(row.second, known->second);
  });
  return unknown;
}

void refuse_unknown(const ClipTable& rows, const NamesInFolders& recordings) {
  const auto unknown = unknown_rows(rows, recordings);
  if (unknown.empty()) return;
  std::vector<std::string> known;
  for (const auto& [name, folders] : recordings) known.push_back(name);
  std::string text;
  for (const auto& [name, row] : unknown) {
    const std::string near = nearest_name(name, known);
    text += (text.empty() ? "\"" : ", \"") + name + "\"";
    if (recordings.contains(name))
      text += " in split \"" + row.split + "\"";
    else if (!near.empty())
      text += " (near \"" + near + "\")";
  }
  throw Error(first_of(unknown).second.place, "no recording of the data set is called " + text,
              "correct the names, or take their rows out");
}

void refuse_foreign(const ClipTable& table, const NamesInFolders& recordings) {
  if (table.empty() || recordings.empty() || unknown_rows(table, recordings).size() < table.size()) return;
  std::vector<std::string> known;
  for (const auto& [name, folders] : recordings) known.push_back(name);
  const auto& [name, row] = first_of(table);
  const std::string near = nearest_name(name, known);
  throw Error(row.place,
              "no row of the table is for a recording of the data set: here one is called \"" + name + "\", there \"" +
                  (near.empty() ? known.front() : near) + "\"",
              "correct the names or columns.name, or do without the table: table = \"\"");
}

void refuse_ambiguous(const ClipTable& rows, const NamesInFolders& recordings, const std::string& remedy) {
  for (const auto& [name, folders] : recordings) {
    const auto [first, last] = rows.equal_range(name);
    for (auto row = first; row != last; ++row) {
      if (row->second.folder.empty() && folders.size() > 1)
        throw Error(row->second.place,
                    "the row could be for two recordings: \"" + name + "\" is a name in split \"" + *folders.rbegin() + "\" and in \"" +
                        *folders.begin() + "\"",
                    remedy);
      for (const auto& folder : folders)
        if (is_for(row->second, folder) && row_for(rows, name, folder) != &row->second)
          throw Error(row->second.place, "a second row could be for the recording \"" + name + "\"", "take one of them out, or " + remedy);
    }
  }
}

}  // namespace tivit::data
