#pragma once
// One row of labels: text fields that become a note, or a named mistake.
#include <optional>
#include <stages/notes/note.hpp>
#include <string_view>
#include <tivit/error.hpp>
#include <vector>

namespace tivit::labels {

/// Parts of the line that begins at `line`; velocity may be empty.
struct LabelRow {
  std::string_view onset, offset, pitch, velocity;
  const char* line = nullptr;
};

/// What is wrong with the row, at its column; nothing when the note was added. A note may end before the video begins where it is to be
/// moved `late_s` later and then ends in it.
std::optional<Error> add_note(const LabelRow& row, Origin origin, std::vector<notes::Note>& notes, double late_s = 0);

/// A text's next line without its end (LF, CR LF or CR), which is taken from `text`.
std::string_view take_line(std::string_view& text);
/// Takes a UTF-8 byte-order mark away.
void skip_byte_order_mark(std::string_view& text);
void sort_notes(std::vector<notes::Note>& notes);  ///< by onset, then pitch

}  // namespace tivit::labels
