// keyboard/rectify through its ports: grey and colour, and what happens without corners.
#include <ATen/core/Tensor.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/full.h>
#include <ATen/ops/zeros.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <stages/data/clip.hpp>
#include <tivit/tensor/stage.hpp>

#include "tests/folders.hpp"

namespace fs = std::filesystem;
using namespace tivit;

namespace {

struct Bench {
  RunContext run;
  Context context;
  const StageSpec& spec = Registry::instance().find("keyboard/rectify");
  std::unique_ptr<Stage> stage = spec.make();
  data::Clip clip;

  Bench() {
    run.directory = tests::build_folder() / "tests/rectify";
    fs::remove_all(run.directory);
    fs::create_directories(run.directory);
    context.run_ = &run;
    context.spec_ = &spec;
    clip.name = "hands";
    clip.video = "folder/hands.mp4";
  }
  at::Tensor rectified(const at::Tensor& frames) {
    context.in_.set(clip);
    const auto out = stage->call({{"frames", Payload::of(frames)}}, context);
    Symbols symbols;
    BOOST_TEST(!out.at(0).check(spec.outputs[0].type, symbols).has_value());
    return out[0].as<at::Tensor>();
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(rectify, Bench)

BOOST_AUTO_TEST_CASE(every_colour_plane_of_every_frame_is_rectified) {
  clip.corners = keyboard::Corners{{{{620, 300}, {20, 300}, {20, 200}, {620, 200}}}};  // upside down
  at::Tensor frames = at::zeros({2, 3, 360, 640}, at::kByte);
  frames[1][2].copy_(at::arange(640).mul(0.375).to(at::kByte).expand({360, 640}));
  const at::Tensor strips = rectified(frames);
  BOOST_TEST(strips.sizes() == (at::IntArrayRef{2, 3, 64, 648}));
  BOOST_TEST(strips[0].max().item<int>() == 0);
  BOOST_TEST(strips[1][0].max().item<int>() == 0);
  // Bass is at the right of the picture, where the ramp is brightest.
  BOOST_TEST(strips[1][2][30][13].item<int>() > 225);
  BOOST_TEST(strips[1][2][30][634].item<int>() < 12);
  const auto* geometry = context.find<keyboard::KeyGeometry>();
  BOOST_REQUIRE(geometry);
  BOOST_TEST(geometry->width == 648);
  BOOST_TEST(geometry->keys.size() == 88u);
}

BOOST_AUTO_TEST_CASE(parameters_shape_the_strip) {
  clip.corners = keyboard::Corners{{{{20, 200}, {620, 200}, {620, 300}, {20, 300}}}};
  stage->set("white_px", spec.parameter("white_px")->checked({std::int64_t{8}}));
  stage->set("margin", spec.parameter("margin")->checked({std::int64_t{0}}));
  stage->set("height", spec.parameter("height")->checked({std::int64_t{40}}));
  BOOST_TEST(rectified(at::zeros({1, 1, 360, 640}, at::kByte)).sizes() == (at::IntArrayRef{1, 1, 40, 416}));
}

BOOST_AUTO_TEST_CASE(without_corners_a_still_to_mark_is_saved_and_named) {
  const auto still = run.directory / "stills/hands.png";
  BOOST_CHECK_EXCEPTION(rectified(at::full({3, 3, 36, 64}, 99, at::kByte)), Error, [&](const Error& e) {
    BOOST_TEST(e.where() == "folder/hands.mp4");
    BOOST_TEST(e.problem() == "clip \"hands\" does not say where its keyboard lies");
    for (const auto& part :
         {still.string(), std::string("folder/hands.keyboard.toml"), std::string("the data set's table"), std::string("--corners")})
      BOOST_TEST(e.remedy().find(part) != std::string::npos);
    return true;
  });
  char head[4] = {};
  std::ifstream(still, std::ios::binary).read(head, 4);
  BOOST_TEST(std::string(head, 4) == "\x89PNG");
}

BOOST_AUTO_TEST_CASE(an_item_without_a_clip_is_refused) {
  BOOST_CHECK_EXCEPTION(stage->call({{"frames", Payload::of(at::zeros({1, 1, 36, 64}, at::kByte))}}, context), Error,
                        [](const Error& e) { return e.problem() == "the item carries no clip, and with it no corners of the keyboard"; });
}

BOOST_AUTO_TEST_SUITE_END()
