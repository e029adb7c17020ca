#pragma once
// X.keyboard.toml beside X.mp4: where the keyboard lies in the picture.
//
//   corners = [[73.6, 174.3], [590.7, 174.5], [592.2, 240.0], [72.5, 236.9]]  # A0 far, C8 far, C8 near, A0 near; pixels
//   comment = "read off frame 90"                                              # optional
#include <filesystem>
#include <optional>
#include <stages/keyboard/key_geometry.hpp>
#include <string>

namespace tivit::keyboard {

struct Sidecar {
  Corners corners;
  std::string comment;
};

/// `X.keyboard.toml` for `X.mp4`.
std::filesystem::path sidecar_path(const std::filesystem::path& video);

/// Throws Error naming file:line:column of what is wrong with it.
Sidecar read_sidecar(const std::filesystem::path& file);
/// Written under a temporary name, then renamed.
void write_sidecar(const std::filesystem::path& file, const Sidecar& sidecar);

/// What is wrong with four corners, if anything: not finite, not convex, or running the wrong way round (as in a mirror).
std::optional<std::string> fault_of(const Corners& corners);
/// The order in which corners are given, for messages.
constexpr const char* corner_order = "the white keys' rectangle in the order A0 far end, C8 far end, C8 near (player's) end, A0 near end";

}  // namespace tivit::keyboard
