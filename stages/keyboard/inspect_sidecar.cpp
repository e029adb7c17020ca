// Inspector of a keyboard's corners beside a video.
#include <nlohmann/json.hpp>
#include <stages/keyboard/sidecar.hpp>
#include <tivit/inspector.hpp>

namespace tivit::keyboard {
namespace {

Recognised is_sidecar(const std::filesystem::path& file, std::string_view) {
  return file.filename().string().ends_with(".keyboard.toml") ? Recognised::by_content : Recognised::no;
}

std::string inspect_sidecar(const std::filesystem::path& file) {
  const auto sidecar = read_sidecar(file);
  nlohmann::ordered_json out{{"corners", nlohmann::ordered_json::array()}};
  const char* names[] = {"A0 far", "C8 far", "C8 near", "A0 near"};
  for (std::size_t i = 0; i < 4; ++i)
    out["corners"].push_back({{"corner", names[i]}, {"x_px", sidecar.corners.points[i].x}, {"y_px", sidecar.corners.points[i].y}});
  if (!sidecar.comment.empty()) out["comment"] = sidecar.comment;
  return out.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

TIVIT_INSPECTOR("keyboard", "corners of the keyboard in a video", &is_sidecar, &inspect_sidecar)

}  // namespace
}  // namespace tivit::keyboard
