// Labels as text and as note tables.
#include <algorithm>
#include <cmath>
#include <stages/labels/label_file.hpp>
#include <tests/fuzz/fuzz.hpp>

using namespace tivit;

namespace {

void check(const labels::LabelText& text) {
  double last = -HUGE_VAL;
  for (const auto& note : text.notes.list) {
    fuzz::require(std::isfinite(note.onset_s) && std::isfinite(note.offset_s), "a time that is no number");
    fuzz::require(std::abs(note.onset_s) <= notes::longest_s && note.offset_s <= notes::longest_s, "a time beyond a day");
    fuzz::require(note.onset_s < note.offset_s && note.offset_s > 0, "a note that does not last");
    fuzz::require(note.pitch >= 0 && note.pitch <= 127 && note.velocity >= 1 && note.velocity <= 127, "a note out of MIDI's range");
    fuzz::require(note.onset_s >= last, "notes out of order");
    last = note.onset_s;
  }
  for (const auto& row : text.bad_rows) {
    fuzz::check(row);
    fuzz::require(row.where().starts_with("labels:"), "a bad row without its place");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = fuzz::text_of(data, size);
  fuzz::require(fuzz::was_read([&] { check(labels::parse_labels(text, "labels")); }), "a text is refused as a whole");
  fuzz::require(fuzz::was_read([&] { check(labels::parse_note_table(text, "labels")); }), "a table is refused as a whole");
  return 0;
}
