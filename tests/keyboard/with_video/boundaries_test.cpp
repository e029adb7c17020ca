// Real pictures: the boundaries that are seen between white keys, against those of the key geometry, in four views.
#include <ATen/ops/empty.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <fstream>
#include <map>
#include <sstream>
#include <stages/keyboard/corners_of.hpp>
#include <stages/keyboard/geometry.hpp>
#include <tests/shared_data.hpp>

#include "rendered.hpp"

#include "tests/folders.hpp"

namespace fs = std::filesystem;
using namespace tivit;
using tests::Driven;

namespace {

/// Corners from the set's table, by clip.
std::map<std::string, keyboard::Corners> table_of(const fs::path& file) {
  std::map<std::string, keyboard::Corners> corners;
  std::ifstream in(file);
  std::string line;
  while (std::getline(in, line)) {
    std::vector<std::string> cells;
    std::istringstream row(line);
    for (std::string cell; std::getline(row, cell, '\t');) cells.push_back(cell);
    if (cells.size() < 16 || cells[0] == "name") continue;
    for (std::size_t i = 0; i < 4; ++i) corners[cells[0]].points[i] = {std::stod(cells[8 + 2 * i]), std::stod(cells[9 + 2 * i])};
  }
  return corners;
}

/// Where the dark line lies that the boundary at `x` makes in rows near the player, in strip pixels; nothing where none is seen.
std::optional<double> dark_line(const at::Tensor& background, double x) {
  constexpr int reach = 4;
  const auto left = static_cast<std::int64_t>(std::lround(x)) - reach;
  const auto mean = background[0].slice(0, 42, 54).slice(1, left, left + 2 * reach).to(at::kFloat).mean(0).contiguous();
  const float* level = mean.const_data_ptr<float>();
  std::vector<float> sorted(level, level + 2 * reach);
  std::sort(sorted.begin(), sorted.end());
  const double bright = sorted[reach + 1];
  double weight = 0, place = 0;
  for (int i = 0; i < 2 * reach; ++i) {
    const double dark = std::max(0.0, bright - 4 - level[i]);
    weight += dark, place += dark * (static_cast<double>(left + i) + 0.5);
  }
  if (weight < 12) return std::nullopt;
  return place / weight;
}

/// The background with its boundaries: the geometry's above, those found below, four times as large.
void save_overlay(const std::string& name, const at::Tensor& background, const std::vector<double>& expected,
                  const std::vector<double>& found) {
  constexpr int zoom = 4;
  auto picture = background.repeat_interleave(zoom, 1).repeat_interleave(zoom, 2).repeat({3, 1, 1}).contiguous();
  const auto mark = [&](double x, std::int64_t top, std::int64_t bottom, int channel) {
    const auto column = std::clamp<std::int64_t>(std::lround(x * zoom), 0, picture.size(2) - 1);
    auto line = picture.slice(1, top, bottom).select(2, column);
    line.zero_();
    line[channel].fill_(255);
  };
  for (const double x : expected) mark(x, 150, 195, 0);
  for (const double x : found) mark(x, 195, 240, 1);
  keyboard::write_png(tests::build_folder() / "tests/keyboard" / ("boundaries_" + name + ".png"), picture);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(boundaries)

BOOST_AUTO_TEST_CASE(of_white_keys_lie_where_the_geometry_says) {
  const auto set = tests::shared("data/mta");
  if (!set) return;
  const auto corners = table_of(*set / "clips.tsv");
  for (const auto& [folder, name] :
       {std::pair{"test", "test_V2"}, {"train", "train_p8_minus45_1"}, {"train", "train_p11_plus45_1"}, {"train", "train_p13_0_1"}}) {
    data::Clip clip;
    clip.name = name;
    clip.video = *set / folder / (std::string(name) + ".wmv");
    clip.corners = corners.at(name);
    Driven stage("keyboard/background");
    stage.set("every", {std::int64_t{12}});
    const auto background = stage.call<at::Tensor>(clip);
    const auto& geometry = *stage.context.find<keyboard::KeyGeometry>();
    const auto map = keyboard::keyboard_to_picture(*clip.corners);
    std::vector<double> expected, found;
    double sum = 0, mean = 0;
    for (const auto& key : geometry.keys) {
      if (key.black || !key.present || key.index == 87) continue;
      expected.push_back(key.right);
      const auto seen = dark_line(background, key.right);
      if (!seen) continue;
      found.push_back(*seen);
      const double u = (key.right - geometry.white_width) / geometry.white_width, v = 0.85;
      const auto a = map({u, v}), b = map({u + 1, v});
      const double source_px = std::hypot(b.x - a.x, b.y - a.y) / geometry.white_width;
      sum += std::abs(*seen - key.right) * source_px, mean += (*seen - key.right) * source_px;
    }
    save_overlay(name, background, expected, found);
    const auto n = static_cast<double>(found.size());
    BOOST_TEST_MESSAGE(name << ": " << found.size() << " of " << expected.size() << " boundaries, mean error " << sum / n
                            << " source px, bias " << mean / n);
    BOOST_TEST(found.size() >= 30u);
    BOOST_TEST(sum / n < 0.5);
  }
}

BOOST_AUTO_TEST_SUITE_END()
