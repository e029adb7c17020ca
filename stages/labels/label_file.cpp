#include <stages/labels/label_file.hpp>

#include <fmt/format.h>
#include <algorithm>
#include <cstdlib>
#include <stages/labels/label_row.hpp>
#include <stages/notes/midi_file.hpp>
#include <tivit/atomic_file.hpp>
#include <tivit/text_format.hpp>

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

/// `1,5`, and not `0.5,1.0` or `1,5,60`.
bool has_decimal_comma(std::string_view piece) {
  if (piece.ends_with(',')) piece.remove_suffix(1);
  const auto comma = piece.find(',');
  return comma != std::string_view::npos && piece.find_first_not_of("+-0123456789", comma + 1) == std::string_view::npos &&
         piece.find_first_not_of("+-0123456789") == comma;
}

/// In a line that blanks divide into three, a comma within a number is a decimal one, which no field may have. Two commas have an empty
/// field between them.
std::vector<std::string_view> fields_of(std::string_view line) {
  const auto pieces = split(line, blanks);
  std::vector<std::string_view> fields;
  bool empty = true;  // nothing came since the last comma
  for (auto piece : pieces) {
    const bool decimal = pieces.size() >= 3 && has_decimal_comma(piece.substr(piece[0] == ','));
    while (!piece.empty()) {
      if (piece[0] == ',') {
        if (empty) fields.push_back(piece.substr(0, 0));
        empty = true;
        piece.remove_prefix(1);
        continue;
      }
      auto end = piece.find(',');
      if (decimal) end = piece.find(',', end + 1);
      fields.push_back(piece.substr(0, end));
      piece.remove_prefix(fields.back().size());
      empty = false;
    }
  }
  return fields;
}

bool is_word(std::string_view field) {
  return !field.empty() && std::isalpha(static_cast<unsigned char>(field[0])) && field != "nan" && field != "inf";
}

/// The number that a reader sees.
double printed(double time_s) { return std::strtod(fmt::format("{:.6f}", time_s).c_str(), nullptr); }

LabelText load_midi(const std::filesystem::path& file) {
  auto midi = notes::read_midi(file);
  LabelText out;
  for (const auto& note : midi.notes.list)
    if (note.offset_s > notes::longest_s)
      out.bad_rows.emplace_back(Origin{file.string(), 0, 0},
                                fmt::format("a note of pitch {} ends at {:.0f} s, more than a day away", note.pitch, note.offset_s),
                                "correct the file's tempo or remove the note");
    else
      out.notes.list.push_back(note);
  if (midi.without_duration) out.remarks.push_back(fmt::format("{} notes without duration left out", midi.without_duration));
  if (midi.without_end) out.remarks.push_back(fmt::format("{} notes without end last to the end of the file", midi.without_end));
  return out;
}

}  // namespace

LabelText parse_labels(std::string_view text, const std::string& file, double late_s) {
  LabelText out;
  skip_byte_order_mark(text);
  bool header_possible = true;
  for (int number = 1; !text.empty(); ++number) {
    auto line = take_line(text);
    line = line.substr(0, line.find('#'));
    const auto fields = fields_of(line);
    if (fields.empty()) continue;
    const bool header = header_possible && fields.size() >= 3 && std::all_of(fields.begin(), fields.begin() + 3, is_word);
    header_possible = false;
    if (header) continue;
    Origin origin{file, number, static_cast<int>(fields[0].data() - line.data()) + 1};
    if (fields.size() < 3)
      out.bad_rows.emplace_back(origin, "the row has " + std::to_string(fields.size()) + " of 3 columns",
                                "write onset, offset (seconds) and MIDI pitch");
    else if (auto error = add_note({fields[0], fields[1], fields[2], {}, line.data()}, origin, out.notes.list, late_s))
      out.bad_rows.push_back(std::move(*error));
  }
  sort_notes(out.notes.list);
  return out;
}

LabelText load_labels(const std::filesystem::path& file, double late_s) {
  const auto extension = lower_extension(file);
  if (extension == ".mid" || extension == ".midi") return load_midi(file);
  const std::string text = read_file(file);
  // One such byte spoils its row. A tenth of them is another kind of file, or UTF-16.
  const auto head = std::string_view(text).substr(0, 4096);
  if (10 * std::count(head.begin(), head.end(), '\0') > std::ssize(head))
    throw Error("is no text: it is full of bytes of 0", "name labels as UTF-8 text, a table (.tsv, .csv) or MIDI (.mid)", file.string());
  return extension == ".tsv" || extension == ".csv" ? parse_note_table(text, file.string(), late_s)
                                                    : parse_labels(text, file.string(), late_s);
}

Errors errors_of(std::vector<Error> bad_rows) {
  constexpr std::size_t most = 20;
  if (bad_rows.size() > most) {
    const auto more = bad_rows.size() - most;
    bad_rows.erase(bad_rows.begin() + most, bad_rows.end());
    bad_rows.emplace_back("… and " + counted(more, "row") + " more", "check that these are labels");
  }
  return Errors(std::move(bad_rows));
}

LabelText read_labels(const std::filesystem::path& file) {
  auto loaded = load_labels(file);
  if (!loaded.bad_rows.empty()) throw errors_of(std::move(loaded.bad_rows));
  return loaded;
}

void write_labels(const std::filesystem::path& file, const notes::Notes& notes) {
  std::string text;
  for (const auto& note : notes.list) {
    const double shortest_s = printed(note.onset_s) + 1e-6;  // ends half a microsecond later may print as the onset does
    text += fmt::format("{:.6f}\t{:.6f}\t{}\n", note.onset_s, std::max(note.offset_s, shortest_s), note.pitch);
  }
  write_file(file, text);
}

}  // namespace tivit::labels
