#include <stages/notes/shifted.hpp>
#include <stages/notes/window.hpp>

#include <algorithm>

namespace tivit::notes {

Notes inside(const Notes& notes, const TimeGrid& grid, std::int64_t rows) {
  const double begin_s = grid.seconds_at(-0.5), end_s = grid.end_s(rows);
  Notes out{{}, notes.labelled};
  for (auto note : shifted(notes, 0).list) {
    if (note.onset_s < begin_s || note.onset_s >= end_s) continue;
    note.offset_s = std::min(note.offset_s, end_s);
    out.list.push_back(note);
  }
  return out;
}

}  // namespace tivit::notes
