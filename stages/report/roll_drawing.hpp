#pragma once
// Draws a piano roll: what was played, what was found, and where the two differ.
#include <cairo.h>

#include <stages/report/roll_layout.hpp>
#include <string>

namespace tivit::report {

/// `reference` may be missing; then every note found is drawn alike. Notes count as found within 50 ms of their onset.
void draw_roll(cairo_t* cairo, const RollLayout& layout, const std::string& title, const notes::Notes& estimate,
               const notes::Notes* reference);

}  // namespace tivit::report
