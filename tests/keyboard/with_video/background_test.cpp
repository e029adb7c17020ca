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

/// The same where the background was seen in another light, which is worked out from the same pixels. Looked at are the rows of the
/// black keys: further on the hands or their shadows lie all the time.
double share_in_any_light(const at::Tensor& background, const at::Tensor& up, const at::Tensor& down, const keyboard::Key& key,
                          double rows_end) {
  const auto part = [&](const at::Tensor& strip) {
    return strip.slice(1, static_cast<std::int64_t>(key.top) + 1, static_cast<std::int64_t>(std::min(key.bottom, rows_end)) - 1)
        .slice(2, static_cast<std::int64_t>(key.left) - 2, static_cast<std::int64_t>(key.right) + 2)
        .to(at::kDouble);
  };
  const auto product = [](const at::Tensor& a, const at::Tensor& b) { return a.mul(b).sum().item<double>(); };
  // background = light * (up + share * (down - up)), by least squares.
  const auto u = part(up), p = part(down).sub(u), b = part(background);
  const double uu = product(u, u), up_ = product(u, p), pp = product(p, p), ub = product(u, b), pb = product(p, b);
  return (uu * pb - up_ * ub) / (pp * ub - up_ * pb);
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

BOOST_AUTO_TEST_CASE(nor_under_hands_and_shadows_in_changing_light) {
  const auto piece = a_third_of_the_time();
  for (const std::string view : {"straight", "angled_upside_down"}) {
    const auto in_a_room = rendered("third_room_" + view, piece, 19, view);
    const auto steady = rendered("third_steady_" + view, piece, 19, view, true);
    const auto silent = rendered("third_silent_" + view, {}, 19, view, true);
    BOOST_REQUIRE((*in_a_room.corners == *silent.corners && *steady.corners == *silent.corners));
    Driven stage("keyboard/background"), strips("keyboard/strips");
    const auto found = stage.call<at::Tensor>(in_a_room);
    const auto keys = stage.context.find<keyboard::KeyGeometry>()->keys;
    stage.fresh();
    const auto up = stage.call<at::Tensor>(silent);
    for (const int pitch : {40, 42, 46, 64, 66, 68, 71, 85}) {
      const auto note = std::find_if(piece.list.begin(), piece.list.end(), [&](const auto& n) { return n.pitch == pitch; });
      data::Clip window = steady;
      window.first_row = static_cast<std::int64_t>((note->onset_s + 0.15) * 25), window.rows = 1;
      strips.fresh();
      const double share = share_in_any_light(found, up, strips.call<at::Tensor>(window)[0], keys[pitch - 21], keys[1].bottom);
      BOOST_TEST_MESSAGE(view << ": share of key " << pitch << " in the background: " << share);
      BOOST_TEST(std::abs(share) < 0.25, view << ", key " << pitch << ": " << share);
    }
    // And no hand is: the picture is that of the silent keyboard, but for the light.
    const auto of_the_keys = [](const at::Tensor& strip) { return strip.slice(1, 4, 56).to(at::kFloat); };
    const auto bare = of_the_keys(up), seen = of_the_keys(found);
    const double gain = seen.mul(bare).sum().item<double>() / bare.square().sum().item<double>();
    const auto off = seen.sub(bare.mul(gain)).abs();
    BOOST_TEST_MESSAGE(view << ": light " << gain << ", mean difference " << off.mean().item<double>() << " grey levels");
    BOOST_TEST(off.mean().item<double>() < 6);
    BOOST_TEST(off.gt(40).to(at::kFloat).mean().item<double>() < 0.01);
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
