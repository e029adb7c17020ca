// model/tivit against the reference forward whose inputs and parameters are formulas.
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/TensorOperators.h>
#include <c10/core/GradMode.h>
#include <boost/test/unit_test.hpp>

#include <algorithm>

#include "models.hpp"

namespace {

using tivit::Fields;
using tivit::tests::Settings;

Settings small(const std::string& head_mode) {
  return {{"channels", {std::int64_t{3}}},
          {"patch", {std::int64_t{4}}},
          {"tube", {std::int64_t{2}}},
          {"d_model", {std::int64_t{12}}},
          {"num_heads", {std::int64_t{3}}},
          {"depth_temporal", {std::int64_t{1}}},
          {"depth_spatial", {std::int64_t{1}}},
          {"depth_global", {std::int64_t{1}}},
          {"global_tokens", {std::int64_t{2}}},
          {"mlp_ratio", {3.0}},
          {"head_mode", {head_mode}}};
}

at::Tensor input() {
  const auto n = at::arange(4 * 3 * 3 * 8 * 9, at::kDouble);
  return (0.5 + 0.5 * (0.01 * n).sin()).to(at::kFloat).view({1, 4, 3, 3, 8, 9});
}

/// Parameter j in the order of names, element i: 0.05 sin(0.37 (i+1) + 1.7 j), plus 1 for the weights of layer norms.
void fill(tivit::model::Parameters& parameters) {
  std::vector<std::string> names;
  for (const auto& entry : parameters) names.push_back(entry.name);
  std::sort(names.begin(), names.end());
  for (std::size_t j = 0; j < names.size(); ++j) {
    auto value = parameters.at(names[j]).detach();
    const auto i = at::arange(value.numel(), at::kDouble);
    const bool norm = names[j].ends_with("weight") && value.dim() == 1;
    value.copy_((0.05 * (0.37 * (i + 1) + 1.7 * static_cast<double>(j)).sin() + (norm ? 1.0 : 0.0)).view(value.sizes()));
  }
}

void check(const Fields& out, const std::string& name, double sum) {
  BOOST_TEST(std::abs(out.at(name).to(at::kDouble).sum().item<double>() - sum) < 2e-6, name);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(tivit_model)

BOOST_AUTO_TEST_CASE(gives_the_reference_logits_for_each_time_step) {
  const c10::NoGradGuard no_grad;
  const auto model = tivit::tests::make_model("model/tivit", small("frame"));
  fill(model->parameters());
  const auto out = model->forward({{"frames", input()}});
  BOOST_TEST((out.at("onset").sizes() == std::vector<std::int64_t>{1, 2, 88}));
  check(out, "pitch", -0.12497592903673649);
  check(out, "onset", -0.17224712297320366);
  check(out, "offset", -0.18402325175702572);
  check(out, "hand", -0.3407522737979889);
  check(out, "clef", -0.13240496441721916);
  const double first[] = {-0.17440113425254822, -0.09145162999629974, 0.22267356514930725};
  for (int i = 0; i < 3; ++i) BOOST_TEST(std::abs(out.at("onset")[0][0][i].item<double>() - first[i]) < 1e-6);
}

BOOST_AUTO_TEST_CASE(gives_the_reference_logits_for_a_clip) {
  const c10::NoGradGuard no_grad;
  const auto model = tivit::tests::make_model("model/tivit", small("clip"));
  fill(model->parameters());
  const auto out = model->forward({{"frames", input()}});
  check(out, "pitch", -0.06249952036887407);
  check(out, "onset", -0.08613064512610435);
  check(out, "hand", -0.1703820787370205);
  check(out, "clef", -0.0661947913467884);
}

BOOST_AUTO_TEST_CASE(the_seed_configuration_has_its_61_tensors) {
  auto settings = small("frame");
  for (auto& [name, value] : settings) {
    if (name == "patch") value = {std::int64_t{16}};
    if (name == "d_model") value = {std::int64_t{192}};
  }
  const auto model = tivit::tests::make_model("model/tivit", settings);
  BOOST_TEST(model->parameters().size() == 61u);
  BOOST_TEST(model->parameters().trained_numbers() == 1462541);
}

BOOST_AUTO_TEST_CASE(too_small_a_picture_is_refused_in_words) {
  const auto model = tivit::tests::make_model("model/tivit", small("frame"));
  BOOST_CHECK_EXCEPTION(model->forward({{"frames", input().slice(4, 0, 3)}}), tivit::Error, [](const tivit::Error& error) {
    return error.problem() == "frames of shape 1 x 4 x 3 x 3 x 3 x 9 (batch, time, tile, channel, row, column) do not fit model/tivit";
  });
}

BOOST_AUTO_TEST_CASE(a_width_that_the_heads_do_not_divide_is_refused) {
  auto settings = small("frame");
  settings.push_back({"num_heads", {std::int64_t{5}}});
  BOOST_CHECK_EXCEPTION(tivit::tests::make_model("model/tivit", settings), tivit::Error,
                        [](const tivit::Error& error) { return error.problem() == "d_model = 12 is not a multiple of 5"; });
}

BOOST_AUTO_TEST_CASE(frames_that_are_not_there_change_nothing) {
  const c10::NoGradGuard no_grad;
  for (const std::string mode : {"frame", "clip"}) {
    const auto model = tivit::tests::make_model("model/tivit", small(mode));
    fill(model->parameters());
    const auto longer = at::cat({input(), 1 - input()}, 1);  // 8 frames
    for (const std::int64_t length : {2, 4, 5, 8}) {
      auto padded = longer.clone();
      padded.narrow(1, length, 8 - length).fill_(0.3);
      const auto mask = at::arange(8).lt(length).unsqueeze(0);
      const auto alone = model->forward({{"frames", longer.narrow(1, 0, length)}});
      const auto beside =
          model->forward({{"frames", at::cat({padded, longer})}, {"mask", at::cat({mask, at::arange(8).lt(8).unsqueeze(0)})}});
      for (const auto& [name, logits] : alone) {
        auto of_member = beside.at(name).narrow(0, 0, 1);
        if (mode == "frame") of_member = of_member.narrow(1, 0, length / 2);
        BOOST_TEST((of_member - logits).abs().max().item<float>() < 1e-5, mode << ' ' << length << ' ' << name);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(dropout_is_a_function_of_the_lease_s_seed) {
  const c10::NoGradGuard no_grad;
  const auto model = tivit::tests::make_model("model/tivit", small("frame"));
  const auto run = [&](bool training, std::uint64_t seed) {
    tivit::Lease lease;
    lease.training = training;
    lease.seed = seed;
    model->lease_begins(lease);
    auto out = model->forward({{"frames", input()}}).at("onset");
    model->lease_ends();
    return out;
  };
  BOOST_TEST(run(true, 1).equal(run(true, 1)));
  BOOST_TEST(!run(true, 1).equal(run(true, 2)));
  BOOST_TEST(!run(true, 1).equal(run(false, 1)));
  BOOST_TEST(run(false, 1).equal(run(false, 2)));
}

BOOST_AUTO_TEST_SUITE_END()
