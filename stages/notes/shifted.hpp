#pragma once
#include <stages/notes/note.hpp>

namespace tivit::notes {

/// The notes `shift_s` later, on a clock that begins at 0: of notes that begin before, those that end by then are left out, and the others
/// begin at 0.
Notes shifted(const Notes& notes, double shift_s);

}  // namespace tivit::notes
