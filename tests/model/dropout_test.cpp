// Dropout's factors: how many, how large, and what they are a function of.
#include <ATen/ops/zeros.h>
#include <ATen/TensorOperators.h>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <stages/model/dropout.hpp>

#include <tivit/error.hpp>

BOOST_AUTO_TEST_SUITE(dropout)

BOOST_AUTO_TEST_CASE(keeps_the_asked_share_everywhere_and_the_mean) {
  for (const auto type : {at::kFloat, at::kBFloat16})
    for (const double keep : {0.9, 0.5, 0.01}) {
      const auto factors = tivit::model::dropout_factors(at::zeros({1000, 999}, type), keep, 7).to(at::kFloat);
      const auto kept = factors.ne(0).to(at::kFloat);
      BOOST_TEST(std::abs(factors.max().item<double>() * keep - 1) < (type == at::kFloat ? 1e-6 : 4e-3));
      const double deviation = std::sqrt(keep * (1 - keep));
      BOOST_TEST(std::abs(kept.mean().item<double>() - keep) < 5 * deviation / 1000);
      // Rows and columns, and neighbours at several distances, know nothing of each other.
      BOOST_TEST((kept.mean(0) - keep).abs().max().item<double>() < 5.5 * deviation / std::sqrt(1000.0));
      BOOST_TEST((kept.mean(1) - keep).abs().max().item<double>() < 5.5 * deviation / std::sqrt(999.0));
      const auto flat = (kept.flatten() - keep) / deviation;
      for (const std::int64_t lag : {1, 2, 64, 999, 499500})
        BOOST_TEST(std::abs((flat.slice(0, lag) * flat.slice(0, 0, flat.size(0) - lag)).mean().item<double>()) < 0.01, lag);
    }
}

BOOST_AUTO_TEST_CASE(is_a_function_of_the_seed) {
  const auto x = at::zeros({3, 5, 7});
  const auto of = [&](std::uint64_t seed) { return tivit::model::dropout_factors(x, 0.5, seed); };
  BOOST_TEST(of(1).sizes() == x.sizes());
  BOOST_TEST(of(1).equal(of(1)));
  BOOST_TEST(!of(1).equal(of(2)));
  BOOST_TEST(!of(1).equal(of(1 + (std::uint64_t{1} << 32U))));
}

BOOST_AUTO_TEST_CASE(other_types_are_refused) {
  BOOST_CHECK_THROW(tivit::model::dropout_factors(at::zeros({4}, at::kDouble), 0.5, 1), tivit::Error);
}

BOOST_AUTO_TEST_SUITE_END()
