#include <cairo-svg.h>
#include <stages/report/picture_file.hpp>
#include <tivit/atomic_file.hpp>
#include <tivit/error.hpp>

#include <memory>

namespace tivit::report {

void write_picture(const std::filesystem::path& path, double width, double height, const std::string& about,
                   const std::function<void(cairo_t*)>& draw) {
  AtomicFile file(path);
  const bool svg = path.extension() == ".svg";
  const std::unique_ptr<cairo_surface_t, decltype(&cairo_surface_destroy)> surface(
      svg ? cairo_svg_surface_create(file.temporary().c_str(), width, height)
          : cairo_image_surface_create(CAIRO_FORMAT_RGB24, static_cast<int>(width), static_cast<int>(height)),
      &cairo_surface_destroy);
  const std::unique_ptr<cairo_t, decltype(&cairo_destroy)> cairo(cairo_create(surface.get()), &cairo_destroy);
  draw(cairo.get());
  cairo_status_t status = cairo_status(cairo.get());
  if (status == CAIRO_STATUS_SUCCESS && !svg) status = cairo_surface_write_to_png(surface.get(), file.temporary().c_str());
  cairo_surface_finish(surface.get());
  if (status == CAIRO_STATUS_SUCCESS) status = cairo_surface_status(surface.get());
  if (status != CAIRO_STATUS_SUCCESS)
    throw Error(std::string("the picture cannot be drawn: ") + cairo_status_to_string(status), "check the folder and the room on the disk",
                about);
  file.commit();
}

}  // namespace tivit::report
