#pragma once
#include <stages/keyboard/geometry.hpp>
#include <string>
#include <tivit/dice.hpp>
#include <vector>

namespace tivit::keyboard {

/// How a rendered keyboard is filmed: "straight", "angled" (turned, in clear perspective), "upside_down", "angled_upside_down".
const std::vector<std::string>& view_names();

/// The corners of a keyboard filmed that way, a little different each time, in hundredths of a pixel. All keys are in view.
Corners film_from(const std::string& view, PictureSize picture, Dice& dice);

}  // namespace tivit::keyboard
