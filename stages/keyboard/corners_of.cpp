#include <stages/keyboard/corners_of.hpp>

#include <cairo.h>

#include <memory>
#include <stages/keyboard/sidecar.hpp>
#include <stages/notes/name_as_path.hpp>
#include <tivit/atomic_file.hpp>
#include <tivit/error.hpp>

namespace tivit::keyboard {

void write_png(const std::filesystem::path& file, const at::Tensor& picture) {
  const at::Tensor pixels = picture.contiguous();
  const int height = static_cast<int>(pixels.size(1)), width = static_cast<int>(pixels.size(2));
  const bool colour = pixels.size(0) == 3;
  const std::unique_ptr<cairo_surface_t, void (*)(cairo_surface_t*)> surface(cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height),
                                                                             cairo_surface_destroy);
  const auto* plane = pixels.const_data_ptr<std::uint8_t>();
  const std::size_t area = static_cast<std::size_t>(width) * height;
  for (int y = 0; y < height; ++y) {
    auto* row =
        reinterpret_cast<std::uint32_t*>(cairo_image_surface_get_data(surface.get()) + y * cairo_image_surface_get_stride(surface.get()));
    for (int x = 0; x < width; ++x) {
      const auto* p = plane + static_cast<std::size_t>(y) * width + x;
      const std::uint32_t red = *p, green = colour ? p[area] : red, blue = colour ? p[2 * area] : red;
      row[x] = red << 16 | green << 8 | blue;
    }
  }
  cairo_surface_mark_dirty(surface.get());
  AtomicFile target(file);
  const auto status = cairo_surface_write_to_png(surface.get(), target.temporary().c_str());
  if (status != CAIRO_STATUS_SUCCESS)
    throw Error(std::string("the picture cannot be written: ") + cairo_status_to_string(status),
                "check the folder's rights and the room on the disk", file.string());
  target.commit();
}

const Corners& corners_of(const data::Clip& clip, const RunContext& run, const std::function<at::Tensor()>& still) {
  if (clip.corners) return *clip.corners;
  const auto file = run.directory / "stills" / (notes::name_as_path(clip.name) += ".png");
  if (!std::filesystem::exists(file)) write_png(file, still());
  throw Error("clip \"" + clip.name + "\" does not say where its keyboard lies",
              "mark " + std::string(corner_order) + " on " + file.string() +
                  " and write them as corners = [[x, y], [x, y], [x, y], [x, y]] into " + sidecar_path(clip.video).string() +
                  ", into the data set's table, or give them as --corners x,y,x,y,x,y,x,y",
              clip.video.string());
}

}  // namespace tivit::keyboard
