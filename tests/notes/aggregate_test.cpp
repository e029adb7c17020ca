// notes/aggregate where values are no numbers; the rules themselves are held against the reference in tests/golden.
#include <ATen/ops/tensor.h>

#include <cmath>
#include <tests/call_stage.hpp>

BOOST_AUTO_TEST_SUITE(aggregate)

BOOST_AUTO_TEST_CASE(what_is_no_number_takes_nobody_s_place) {
  const auto roll = at::tensor({0.9F, std::nanf(""), 0.6F}).unsqueeze(0);
  tivit::tests::MadeStage top(
      "notes/aggregate", {{"input", {std::string("probabilities")}}, {"mode", {std::string("top_k_cap")}}, {"top_k", {std::int64_t{1}}}});
  const auto out = top({tivit::Payload::of(roll)});
  BOOST_TEST(out[0].as<at::Tensor>()[0].item<bool>());
  BOOST_TEST(out[1].as<at::Tensor>()[0][0].item<bool>());
  BOOST_TEST(!out[1].as<at::Tensor>()[0][2].item<bool>());
}

BOOST_AUTO_TEST_SUITE_END()
