#include <fmt/format.h>
#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <stages/labels/label_file.hpp>
#include <stages/notes/midi_file.hpp>
#include <tivit/atomic_file.hpp>
#include <tuple>

namespace tivit::labels {
namespace {

constexpr std::string_view blanks = " \t\v\f";

std::vector<std::string_view> split(std::string_view line, std::string_view separators) {
  std::vector<std::string_view> fields;
  for (std::size_t at = 0; (at = line.find_first_not_of(separators, at)) != std::string_view::npos;) {
    const auto end = std::min(line.find_first_of(separators, at), line.size());
    fields.push_back(line.substr(at, end - at));
    at = end;
  }
  return fields;
}

/// A comma separates fields only as their last or first character or in a line without blanks: `1,5 2,5 63` has decimal commas.
std::vector<std::string_view> fields_of(std::string_view line) {
  auto fields = split(line, blanks);
  if (fields.size() < 3) return split(line, " \t\v\f,");
  for (auto& field : fields) {
    if (field.size() > 1 && field.ends_with(',')) field.remove_suffix(1);
    if (field.size() > 1 && field.starts_with(',')) field.remove_prefix(1);
  }
  return fields;
}

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

/// `fields` are parts of the line that begins at `line`.
void parse_row(const std::vector<std::string_view>& fields, const char* line, Origin origin, LabelText& out) {
  const auto bad = [&](std::string_view field, std::string what, std::string remedy) {
    origin.column = static_cast<int>(field.data() - line) + 1;
    out.bad_rows.emplace_back(origin, std::move(what), std::move(remedy));
  };
  if (fields.size() < 3)
    return bad(fields[0], "the row has " + std::to_string(fields.size()) + " of 3 columns", "write onset, offset (seconds) and MIDI pitch");
  double value[3];
  for (int i = 0; i < 3; ++i) {
    const auto parsed = number(fields[i]);
    if (!parsed) return bad(fields[i], shown(fields[i]) + " is not a number", "write numbers such as 12.5, with a decimal point");
    value[i] = *parsed;
  }
  if (value[2] != std::floor(value[2]) || value[2] < 0 || value[2] > 127)
    return bad(fields[2], "the pitch " + std::string(fields[2]) + " is not a MIDI number", "give a whole number from 0 to 127");
  if (value[1] <= value[0])
    return bad(fields[1], fmt::format("the offset {} is not after the onset {}", fields[1], fields[0]), "correct or remove the row");
  if (value[1] <= 0)
    return bad(fields[1], fmt::format("the note ends at {} s, before the video begins", fields[1]), "correct or remove the row");
  out.notes.list.push_back({value[0], value[1], static_cast<int>(value[2]), notes::Note{}.velocity});
}

}  // namespace

LabelText parse_labels(std::string_view text, const std::string& file) {
  LabelText out;
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  bool header_possible = true;
  for (int line_number = 1; !text.empty(); ++line_number) {
    const auto end = std::min(text.find_first_of("\r\n"), text.size());
    const auto line = text.substr(0, std::min(end, text.find('#')));
    text.remove_prefix(text.substr(end).starts_with("\r\n") ? end + 2 : std::min(end + 1, text.size()));
    const auto fields = fields_of(line);
    if (fields.empty()) continue;
    const auto is_word = [](std::string_view field) {
      return std::isalpha(static_cast<unsigned char>(field[0])) && field != "nan" && field != "inf";
    };
    const bool header = header_possible && fields.size() >= 3 && std::all_of(fields.begin(), fields.begin() + 3, is_word);
    header_possible = false;
    if (!header) parse_row(fields, line.data(), {file, line_number, 0}, out);
  }
  std::stable_sort(out.notes.list.begin(), out.notes.list.end(),
                   [](const auto& a, const auto& b) { return std::tie(a.onset_s, a.pitch) < std::tie(b.onset_s, b.pitch); });
  return out;
}

LabelText load_labels(const std::filesystem::path& file) {
  const auto extension = file.extension();
  if (extension == ".mid" || extension == ".midi") return {notes::read_midi(file).notes, {}};
  return parse_labels(read_file(file), file.string());
}

notes::Notes read_labels(const std::filesystem::path& file) {
  auto parsed = load_labels(file);
  if (!parsed.bad_rows.empty()) throw Errors(std::move(parsed.bad_rows));
  return std::move(parsed.notes);
}

void write_labels(const std::filesystem::path& file, const notes::Notes& notes) {
  std::string text;
  for (const auto& note : notes.list) text += fmt::format("{:.6f}\t{:.6f}\t{}\n", note.onset_s, note.offset_s, note.pitch);
  write_file(file, text);
}

}  // namespace tivit::labels
