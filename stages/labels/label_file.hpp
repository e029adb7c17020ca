#pragma once
// Labels: the notes of a recording in a file. Which of three kinds a file is, its extension tells.
//
// .txt, as the OMAPS set has it: one note a line, `onset_s offset_s midi_pitch`.
//   - ASCII numbers with a decimal point, exponents allowed; the pitch is a whole number 0..127 (`60.0` too).
//   - Fields are separated by spaces or tabs, or by one comma with or without them. What follows the third field is ignored.
//   - `#` begins a comment, anywhere in a line. Lines of nothing else are skipped. LF, CR LF and CR end a line; a UTF-8
//     byte-order mark is skipped. A first line whose three fields are all words is a header.
//   - offset > onset. A negative onset is a note that sounded already when the video began; offset <= 0 was never seen.
//   Every other line is a bad row, named by file:line:column. nan, inf, `1_000`, decimal commas and Unicode spaces are bad.
// .tsv, .csv, as PianoVAM has it: columns between tabs, or else semicolons or commas, quotation marks as in CSV. The first line, or a
// comment before
//   it, may name them: onset, key_offset (or offset), note (or pitch), velocity; others are not read. Without names they are onset,
//   offset, pitch, or, from five columns on, onset, the key's offset, the sound's offset, pitch, velocity. Rows are held to the same rules.
// .mid, .midi: notes/midi_file.hpp.
#include <filesystem>
#include <stages/notes/note.hpp>
#include <string>
#include <string_view>
#include <tivit/error.hpp>
#include <vector>

namespace tivit::labels {

struct LabelText {
  notes::Notes notes;                ///< sorted by onset, then pitch
  std::vector<Error> bad_rows;       ///< in file order
  std::vector<std::string> remarks;  ///< what is no mistake, but worth a line of the log
};

/// `late_s`: by how much the notes are to be moved, as far as rows are judged by it.
LabelText parse_labels(std::string_view text, const std::string& file, double late_s = 0);
LabelText parse_note_table(std::string_view text, const std::string& file, double late_s = 0);
/// Throws Error when the file cannot be read, is no text, or no MIDI file.
LabelText load_labels(const std::filesystem::path& file, double late_s = 0);
/// One exception of all bad rows, of many the first twenty: of a video that was named as labels there are millions.
Errors errors_of(std::vector<Error> bad_rows);
/// Throws it for a file that has some.
LabelText read_labels(const std::filesystem::path& file);
/// Seconds with six decimals, tabs between; a note lasts one of the last decimal at least, so that it reads as one again. Written under a
/// temporary name, then renamed.
void write_labels(const std::filesystem::path& file, const notes::Notes& notes);

}  // namespace tivit::labels
