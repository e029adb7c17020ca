// train/perkey_sample: whatever is cropped, moved or mirrored, pixels and labels are of the same key.
#include <ATen/ops/full.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <ATen/TensorOperators.h>
#include <set>
#include <stages/train/mirror.hpp>
#include <stages/train/warp.hpp>

#include "../call_stage.hpp"
#include "keyboard_picture.hpp"

namespace {

using namespace tivit;
using namespace std::string_literals;
using tests::MadeStage;
using tests::Settings;

Settings untouched(double mirror) {
  Settings settings{{"mirror", {mirror}}, {"gain_low", {1.0}}, {"gain_high", {1.0}}};
  for (const char* name : {"scale_x", "scale_y", "rotation", "shear", "shift_x", "shift_y", "gamma", "offset", "flicker", "ramp", "noise"})
    settings.push_back({name, {0.0}});
  return settings;
}

/// Key i is painted with brightness code(i) around its centre, and that is its label too.
double code(int index) { return (60.0 + 2 * index) / 255; }

struct Scene {
  keyboard::KeyGeometry geometry = tests::keyboard_geometry();
  at::Tensor strip = at::zeros({3, 1, 64, 648}, at::kByte), background = at::zeros({1, 64, 648}, at::kByte);
  Fields targets;
  Scene() {
    auto roll = at::zeros({3, 88});
    for (const auto& key : geometry.keys) {
      const auto left = static_cast<std::int64_t>(key.centre()) - 2;
      strip.narrow(3, left, 4).fill_(60 + 2 * key.index);
      roll.select(1, key.index).fill_(code(key.index));
    }
    for (const char* name : {"onset", "offset", "frame"}) targets.set(name, roll.clone());
  }
  Fields sample(MadeStage& stage, std::uint32_t number) const {
    stage.context.id_ = ItemId{0, number};
    stage.context.in_.set(geometry);
    return stage({Payload::of(strip), Payload::of(background), Payload::of(targets)}).at(0).as<Fields>();
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(perkey_sample)

BOOST_AUTO_TEST_CASE(pixels_and_labels_are_of_the_same_key_wherever_the_crop_lies_and_in_the_mirror) {
  const Scene scene;
  for (const double mirror : {0.0, 1.0}) {
    MadeStage stage("train/perkey_sample", untouched(mirror));
    stage.open();
    std::set<double> crops;
    for (std::uint32_t number = 0; number < 40; ++number) {
      const auto sample = scene.sample(stage, number);
      const auto keys = sample.at("keys.mask").sum().item<int>();
      BOOST_TEST(keys >= 18);
      for (int k = 0; k < keys; ++k) {
        const auto column = static_cast<std::int64_t>(sample.at("keys.centre")[k].item<float>());
        const double seen = sample.at("frames")[1][30][column].item<double>();
        const double label = sample.at("targets.frame")[1][k].item<double>();
        BOOST_TEST(std::abs(seen - label) < 1e-5, "key " << k << " of sample " << number);
      }
      crops.insert(sample.at("targets.frame")[0][0].item<double>());
    }
    BOOST_TEST(crops.size() > 10u);
  }
}

BOOST_AUTO_TEST_CASE(a_crop_one_key_further_has_the_next_key_s_pixels_and_labels) {
  const Scene scene;
  Scene moved;
  for (auto& key : moved.geometry.keys) key.left += 12, key.right += 12;
  moved.strip = scene.strip.roll(12, 3);
  moved.geometry.keys.pop_back();
  MadeStage stage("train/perkey_sample", untouched(0));
  stage.open();
  for (std::uint32_t number = 0; number < 20; ++number) {
    const auto sample = moved.sample(stage, number);
    for (int k = 0; k < sample.at("keys.mask").sum().item<int>(); ++k) {
      const auto column = static_cast<std::int64_t>(sample.at("keys.centre")[k].item<float>());
      BOOST_TEST(std::abs(sample.at("frames")[1][30][column].item<double>() - sample.at("targets.onset")[1][k].item<double>()) < 1e-5);
    }
  }
}

BOOST_AUTO_TEST_CASE(too_few_keys_for_the_white_keys_are_refused_before_anything_runs) {
  const Scene scene;
  for (const int white_keys : {3, 13, 15, 26, 52})
    for (std::int64_t keys = 1;; ++keys) {
      auto settings = untouched(0);
      settings.emplace_back("white_keys", std::int64_t{white_keys});
      settings.emplace_back("keys", keys);
      MadeStage stage("train/perkey_sample", settings);
      try {
        stage.open();
      } catch (const Error& error) {
        BOOST_TEST_REQUIRE(keys < 88);
        BOOST_TEST(std::string(error.what()).starts_with("a sample of " + std::to_string(white_keys) + " white keys can show "));
        if (white_keys == 15 && keys == 22)
          BOOST_TEST(error.what() == "a sample of 15 white keys can show 24 keys, and keys is 22; set keys to at least 24"s);
        continue;
      }
      std::int64_t most = 0;
      for (std::uint32_t number = 0; number < 60; ++number)
        most = std::max(most, scene.sample(stage, number).at("keys.mask").sum().item<std::int64_t>());
      BOOST_TEST(most == keys, white_keys << " white keys");  // no more than are needed are asked for
      break;
    }
}

BOOST_AUTO_TEST_CASE(a_mirrored_sample_is_a_keyboard_again) {
  const Scene scene;
  MadeStage stage("train/perkey_sample", untouched(1));
  stage.open();
  const auto sample = scene.sample(stage, 5);
  const int count = sample.at("keys.mask").sum().item<int>();
  std::vector<std::pair<double, int>> keys;
  for (int k = 0; k < count; ++k) {
    keys.emplace_back(sample.at("keys.centre")[k].item<double>(), sample.at("keys.pitch_class")[k].item<int>());
    const int pitch_class = keys.back().second;
    const bool black = pitch_class == 1 || pitch_class == 3 || pitch_class == 6 || pitch_class == 8 || pitch_class == 10;
    BOOST_TEST(sample.at("keys.black")[k].item<bool>() == black);
  }
  std::sort(keys.begin(), keys.end());
  const auto unmirrored = tests::keyboard_geometry();
  for (std::size_t i = 1; i < keys.size(); ++i) {
    BOOST_TEST(keys[i].second == (keys[i - 1].second + 1) % 12);
    // Two neighbours are as far apart as the same two on the keyboard itself.
    for (std::size_t j = 3; j < 15; ++j)
      if ((j + 21) % 12 == static_cast<std::size_t>(keys[i - 1].second))
        BOOST_TEST(std::abs((keys[i].first - keys[i - 1].first) - (unmirrored.keys[j + 1].centre() - unmirrored.keys[j].centre())) < 1e-4);
  }
}

BOOST_AUTO_TEST_CASE(four_of_five_crops_show_a_key_that_sounds) {
  Scene scene;
  for (const char* name : {"onset", "offset", "frame"}) scene.targets.set(name, at::zeros({3, 88}));
  scene.targets.at("frame").select(1, 10).fill_(1);
  MadeStage stage("train/perkey_sample", untouched(0));
  stage.open();
  int shown = 0;
  for (std::uint32_t number = 0; number < 200; ++number) shown += scene.sample(stage, number).at("targets.frame").max().item<double>() > 0;
  BOOST_TEST(shown > 150);
  BOOST_TEST(shown < 195);
}

BOOST_AUTO_TEST_CASE(draws_are_a_function_of_the_item) {
  const Scene scene;
  MadeStage stage("train/perkey_sample"), other("train/perkey_sample");
  stage.open();
  other.open();
  const auto first = scene.sample(stage, 1), second = scene.sample(stage, 2), again = scene.sample(other, 1);
  for (const auto& [name, value] : first) BOOST_TEST(value.equal(again.at(name)), name);
  BOOST_TEST(!first.at("frames").equal(second.at("frames")));
}

BOOST_AUTO_TEST_CASE(the_background_changes_with_the_frames_so_that_nothing_seems_pressed) {
  Scene scene;
  scene.background = scene.strip[0].clone();
  MadeStage stage("train/perkey_sample", {{"noise", {0.0}}, {"flicker", {0.0}}});
  stage.open();
  const auto sample = scene.sample(stage, 3);
  BOOST_TEST((sample.at("frames") - sample.at("background")).abs().max().item<double>() < 1e-6);
}

BOOST_AUTO_TEST_CASE(a_strip_narrower_than_the_sample_is_refused) {
  Scene scene;
  scene.geometry.width = 100;
  MadeStage stage("train/perkey_sample");
  stage.open();
  BOOST_CHECK_EXCEPTION(scene.sample(stage, 0), Error, [](const Error& error) {
    return error.problem() == "the strip is 100 px wide, a sample of 13 white keys is 156 px";
  });
}

BOOST_AUTO_TEST_CASE(a_shift_moves_the_picture_by_that_many_pixels) {
  std::vector<std::uint8_t> ramp(32 * 4);
  for (int i = 0; i < 32 * 4; ++i) ramp[i] = static_cast<std::uint8_t>(4 * (i % 32));
  train::Look look;
  look.shift_x = 2.25;
  std::vector<float> out(8 * 4);
  train::Warp(look, {10, 0, 8, 4, false}, 32, 4).draw(ramp.data(), 0, 1, nullptr, false, out.data());
  for (int x = 0; x < 8; ++x) BOOST_TEST(std::abs(out[x] - 4 * (10 + x + 2.25) / 255) < 1e-5);
  look.shift_x = 0;
  train::Warp(look, {10, 0, 8, 4, true}, 32, 4).draw(ramp.data(), 0, 1, nullptr, false, out.data());
  for (int x = 0; x < 8; ++x) BOOST_TEST(std::abs(out[x] - 4 * (17 - x) / 255.0) < 1e-5);
}

BOOST_AUTO_TEST_CASE(whole_frames_are_altered_alike_over_the_clip) {
  MadeStage stage("video/augment", {{"noise", {0.0}}, {"flicker", {0.0}}, {"erase", {1.0}}, {"colour", {0.1}}});
  stage.open();
  const auto frames = at::full({1, 3, 20, 30}, 100, at::kByte).clone().expand({4, 3, 20, 30});
  const auto out = stage({Payload::of(frames.contiguous()), Payload()}).at(0).as<at::Tensor>();
  for (int t = 1; t < 4; ++t) BOOST_TEST(out[t].equal(out[0]));
  BOOST_TEST(!out.equal(frames));
}

BOOST_AUTO_TEST_CASE(a_mirrored_strip_is_a_keyboard_whose_targets_are_those_of_the_keys_seen) {
  const Scene scene;
  for (const double shift_px : {0.0, 1.0}) {
    auto settings = untouched(1);
    for (auto& [name, value] : settings)
      if (name == "shift_x") value = {shift_px};
    MadeStage stage("video/augment", settings);
    stage.open();
    stage.context.in_.set(scene.geometry);
    const auto out = stage({Payload::of(scene.strip), Payload::of(scene.targets)});
    const auto frames = out[0].as<at::Tensor>();
    const auto& targets = out[1].as<Fields>();
    const auto* geometry = stage.context.out_.find<keyboard::KeyGeometry>();
    BOOST_REQUIRE(geometry);
    int seen = 0;
    for (const auto& key : geometry->keys) {
      // 0 … 82 show keys 82 … 0; what would be right of G7 has no picture.
      BOOST_TEST(key.present == (key.index <= 82));
      for (const char* name : {"onset", "offset", "frame"})
        BOOST_TEST(std::abs(targets.at(name)[1][key.index].item<double>() - (key.present ? code(82 - key.index) : 0)) < 1e-6);
      if (!key.present) continue;
      const auto column = static_cast<std::int64_t>(key.centre());
      BOOST_TEST(std::abs(frames[1][0][30][column].item<int>() / 255.0 - code(82 - key.index)) < 1e-6, "key " << key.index);
      BOOST_TEST(keyboard::is_black(key.index) == keyboard::is_black(82 - key.index));
      ++seen;
    }
    BOOST_TEST(seen == 83);
  }
}

BOOST_AUTO_TEST_CASE(a_strip_that_is_not_mirrored_keeps_its_targets) {
  const Scene scene;
  MadeStage stage("video/augment", untouched(0));
  stage.open();
  const auto out = stage({Payload::of(scene.strip), Payload::of(scene.targets)});
  BOOST_TEST(out[0].as<at::Tensor>().equal(scene.strip));
  BOOST_TEST(out[1].as<Fields>().at("onset").equal(scene.targets.at("onset")));
}

BOOST_AUTO_TEST_CASE(hands_and_clefs_change_sides_in_the_mirror) {
  Fields targets;
  targets.set("hand", at::tensor({0, 1, 1}, at::kLong));
  targets.set("clip.clef", at::tensor({2}, at::kLong).select(0, 0));
  auto cell = at::zeros({88});
  cell[0] = 1;
  targets.set("clip.pitch", cell);
  const auto mirrored = train::mirrored(targets);
  BOOST_TEST(mirrored.at("hand").equal(at::tensor({1, 0, 0}, at::kLong)));
  BOOST_TEST(mirrored.at("clip.clef").item<int>() == 2);
  BOOST_TEST(mirrored.at("clip.pitch")[82].item<float>() == 1);
  BOOST_TEST(mirrored.at("clip.pitch").sum().item<float>() == 1);
  targets.set("steps", at::zeros({3, 12}));
  BOOST_CHECK_EXCEPTION(train::mirrored(targets), Error,
                        [](const Error& e) { return e.problem() == "the targets \"steps\" cannot be mirrored"; });
}

BOOST_AUTO_TEST_CASE(a_mirror_without_targets_or_without_keys_is_refused) {
  const Scene scene;
  const auto problem = [&](bool with_targets, bool with_geometry) {
    MadeStage stage("video/augment", untouched(1));
    stage.open();
    auto geometry = scene.geometry;
    if (!with_geometry) geometry.width = 100;
    stage.context.in_.set(geometry);
    try {
      stage({Payload::of(scene.strip), with_targets ? Payload::of(scene.targets) : Payload()});
    } catch (const Error& error) {
      return error.problem();
    }
    return std::string();
  };
  BOOST_TEST(problem(false, true) == "frames are to be mirrored without their targets");
  BOOST_TEST(problem(true, false) == "the frames are not strips of a keyboard with its middle D");
  BOOST_TEST(problem(true, true) == "");
}

BOOST_AUTO_TEST_SUITE_END()
