// keyboard/strips: the same strips as decode and rectify give, windows, the cache, and clips without corners.
#include <ATen/ops/arange.h>

#include <boost/test/unit_test.hpp>
#include <stages/keyboard/music.hpp>
#include <stages/video/frame_cache.hpp>
#include <stages/video/video_file.hpp>

#include "rendered.hpp"

using namespace tivit;
using tests::Driven;
using tests::rendered;

namespace {

data::Clip clip_for_windows() { return rendered("windows", keyboard::compose(9, 5), 5, "angled_upside_down"); }

}  // namespace

BOOST_AUTO_TEST_SUITE(strips)

BOOST_AUTO_TEST_CASE(agree_with_decoding_and_rectifying_apart) {
  const auto clip = clip_for_windows();
  Driven strips("keyboard/strips"), rectify("keyboard/rectify");
  const auto together = strips.call<at::Tensor>(clip);
  const auto file = video::VideoFile::open(clip.video);
  std::vector<std::int64_t> frames(static_cast<std::size_t>(file->table().count()));
  for (std::size_t i = 0; i < frames.size(); ++i) frames[i] = static_cast<std::int64_t>(i);
  rectify.context.in_.set(clip);
  BOOST_TEST(together.equal(rectify.call<at::Tensor>(file->read(frames))));
  BOOST_TEST(strips.context.find<TimeGrid>()->hop_seconds() == 0.04, boost::test_tools::tolerance(1e-9));
  BOOST_TEST(strips.context.find<keyboard::KeyGeometry>()->keys.size() == 88u);
}

BOOST_AUTO_TEST_CASE(a_cached_window_is_not_decoded_again) {
  auto clip = clip_for_windows();
  Driven strips("keyboard/strips");
  const auto whole = strips.call<at::Tensor>(clip).clone();
  const auto& cache_spec = Registry::instance().find("video/cache");
  const auto cache = cache_spec.make_resource([&](const auto& set) { set("where", cache_spec.parameter("where")->checked({"memory"})); });
  cache->open(strips.run);
  strips.stage->bind("cache", cache);
  const auto window = [&](std::int64_t first, std::int64_t rows) {
    clip.first_row = first, clip.rows = rows;
    strips.fresh();
    return strips.call<at::Tensor>(clip);
  };
  BOOST_TEST(window(30, 40).equal(whole.slice(0, 30, 70)));
  BOOST_TEST(window(80, 45).equal(whole.slice(0, 80, 125)));
  BOOST_TEST(strips.context.find<TimeGrid>()->seconds_at(0) == 3.2, boost::test_tools::tolerance(1e-9));
  const auto decoded = video::VideoFile::decoded();
  BOOST_TEST(window(20, 60).equal(whole.slice(0, 20, 80)));
  BOOST_TEST(window(30, 40).equal(whole.slice(0, 30, 70)));
  BOOST_TEST(video::VideoFile::decoded() == decoded);
  // Anything that matters makes other entries.
  clip.corners->points[0].x += 3;
  const auto made = std::dynamic_pointer_cast<video::FrameCache>(cache)->counts().made;
  BOOST_TEST(!window(30, 40).equal(whole.slice(0, 30, 70)));
  BOOST_TEST(std::dynamic_pointer_cast<video::FrameCache>(cache)->counts().made > made);
}

BOOST_AUTO_TEST_CASE(without_corners_a_still_of_the_video_is_saved) {
  auto clip = clip_for_windows();
  clip.corners.reset();
  clip.name = "unmarked";
  for (const auto* stage : {"keyboard/strips", "keyboard/background"}) {
    Driven driven(stage);
    const auto still = driven.run.directory / "stills/unmarked.png";
    std::filesystem::remove(still);
    BOOST_CHECK_EXCEPTION(driven.call<at::Tensor>(clip), Error,
                          [](const Error& e) { return e.problem() == "clip \"unmarked\" does not say where its keyboard lies"; });
    BOOST_TEST(std::filesystem::exists(still));
  }
}

BOOST_AUTO_TEST_SUITE_END()
