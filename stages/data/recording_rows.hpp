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

/// The rows of `table` by recording; none where it is not given. Throws Error on a bad row.
std::map<std::string, ClipTableRow> read_data_set_table(const DatasetOptions& options, const NamePatterns& names);
/// The same of `label_shifts`, as graphs/lag.toml writes it.
std::map<std::string, ClipTableRow> read_label_shifts(const DatasetOptions& options, const NamePatterns& names);

/// Names of the videos of all splits: a file of rows may be for more than the one that is read.
std::set<std::string> names_of_all_splits(const DatasetOptions& options, const NamePatterns& names, const Split& split);

/// Rows that are for none of the recordings, in the order of their names.
std::map<std::string, ClipTableRow> unknown_rows(const std::map<std::string, ClipTableRow>& rows, const std::set<std::string>& recordings);
/// Throws Error, with the place of the first, for such rows: they would have no effect.
void refuse_unknown(const std::map<std::string, ClipTableRow>& rows, const std::set<std::string>& recordings);
/// Throws Error for a table all of whose rows are such; where some are not, the others may be for recordings that are not here.
void refuse_foreign(const std::map<std::string, ClipTableRow>& table, const std::set<std::string>& recordings);

}  // namespace tivit::data
