#include <stages/notes/recording_end.hpp>

#include <algorithm>
#include <tivit/frame_range.hpp>
#include <tivit/time.hpp>

namespace tivit::notes {

std::optional<double> recording_end_s(const Context& context) {
  const auto* grid = context.find<TimeGrid>();
  const auto* rows = context.find<FrameRange>();
  if (!grid || !rows || rows->end <= rows->first) return std::nullopt;
  return grid->end_s(rows->end - rows->first);
}

Notes until(Notes notes, std::optional<double> end_s) {
  if (!end_s) return notes;
  std::erase_if(notes.list, [&](const Note& note) { return note.onset_s >= *end_s; });
  for (auto& note : notes.list) note.offset_s = std::min(note.offset_s, *end_s);
  return notes;
}

}  // namespace tivit::notes
