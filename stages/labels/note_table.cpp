// Labels as a table with more columns than the three that count.
#include <algorithm>
#include <array>
#include <initializer_list>
#include <optional>
#include <stages/labels/label_file.hpp>
#include <stages/labels/label_row.hpp>
#include <tivit/text/cells.hpp>
#include <tivit/text_format.hpp>

namespace tivit::labels {
namespace {

constexpr std::string_view blanks = " \v\f\r";

std::vector<std::string_view> columns_of(std::string_view line, char separator) {
  std::vector<std::string_view> columns;
  for (const auto& cell : cells_of(line, separator)) columns.push_back(trimmed(cell.text, blanks));
  return columns;
}

/// Where onset, offset, pitch and velocity stand.
using Places = std::array<std::optional<std::size_t>, 4>;

std::optional<Places> named_places(const std::vector<std::string_view>& names) {
  const auto find = [&](std::initializer_list<std::string_view> wanted) -> std::optional<std::size_t> {
    for (const auto name : wanted)
      for (std::size_t i = 0; i < names.size(); ++i)
        if (names[i] == name) return i;
    return std::nullopt;
  };
  // A pedal holds the sound, not the key: the key's own end is what a picture shows.
  const Places places{find({"onset", "onset_s", "OnsetTime"}), find({"key_offset", "offset", "offset_s", "OffsetTime"}),
                      find({"note", "pitch", "midi_pitch", "MidiPitch"}), find({"velocity"})};
  return places[0] && places[1] && places[2] ? std::optional(places) : std::nullopt;
}

Places usual_places(std::size_t columns) {
  if (columns >= 5) return {0, 1, 3, 4};
  return {0, 1, 2, std::nullopt};
}

}  // namespace

LabelText parse_note_table(std::string_view text, const std::string& file, double late_s) {
  LabelText out;
  skip_byte_order_mark(text);
  std::optional<Places> named;
  bool header_possible = true;
  char separator = 0;
  std::size_t width = 0;  // columns of the first row: without a header, they say which is which
  for (int number = 1; !text.empty(); ++number) {
    const auto line = take_line(text);
    const bool comment = line.starts_with('#');
    if (trimmed(line, blanks).empty() || (comment && !header_possible)) continue;
    const auto content = line.substr(comment ? 1 : 0);
    if (!comment && !separator) separator = separator_of(content);
    const auto columns = columns_of(content, comment ? separator_of(content) : separator);
    if (header_possible) {
      named = named_places(columns);
      header_possible = comment && !named;  // comments before it may say anything
      if (comment || named) continue;
    }
    if (width == 0 && columns.size() >= 3) width = columns.size();
    const auto places = named ? *named : usual_places(width);
    const auto missing = std::any_of(places.begin(), places.end(), [&](const auto& place) { return place && *place >= columns.size(); });
    if (missing) {
      out.bad_rows.emplace_back(Origin{file, number, 1},
                                "the row has too few columns: " + std::to_string(columns.size()) +
                                    (named || width == 0 ? "" : " where the first has " + std::to_string(width)),
                                "write onset, offset (seconds) and MIDI pitch, with tabs, semicolons or commas between them");
      continue;
    }
    const auto field = [&](std::size_t i) { return places[i] ? columns[*places[i]] : std::string_view(); };
    if (auto error = add_note({field(0), field(1), field(2), field(3), line.data()}, {file, number, 0}, out.notes.list, late_s))
      out.bad_rows.push_back(std::move(*error));
  }
  sort_notes(out.notes.list);
  return out;
}

}  // namespace tivit::labels
