// Sums over cells against the definition, pixel by pixel: every path, planes that share samples between pixels, boxes at odd corners.
#include <boost/test/unit_test.hpp>
#include <random>
#include <stages/video/area_sums.hpp>

using namespace tivit::video;

namespace {

struct Case {
  std::int64_t width, height, to_width, to_height, x, y;
  int shift;
};

void equals_the_definition(const Case& c) {
  BOOST_TEST_CONTEXT(c.width << "x" << c.height << " to " << c.to_width << "x" << c.to_height << " at " << c.x << "," << c.y << " shift "
                             << c.shift) {
    const std::int64_t stride = c.x + c.width + 5, rows = c.y + c.height;
    std::vector<std::uint8_t> plane(static_cast<std::size_t>(stride * rows));
    std::mt19937 random(3);
    for (auto& pixel : plane) pixel = static_cast<std::uint8_t>(random() >> 24);
    AreaSums sums({c.width, c.to_width, c.x, c.shift}, {c.height, c.to_height, c.y, c.shift});
    std::vector<std::int32_t> ours(static_cast<std::size_t>(c.to_width));
    int wrong = 0;
    for (std::int64_t j = 0; j < c.to_height; ++j) {
      sums.add(plane.data(), stride, j);
      sums.sums(ours.data());
      for (std::int64_t i = 0; i < c.to_width; ++i) {
        std::int64_t sum = 0, area = 0;
        for (auto y = j * c.height / c.to_height; y * c.to_height < (j + 1) * c.height; ++y)
          for (auto x = i * c.width / c.to_width; x * c.to_width < (i + 1) * c.width; ++x, ++area)
            sum += plane[static_cast<std::size_t>(((y + c.y) >> c.shift) * stride + ((x + c.x) >> c.shift))];
        wrong += sum != ours[static_cast<std::size_t>(i)] || static_cast<float>(area) != sums.areas(j)[i];
      }
    }
    BOOST_TEST(wrong == 0);
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(area_sums)

BOOST_AUTO_TEST_CASE(every_kind_of_cell) {
  for (const int shift : {0, 1, 2})
    for (const auto& c : {Case{1280, 72, 384, 13, 0, 0, shift},  // one word a cell
                          Case{640, 36, 96, 64, 0, 0, shift},    // two words; taller than the source
                          Case{101, 53, 33, 20, 7, 3, shift},    // an odd corner
                          Case{20, 20, 50, 70, 1, 1, shift},     // enlarged
                          Case{400, 300, 3, 2, 5, 1, shift},     // sums of rows beyond 15 bits
                          Case{333, 5, 20, 5, 0, 0, shift},      // five words a cell
                          Case{1, 1, 1, 1, 0, 0, shift}})
      equals_the_definition(c);
}

BOOST_AUTO_TEST_SUITE_END()
