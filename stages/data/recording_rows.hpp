#pragma once
// What the files of a data set say of each recording: its table, and how late its labels are.
#include <map>
#include <set>
#include <stages/data/clip_table.hpp>
#include <stages/data/dataset_options.hpp>
#include <stages/data/name_patterns.hpp>
#include <stages/data/split.hpp>
#include <string>

namespace tivit::data {

/// The rows of `table`, with their folders; none where it is not given. Throws Error on a bad row.
ClipTable read_data_set_table(const DatasetOptions& options, const NamePatterns& names);
/// The same of `label_shifts`, as graphs/lag.toml writes it.
ClipTable read_label_shifts(const DatasetOptions& options, const NamePatterns& names);

/// Which of the folders train, val and test below the root a recording lies in; "" where it lies in none of them,
/// or all splits have one folder. Of a video that is named by itself: the folder train, val or test that it is in.
std::string split_folder(const DatasetOptions& options, const std::filesystem::path& video);

/// Whether the row may be for a recording in this folder of a split.
bool is_for(const ClipTableRow& row, const std::string& split_folder);
/// The row for the recording, or null.
const ClipTableRow* row_for(const ClipTable& rows, const std::string& name, const std::string& split_folder);

/// Names of the videos of all splits, with the folders that hold one: a file of rows may be for more than the one that is read.
using NamesInFolders = std::map<std::string, std::set<std::string>>;
NamesInFolders names_of_all_splits(const DatasetOptions& options, const NamePatterns& names, const Split& split);

/// Rows that are for none of the recordings, in the order of their names.
ClipTable unknown_rows(const ClipTable& rows, const NamesInFolders& recordings);
/// Throws Error, with the place of the first, for such rows: they would have no effect.
void refuse_unknown(const ClipTable& rows, const NamesInFolders& recordings);
/// Throws Error for a table all of whose rows are such; where some are not, the others may be for recordings that are not here.
void refuse_foreign(const ClipTable& table, const NamesInFolders& recordings);
/// Throws Error for a row that could be for recordings of two splits, and for two rows that could be for one; `remedy` tells how a row says
/// which split it is for.
void refuse_ambiguous(const ClipTable& rows, const NamesInFolders& recordings, const std::string& remedy);

}  // namespace tivit::data
