#pragma once
#include <stages/notes/note.hpp>

namespace tivit::notes {

/// The notes `shift_s` later, on a clock that begins at 0: notes that end by then are left out, those that only begin before
/// begin at 0.
Notes shifted(const Notes& notes, double shift_s);

}  // namespace tivit::notes
