#pragma once
#include <stages/notes/note.hpp>
#include <tivit/time.hpp>

namespace tivit::notes {

/// Notes that begin in rows [0, rows) of `grid`, cut where the last row ends: no decoder can know more from those rows. Those that began
/// before the recording begin with it.
Notes inside(const Notes& notes, const TimeGrid& grid, std::int64_t rows);

}  // namespace tivit::notes
