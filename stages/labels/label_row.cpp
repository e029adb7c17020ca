#include <fmt/format.h>
#include <algorithm>
#include <charconv>
#include <cmath>
#include <stages/labels/label_row.hpp>
#include <tuple>

namespace tivit::labels {
namespace {

std::optional<double> number(std::string_view field) {
  if (field.size() > 1 && field[0] == '+' && field[1] != '-') field.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), value);
  if (error != std::errc() || end != field.data() + field.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

std::string shown(std::string_view field) {
  std::string text;
  for (const unsigned char c : field.substr(0, 24))
    text += c < 0x20 || c >= 0x7f ? fmt::format("\\x{:02x}", c) : std::string(1, static_cast<char>(c));
  return "\"" + text + (field.size() > 24 ? "…\"" : "\"");
}

bool is_far(double time_s) { return std::abs(time_s) > notes::longest_s; }

bool is_midi(double value, int lowest) { return value == std::floor(value) && value >= lowest && value <= 127; }

}  // namespace

std::optional<Error> add_note(const LabelRow& row, Origin origin, std::vector<notes::Note>& notes, double late_s) {
  const auto bad = [&](std::string_view field, std::string what, std::string remedy) {
    origin.column = static_cast<int>(field.data() - row.line) + 1;
    return Error(origin, std::move(what), std::move(remedy));
  };
  double value[4] = {0, 0, 0, static_cast<double>(notes::Note{}.velocity)};
  const std::string_view fields[4] = {row.onset, row.offset, row.pitch, row.velocity};
  for (int i = 0; i < (row.velocity.empty() ? 3 : 4); ++i) {
    const auto parsed = number(fields[i]);
    if (!parsed) return bad(fields[i], shown(fields[i]) + " is not a number", "write numbers such as 12.5, with a decimal point");
    value[i] = *parsed;
  }
  if (!is_midi(value[2], 0))
    return bad(row.pitch, "the pitch " + std::string(row.pitch) + " is not a MIDI number", "give a whole number from 0 to 127");
  if (!is_midi(value[3], 1))
    return bad(row.velocity, "the velocity " + std::string(row.velocity) + " is not one of MIDI's", "give a whole number from 1 to 127");
  for (int i = 0; i < 2; ++i)
    if (is_far(value[i]))
      return bad(fields[i], fmt::format("the {} {} s is more than a day away", i == 0 ? "onset" : "offset", fields[i]),
                 "give seconds from the recording's first frame, or remove the row");
  if (value[1] <= value[0])
    return bad(row.offset, fmt::format("the offset {} is not after the onset {}", row.offset, row.onset), "correct or remove the row");
  if (value[1] + std::max(late_s, 0.0) <= 0)
    return bad(row.offset, fmt::format("the note ends at {} s, before the video begins", row.offset), "correct or remove the row");
  notes.push_back({value[0], value[1], static_cast<int>(value[2]), static_cast<int>(value[3])});
  return std::nullopt;
}

std::string_view take_line(std::string_view& text) {
  const auto end = std::min(text.find_first_of("\r\n"), text.size());
  const auto line = text.substr(0, end);
  text.remove_prefix(text.substr(end).starts_with("\r\n") ? end + 2 : std::min(end + 1, text.size()));
  return line;
}

void skip_byte_order_mark(std::string_view& text) {
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
}

void sort_notes(std::vector<notes::Note>& notes) {
  std::stable_sort(notes.begin(), notes.end(),
                   [](const auto& a, const auto& b) { return std::tie(a.onset_s, a.pitch) < std::tie(b.onset_s, b.pitch); });
}

}  // namespace tivit::labels
