#pragma once
// A data set's table: tab-separated text with a header line, one recording a row.
#include <filesystem>
#include <map>
#include <optional>
#include <stages/keyboard/key_geometry.hpp>
#include <string>
#include <vector>

namespace tivit::data {

struct ClipTableColumns {
  std::string name = "name";
  std::vector<std::string> corners{"x0", "y0", "x1", "y1", "x2", "y2", "x3", "y3"};  ///< A0 far, C8 far, C8 near, A0 near
  std::string duration;                                                              ///< seconds; "": the table does not say
  std::string label_shift;                                                           ///< seconds; "": the table does not say
};

struct ClipTableRow {
  std::optional<keyboard::Corners> corners;  ///< where all eight fields are filled in
  double duration_s = 0;
  double label_shift_s = 0;
};

/// By name. Throws Error naming file:line:column of a bad field and the columns that there are.
std::map<std::string, ClipTableRow> read_clip_table(const std::filesystem::path& file, const ClipTableColumns& columns);

}  // namespace tivit::data
