#pragma once
#include <optional>
#include <stages/notes/note.hpp>
#include <tivit/stage.hpp>

namespace tivit::notes {

/// When the last row of the recording that an item is about is over, in seconds; nothing where no rows travel beside the item. Labels may
/// go on: they were not made by the camera.
std::optional<double> recording_end_s(const Context& context);
/// What a recording that ends there can tell of these notes: those that begin before, cut at its end. All of them where no end is known.
Notes until(Notes notes, std::optional<double> end_s);

}  // namespace tivit::notes
