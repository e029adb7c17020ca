#include <stages/keyboard/sidecar.hpp>

#include <toml++/toml.h>
#include <cmath>
#include <fstream>
#include <sstream>
#include <tivit/atomic_file.hpp>
#include <tivit/error.hpp>

namespace tivit::keyboard {
namespace {

constexpr const char* form = "write corners = [[x, y], [x, y], [x, y], [x, y]] in pixels";

class Reader {
 public:
  explicit Reader(const std::filesystem::path& file) : file_(file.string()) {}

  Sidecar read(const toml::table& table) const {
    for (const auto& [key, value] : table)
      if (key.str() != "corners" && key.str() != "comment")
        fail(key.source().begin, "unknown key \"" + std::string(key.str()) + "\"", "a keyboard's sidecar has \"corners\" and \"comment\"");
    Sidecar sidecar;
    const auto* corners = table.get("corners");
    if (!corners) throw Error("no corners in it", form, file_);
    const auto* list = corners->as_array();
    if (list && list->size() == 8 && list->get(0)->is_number()) {  // as --corners takes them
      for (std::size_t i = 0; i < 4; ++i) sidecar.corners.points[i] = {number(*list->get(2 * i)), number(*list->get(2 * i + 1))};
    } else {
      if (!list || list->size() != 4) fail(corners->source().begin, "corners are not four points", form);
      for (std::size_t i = 0; i < 4; ++i) sidecar.corners.points[i] = point(*list->get(i));
    }
    if (const auto fault = fault_of(sidecar.corners)) fail(corners->source().begin, *fault, std::string("give ") + corner_order);
    if (const auto* comment = table.get("comment")) {
      if (!comment->is_string()) fail(comment->source().begin, "comment is not a string", "put it in quotation marks");
      sidecar.comment = comment->as_string()->get();
    }
    return sidecar;
  }

  [[noreturn]] void fail(const toml::source_position& at, const std::string& problem, const std::string& remedy) const {
    throw Error(Origin{file_, static_cast<int>(at.line), static_cast<int>(at.column)}, problem, remedy);
  }

 private:
  Point point(const toml::node& node) const {
    const auto* pair = node.as_array();
    if (!pair || pair->size() != 2) fail(node.source().begin, "a corner is not a pair of numbers", form);
    return {number(*pair->get(0)), number(*pair->get(1))};
  }
  double number(const toml::node& node) const {
    if (!node.is_number()) fail(node.source().begin, "a coordinate is not a number", form);
    return *node.value<double>();
  }

  std::string file_;
};

double turn(const Point& a, const Point& b, const Point& c) { return (b.x - a.x) * (c.y - b.y) - (b.y - a.y) * (c.x - b.x); }

std::string text(double value) {
  std::ostringstream out;
  out.precision(10);
  out << value;
  const std::string digits = out.str();
  return digits.find_first_of(".e") == std::string::npos ? digits + ".0" : digits;
}

}  // namespace

std::filesystem::path sidecar_path(const std::filesystem::path& video) {
  return video.parent_path() / (video.stem().string() + ".keyboard.toml");
}

std::optional<std::string> fault_of(const Corners& corners) {
  const auto& p = corners.points;
  for (const Point& point : p)
    if (!std::isfinite(point.x) || !std::isfinite(point.y)) return "a corner is not a finite number";
  int right = 0, left = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    const double side = turn(p[i], p[(i + 1) % 4], p[(i + 2) % 4]);
    if (side > 1) ++right;
    if (side < -1) ++left;
  }
  if (left == 4) return "the corners run the wrong way round, as if the picture were mirrored";
  if (right != 4) return "the corners do not span a convex quadrilateral";
  return std::nullopt;
}

Sidecar read_sidecar(const std::filesystem::path& file) {
  const Reader reader(file);
  std::ifstream in(file, std::ios::binary);
  if (!in) throw Error("the keyboard's sidecar cannot be opened", "check that it exists and may be read", file.string());
  try {
    return reader.read(toml::parse(in, file.string()));
  } catch (const toml::parse_error& e) {
    reader.fail(e.source().begin, std::string(e.description()), form);
  }
}

void write_sidecar(const std::filesystem::path& file, const Sidecar& sidecar) {
  std::ostringstream text_out;
  text_out << "# The white keys' rectangle in the picture, pixels: A0 far, C8 far, C8 near, A0 near\ncorners = [";
  for (std::size_t i = 0; i < 4; ++i)
    text_out << (i ? ", [" : "[") << text(sidecar.corners.points[i].x) << ", " << text(sidecar.corners.points[i].y) << "]";
  text_out << "]\n";
  if (!sidecar.comment.empty()) text_out << toml::table{{"comment", sidecar.comment}} << "\n";
  write_file(file, text_out.str());
}

}  // namespace tivit::keyboard
