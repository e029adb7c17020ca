// Area averaging against the reference, which averages floats: bytes differ from it by their rounding alone.
#include <boost/test/unit_test.hpp>
#include <stages/data/npz.hpp>
#include <stages/video/resize.hpp>
#include <tests/shared_data.hpp>

BOOST_AUTO_TEST_SUITE(resize)

BOOST_AUTO_TEST_CASE(golden_areas) {
  const auto path = tivit::tests::shared("golden/resize.npz");
  if (!path) return;
  const auto golden = tivit::data::read_npz(*path);
  const auto image = golden.arrays.at("image_u8_hwc").permute({2, 0, 1}).contiguous();
  int sizes = 0;
  for (const auto& [name, expected] : golden.arrays) {
    if (name.rfind("area_", 0) != 0) continue;
    const auto ours = tivit::video::area_resize(image, expected.size(1), expected.size(2));
    BOOST_TEST((ours.scalar_type() == at::kByte));
    const double worst = ours.to(at::kFloat).sub(expected.mul(255)).abs().max().item<double>();
    BOOST_TEST(worst <= 0.5 + 255 * 3e-6, name << ": " << worst);
    ++sizes;
  }
  BOOST_TEST(sizes >= 8);
}

BOOST_AUTO_TEST_SUITE_END()
