#pragma once
#include <functional>

namespace tivit::video {

/// Asked while something waits; true: give up, the run was cancelled.
using Stop = std::function<bool()>;

}  // namespace tivit::video
