#pragma once
#include <optional>
#include <tivit/stage.hpp>

namespace tivit::notes {

/// When the last row of the recording that an item is about is over, in seconds; nothing where no rows travel beside the item. Labels may
/// go on: they were not made by the camera.
std::optional<double> recording_end_s(const Context& context);

}  // namespace tivit::notes
