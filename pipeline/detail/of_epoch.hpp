#pragma once

namespace tivit::detail {

/// A figure beside those of a called graph that has epochs of its own: the epoch of the run that called it.
inline constexpr const char* of_epoch = "of_epoch";

}  // namespace tivit::detail
