#pragma once
// What a data set's table says of its recordings.
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <stages/keyboard/key_geometry.hpp>
#include <string>
#include <tivit/error.hpp>
#include <vector>

namespace tivit::data {

struct ClipTableColumns {
  std::string name = "name";
  std::vector<std::string> corners{"x0", "y0", "x1", "y1", "x2", "y2", "x3", "y3"};  ///< A0 far, C8 far, C8 near, A0 near; 4: "x, y"
  std::vector<std::string> box;  ///< min x, min y, max x, max y of an upright keyboard: bass left, far end at the top
  std::string duration;          ///< seconds; "": the table does not say
  std::string label_shift;       ///< seconds; "": the table does not say
  std::string split;             ///< "": the table does not say
  std::vector<std::string> all;  ///< of a table without a header
  double scale = 1;              ///< pixels of the video for each of the table's
  bool split_if_there = false;   ///< the table may lack the column `split`
};

struct ClipTableRow {
  std::optional<keyboard::Corners> corners;  ///< where all their fields are filled in
  double duration_s = 0;
  double label_shift_s = 0;
  std::string split;
  std::string folder;  ///< of that split, where the data set has a folder for each (recording_rows.hpp)
  Origin place;        ///< of its name
};

/// By name: several where each is for another split.
using ClipTable = std::multimap<std::string, ClipTableRow>;

/// Names as `canonical` spells them. Throws Error naming file:line:column of a bad field and the columns that there are.
ClipTable read_clip_table(const std::filesystem::path& file, const ClipTableColumns& columns,
                          const std::function<std::string(const std::string&)>& canonical);

}  // namespace tivit::data
