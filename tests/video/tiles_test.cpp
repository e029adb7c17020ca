// Tiles: that the stage copies exactly the columns it should, and what does not fit.
#include <ATen/ops/arange.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/randint.h>

#include <boost/test/unit_test.hpp>
#include <stages/video/tile_columns.hpp>
#include <tivit/tensor/stage.hpp>

using namespace tivit::video;

namespace {

at::Tensor run(const at::Tensor& frames, const std::vector<std::pair<std::string, tivit::ParameterValue>>& parameters) {
  const auto& spec = tivit::Registry::instance().find("video/tiles");
  auto stage = spec.make();
  for (const auto& [name, value] : parameters) stage->set(name, spec.parameter(name)->checked(value));
  tivit::Context context;
  const auto out = stage->call({{"frames", tivit::Payload::of(frames)}}, context);
  tivit::Symbols symbols;
  BOOST_TEST(!out[0].check(spec.outputs[0].type, symbols));
  return out[0].as<at::Tensor>();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(tiles)

BOOST_AUTO_TEST_CASE(floor_tiles_are_the_columns_scaled) {
  const auto frames = at::randint(256, {4, 3, 10, 128}, at::TensorOptions(at::kLong)).to(at::kByte);
  const auto out = run(frames, {});
  BOOST_TEST((out.sizes() == at::IntArrayRef{4, 3, 3, 10, 42}));
  for (std::int64_t m = 0; m < 3; ++m) BOOST_TEST(at::equal(out.select(1, m).mul(255).round().to(at::kByte), frames.narrow(3, m * 42, 42)));
  BOOST_TEST(out.max().item<float>() <= 1.f);
  // Floats are taken as they are.
  BOOST_TEST(at::equal(run(frames.to(at::kFloat), {}), out.mul(255).round()));
}

BOOST_AUTO_TEST_CASE(token_tiles_are_padded_on_the_right) {
  const auto frames = at::randint(1, 256, {2, 1, 4, 170}, at::TensorOptions(at::kLong)).to(at::kFloat);
  const auto out = run(frames, {{"align", {std::string("token")}}, {"overlap", {std::int64_t{1}}}});
  // 10 tokens: 3, 4, 3; with one of overlap columns 0-64, 32-128, 96-160.
  BOOST_TEST((out.sizes() == at::IntArrayRef{2, 3, 1, 4, 96}));
  BOOST_TEST(at::equal(out.select(1, 0).narrow(3, 0, 64), frames.narrow(3, 0, 64)));
  BOOST_TEST(at::equal(out.select(1, 1), frames.narrow(3, 32, 96)));
  BOOST_TEST(at::equal(out.select(1, 2).narrow(3, 0, 64), frames.narrow(3, 96, 64)));
  BOOST_TEST(out.select(1, 0).narrow(3, 64, 32).abs().sum().item<float>() == 0);
}

BOOST_AUTO_TEST_CASE(bytes_that_stay_bytes_are_the_same_tiles) {
  const auto frames = at::randint(256, {4, 3, 10, 170}, at::TensorOptions(at::kLong)).to(at::kByte);
  for (const std::string align : {"floor", "token"}) {
    const auto bytes = run(frames, {{"align", {align}}, {"overlap", {std::int64_t{1}}}, {"floats", {false}}});
    BOOST_TEST((bytes.scalar_type() == at::kByte));
    BOOST_TEST(at::equal(bytes.to(at::kFloat).mul(1.f / 255), run(frames, {{"align", {align}}, {"overlap", {std::int64_t{1}}}})), align);
  }
}

BOOST_AUTO_TEST_CASE(no_frames_have_no_tiles) {
  for (const bool floats : {true, false})
    for (const std::string align : {"floor", "token"}) {
      const auto none = at::randint(256, {0, 3, 10, 128}, at::TensorOptions(at::kLong)).to(at::kByte);
      BOOST_TEST(run(none, {{"align", {align}}, {"floats", {floats}}}).size(0) == 0);
    }
}

BOOST_AUTO_TEST_CASE(what_does_not_fit_says_why) {
  const auto says = [](const std::string& text) { return [text](const tivit::Error& error) { return text == error.what(); }; };
  BOOST_CHECK_EXCEPTION(token_tiles(160, 3, 16, {3, 4}), tivit::Error,
                        says("the split names 2 tiles, there are 3; give one number of tokens for each tile"));
  BOOST_CHECK_EXCEPTION(token_tiles(160, 3, 16, {3, 3, 3}), tivit::Error,
                        says("the split gives away 9 tokens, a picture of 160 columns has 10; make the numbers add up"));
  BOOST_CHECK_EXCEPTION(token_tiles(15, 3, 16), tivit::Error, says("15 columns are less than one token of 16; give a wider picture"));
  BOOST_CHECK_EXCEPTION(even_tiles(2, 3), tivit::Error, says("2 columns do not make 3 tiles; give fewer tiles or a wider picture"));
}

BOOST_AUTO_TEST_SUITE_END()
