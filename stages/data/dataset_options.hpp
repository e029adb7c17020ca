#pragma once
// The parameters by which a data set in a folder is read.
#include <stages/data/clip.hpp>
#include <stages/data/clip_table.hpp>
#include <stages/data/video_extensions.hpp>
#include <string>
#include <tivit/contract.hpp>
#include <vector>

namespace tivit::data {

struct DatasetOptions {
  std::filesystem::path root, videos, manifest_train, manifest_val, manifest_test, exclude_list, annotations_root, table, label_shifts;
  std::string split;
  std::vector<std::string> names{"{}"}, label_names{"{}"}, hold_out, splits_train, splits_val, splits_test, only, exclude;
  std::vector<std::string> extensions{video_extensions.begin(), video_extensions.end()};
  std::vector<std::string> label_extensions{".txt", ".mid", ".midi", ".tsv", ".csv"};
  std::string column_name = "name", column_duration, column_label_shift, column_split;
  std::vector<std::string> column_corners = ClipTableColumns().corners, column_box, column_all;
  double column_scale = 1, hold_out_share = 0;
  std::int64_t max_clips = 0, hold_out_seed = 0;
  bool recursive = true, require_labels = false;
  bool corners_are_given = false;  ///< for every video: sidecars are not read

  ClipTableColumns columns() const {
    return {column_name, column_corners, column_box, column_duration, column_label_shift, column_split, column_all, column_scale};
  }

  /// Of values of the table's split column, or else of names, that are this split.
  std::vector<std::string> patterns_of(const std::string& of) const {
    const auto& given = of == "train" ? splits_train : of == "val" ? splits_val : splits_test;
    return given.empty() && !column_split.empty() ? std::vector{of} : given;
  }

  /// Parameters that tell recordings of a folder apart, and are given: they mean nothing for videos that are named one by one.
  std::vector<std::string> given_of_folders() const {
    std::vector<std::string> given;
    const auto is = [&](const char* name, bool set) {
      if (set) given.emplace_back(name);
    };
    is("videos", !videos.empty()), is("table", !table.empty()), is("exclude_list", !exclude_list.empty());
    is("manifest.train", !manifest_train.empty()), is("manifest.val", !manifest_val.empty()), is("manifest.test", !manifest_test.empty());
    is("splits.train", !splits_train.empty()), is("splits.val", !splits_val.empty()), is("splits.test", !splits_test.empty());
    is("hold_out", !hold_out.empty()), is("hold_out_share", hold_out_share > 0);
    return given;
  }

  template <class T>
  static void declare(Contract<T>& c) {
    using O = DatasetOptions;
    const auto param = [&]<class V>(const char* name, V O::*member) { return c.param(name, static_cast<V T::*>(member)); };
    param("root", &O::root)
        .doc("the data set's folder; ~ is the home folder. Relative paths of what follows begin there if they exist there");
    param("split", &O::split).doc("a folder of root: train, val or test; \"\": root itself. val may be a part of train");
    param("videos", &O::videos).doc("folder of root with the videos of every split; empty: each split has a folder of its name");
    param("names", &O::names)
        .doc("patterns of videos' file names, {} is the recording's name: \"video_{}.0\"; with a slash: of paths, \"/{}\"");
    param("label_names", &O::label_names).doc("patterns of label files' names, tried in turn: \"audio_{}.0\"");
    param("annotations_root", &O::annotations_root)
        .doc("folder of labels, laid out as the videos, flat or by split; empty: beside the videos");
    param("label_extensions", &O::label_extensions).doc("kinds of label files, tried in turn");
    param("manifest.train", &O::manifest_train).doc("file with the names of the split's recordings, one a line, # comments");
    param("manifest.val", &O::manifest_val).doc("the same for val; without a folder val/ it names recordings of train/");
    param("manifest.test", &O::manifest_test).doc("the same for test");
    param("splits.train", &O::splits_train)
        .doc("patterns: values of the table's split column, or names, that are split train; empty: \"train\"");
    param("splits.val", &O::splits_val).doc("the same for val");
    param("splits.test", &O::splits_test).doc("the same for test");
    param("hold_out", &O::hold_out).doc("patterns: recordings of train that are the split val and are left out of train");
    param("hold_out_share", &O::hold_out_share)
        .range(0, 0.9)
        .doc("where nothing else says what val is: this part of train, drawn by name, at least one recording that can be used");
    param("hold_out_seed", &O::hold_out_seed).doc("another number draws another part");
    param("only", &O::only).doc("patterns of names to keep, with * and ?; empty: all");
    param("exclude", &O::exclude).doc("patterns of names to leave out");
    param("exclude_list", &O::exclude_list).doc("file with names to leave out, one a line");
    param("recursive", &O::recursive).doc("look into folders below, too");
    param("extensions", &O::extensions).doc("of videos, in lower case");
    param("require_labels", &O::require_labels).doc("leave out recordings without labelled notes");
    param("max_clips", &O::max_clips).at_least(0).unit("clips").doc("keep the first of them; 0: all");
    param("table", &O::table).doc("a row for each recording: tab- or comma-separated text, or JSON");
    param("columns.name", &O::column_name).doc("the table's column of names");
    param("columns.corners", &O::column_corners).doc("the table's 8 columns of corners, or 4 with x and y in each; empty: none");
    param("columns.box", &O::column_box)
        .doc("its columns min x, min y, max x, max y of an upright keyboard (bass left), instead of corners");
    param("columns.scale", &O::column_scale).range(0.01, 100).doc("pixels of the videos for each pixel of the table");
    param("columns.split", &O::column_split).doc("its column of splits");
    param("columns.duration", &O::column_duration).doc("its column of lengths in seconds; empty: lengths come from the labels");
    param("columns.label_shift", &O::column_label_shift)
        .doc("its column of seconds that a recording's label times are late by and that are added to them; empty: none");
    param("label_shifts", &O::label_shifts)
        .doc(
            "tab-separated file of such shifts, as graphs/lag.toml writes it: columns name and label_shift_s, and split, where names need "
            "it; holds against the table");
    param("columns.all", &O::column_all).doc("all its columns in order, for a table whose first line does not name them");
  }
};

}  // namespace tivit::data
