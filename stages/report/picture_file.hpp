#pragma once
// A Cairo drawing as a PNG or SVG file, seen whole or not at all.
#include <cairo.h>

#include <filesystem>
#include <functional>
#include <string>

namespace tivit::report {

/// Draws on a surface of `width` x `height` pixels and puts the file in place; its extension says which kind it is. `about` names what is
/// drawn when that fails.
void write_picture(const std::filesystem::path& file, double width, double height, const std::string& about,
                   const std::function<void(cairo_t*)>& draw);

}  // namespace tivit::report
