// keyboard/background on rendered clips: keys that are often down are not in it.
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <stages/keyboard/key_geometry.hpp>

#include "rendered.hpp"

using namespace tivit;
using tests::Driven;
using tests::rendered;

namespace {

/// Every key of a few octaves is down 36 % of the time, in turn, with rests in which the hands stay.
notes::Notes a_third_of_the_time() {
  notes::Notes notes;
  for (int step = 0; step < 60; ++step)
    for (const int pitch : {40, 42, 46, 64, 66, 68, 71, 85})
      if ((step + pitch) % 11 < 4) notes.list.push_back({0.3 + step * 0.3, 0.3 + step * 0.3 + 0.295, pitch});
  return notes;
}

/// How much of what a pressed key changes is in the background: 0 nothing, 1 all of it.
double share_in(const at::Tensor& background, const at::Tensor& up, const at::Tensor& down, const keyboard::Key& key) {
  const auto part = [&](const at::Tensor& strip) {
    return strip.slice(1, static_cast<std::int64_t>(key.top) + 1, static_cast<std::int64_t>(key.bottom) - 1)
        .slice(2, static_cast<std::int64_t>(key.left) - 2, static_cast<std::int64_t>(key.right) + 2)
        .to(at::kFloat);
  };
  const auto pressed = part(down).sub(part(up));
  BOOST_TEST(pressed.abs().mean().item<double>() > 3);  // the press is visible at all
  return part(background).sub(part(up)).mul(pressed).sum().item<double>() / pressed.square().sum().item<double>();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(background)

BOOST_AUTO_TEST_CASE(no_key_that_is_down_a_third_of_the_time_is_in_it) {
  const auto piece = a_third_of_the_time();
  const auto played = rendered("third", piece, 19, "straight", true);
  notes::Notes nothing;
  const auto silent = rendered("third_silent", nothing, 19, "straight", true);
  BOOST_REQUIRE(*played.corners == *silent.corners);

  Driven stage("keyboard/background"), strips("keyboard/strips");
  const auto with_keys = stage.call<at::Tensor>(played);
  const auto keys = stage.context.find<keyboard::KeyGeometry>()->keys;
  stage.fresh();
  const auto without = stage.call<at::Tensor>(silent);
  for (const int pitch : {40, 42, 46, 64, 66, 68, 71, 85}) {
    double seconds = 0, middle = 0;
    for (const auto& note : piece.list)
      if (note.pitch == pitch) seconds += note.offset_s - note.onset_s, middle = note.onset_s + 0.15;
    BOOST_TEST(seconds > 19.0 * 0.3);
    data::Clip window = played;
    window.first_row = static_cast<std::int64_t>(middle * 25), window.rows = 1;
    strips.fresh();
    const double share = share_in(with_keys, without, strips.call<at::Tensor>(window)[0], keys[pitch - 21]);
    BOOST_TEST_MESSAGE("share of key " << pitch << " in the background: " << share);
    BOOST_TEST(std::abs(share) < 0.25);
  }
}

BOOST_AUTO_TEST_CASE(windows_of_a_recording_share_one_background) {
  auto clip = rendered("third", a_third_of_the_time(), 19, "straight", true);
  Driven stage("keyboard/background");
  const auto whole = stage.call<at::Tensor>(clip);
  clip.first_row = 100, clip.rows = 8;
  stage.fresh();
  BOOST_TEST(stage.call<at::Tensor>(clip).is_same(whole));
}

BOOST_AUTO_TEST_SUITE_END()
