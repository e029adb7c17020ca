#include <stages/notes/shifted.hpp>

#include <algorithm>

namespace tivit::notes {

Notes shifted(const Notes& notes, double shift_s) {
  Notes out{{}, notes.labelled};
  for (Note note : notes.list) {
    note.onset_s += shift_s;
    note.offset_s += shift_s;
    if (note.onset_s < 0 && note.offset_s <= 0) continue;
    if (note.onset_s < 0) note.onset_s = 0;
    out.list.push_back(note);
  }
  // What was moved up to 0 may no longer be in the order of pitches.
  std::stable_sort(out.list.begin(), out.list.end(),
                   [](const Note& a, const Note& b) { return a.onset_s != b.onset_s ? a.onset_s < b.onset_s : a.pitch < b.pitch; });
  return out;
}

}  // namespace tivit::notes
