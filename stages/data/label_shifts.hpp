#pragma once
// How late the labels of each recording are, from a file of its own.
#include <map>
#include <set>
#include <stages/data/clip_table.hpp>
#include <stages/data/dataset_options.hpp>
#include <stages/data/name_patterns.hpp>
#include <stages/data/split.hpp>
#include <string>

namespace tivit::data {

/// The rows of `label_shifts`, as graphs/lag.toml writes it, by recording; none where it is not given. Throws Error on a bad row.
std::map<std::string, ClipTableRow> read_label_shifts(const DatasetOptions& options, const NamePatterns& names);

/// Names of the videos of all splits: a file of shifts may be for more than the one that is read.
std::set<std::string> names_of_all_splits(const DatasetOptions& options, const NamePatterns& names, const Split& split);

/// Throws Error, with the place of the first, for rows that are for none of the recordings: they would have no effect.
void refuse_unknown(const std::map<std::string, ClipTableRow>& rows, const std::set<std::string>& recordings);

}  // namespace tivit::data
