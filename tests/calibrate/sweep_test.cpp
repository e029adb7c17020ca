// Thresholds on given and growing grids; lines through logits; cells that are certain.
#include <ATen/ops/from_blob.h>
#include <ATen/ops/tensor.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <functional>
#include <random>
#include <set>
#include <stages/calibrate/platt.hpp>
#include <tivit/error.hpp>

namespace {

using namespace tivit::calibrate;

/// An objective whose F1 falls away from `peak` on both sides.
Objective hill(double peak, std::vector<double>* asked = nullptr) {
  return [=](const Threshold& threshold) {
    if (asked) asked->push_back(threshold.logit());
    const auto matched = static_cast<std::size_t>(std::max(0.0, 1e6 - 1e4 * std::abs(threshold.logit() - peak)));
    return Score{matched, 1'000'000, 1'000'000};
  };
}

/// A head of 400 rows and 88 keys of which 2 % are positive: true and false logits lie close to their own means.
struct Head {
  std::vector<float> logits, targets;
  Head(double positive, double positive_spread, double negative, double negative_spread) {
    std::mt19937_64 random(11);
    std::uniform_real_distribution<double> uniform;
    std::normal_distribution<double> normal;
    for (int i = 0; i < 400 * 88; ++i) {
      targets.push_back(uniform(random) < 0.02 ? 1.f : 0.f);
      const double spread = normal(random);
      logits.push_back(static_cast<float>(targets.back() > 0 ? positive + positive_spread * spread : negative + negative_spread * spread));
    }
  }
  Cells cells() const {
    Cells all;
    all.add(at::tensor(logits).reshape({400, 88}), at::tensor(targets).reshape({400, 88}), {});
    all.close();
    return all;
  }
  /// By counting cells, one threshold after the other.
  double f1(double threshold) const {
    double right = 0, found = 0, wanted = 0;
    for (std::size_t i = 0; i < logits.size(); ++i) {
      wanted += targets[i];
      if (logits[i] >= threshold) ++found, right += targets[i];
    }
    return right > 0 ? 2 * right / (wanted + found) : 0;
  }
  double best_on_grid(double from, double to) const {
    double best = 0;
    for (int i = 0; i <= std::lround((to - from) / 0.05); ++i) best = std::max(best, f1(from + 0.05 * i));
    return best;
  }
  /// The best of all thresholds that are logits of the head: by precision and recall along the sorted cells.
  double best() const {
    std::vector<std::pair<float, float>> order;
    for (std::size_t i = 0; i < logits.size(); ++i) order.emplace_back(logits[i], targets[i]);
    std::ranges::sort(order, std::greater<>());
    double wanted = 0, right = 0, best = 0;
    for (const float target : targets) wanted += target;
    for (std::size_t i = 0; i < order.size(); ++i) {
      right += order[i].second;
      const bool whole = i + 1 == order.size() || order[i + 1].first < order[i].first;
      const double precision = right / static_cast<double>(i + 1), recall = right / wanted;
      if (whole && right > 0) best = std::max(best, 2 * precision * recall / (precision + recall));
    }
    return best;
  }
};

Sweep found_for(const Cells& cells, const Hints& hints) {
  return search(
             {}, [&](const Threshold& threshold) { return cells.at(threshold, {}); }, hints)
      .first;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(sweeps)

BOOST_AUTO_TEST_CASE(the_grid_grows_to_an_optimum_outside_and_narrows_on_it) {
  for (const double peak : {-1.23, -9.7, 6.4, 1.99, -4.0}) {
    std::vector<double> asked;
    const auto found = adaptive_sweep(-4, 2, 0.05, hill(peak, &asked));
    BOOST_TEST(std::abs(found.winner().threshold.logit() - peak) <= 0.0251, peak << " " << found.winner().threshold.logit());
    BOOST_TEST(found.edge == "", peak);
    BOOST_TEST(asked.size() < 160u);  // the plain grid has 121, and one from -16 to 16 would have 641
    BOOST_TEST(std::set<double>(asked.begin(), asked.end()).size() == asked.size());
  }
}

BOOST_AUTO_TEST_CASE(an_optimum_that_is_never_reached_is_told) {
  BOOST_TEST(adaptive_sweep(-4, 2, 0.05, hill(-40)).edge == "low");
  BOOST_TEST(adaptive_sweep(-4, 2, 0.05, hill(40)).edge == "high");
  BOOST_TEST(adaptive_sweep(-4, 2, 0.05, [](const Threshold&) { return Score{0, 5, 5}; }).edge == "flat");
  BOOST_TEST(search({-4, 2, 0.05, false, {}}, hill(-7)).first.edge == "low");
  BOOST_TEST(search({-4, 2, 0.05, false, {}}, hill(7)).first.edge == "high");
  BOOST_TEST(search({-4, 2, 0.05, false, {}}, hill(0)).first.edge == "");
}

BOOST_AUTO_TEST_CASE(an_edge_is_one_of_values_not_of_places_in_a_list) {
  const auto edge = [](const std::vector<double>& probabilities, double peak) {
    return search({-4, 2, 0.05, true, probabilities}, hill(peak)).first.edge;
  };
  BOOST_TEST(edge({0.2, 0.9, 0.1, 0.5}, 0) == "");
  BOOST_TEST(edge({0.5, 0.5, 1.0, 0}, 0) == "");
  BOOST_TEST(edge({0.5, 0.9, 0.1, 0.2}, 3) == "high");
  BOOST_TEST(edge({0.5, 0.1, 0.9, 0.1, 0.2}, -3) == "low");
}

BOOST_AUTO_TEST_CASE(a_head_whose_logits_lie_close_together_has_its_best_threshold) {
  for (const Head& head : {Head(-1.2, 0.05, -1.35, 0.03), Head(-3.94, 0.02, -4, 0.014), Head(-9.3, 0.02, -9.33, 0.014), Head(1, 1, -2, 1),
                           Head(7, 2, -9, 3), Head(12.003, 0.001, 12, 0.001)}) {
    const Cells cells = head.cells();
    const auto exact = found_for(cells, {cells.calibrated({}), cells.best_logit({})});
    const double at = exact.winner().threshold.logit();
    BOOST_TEST(exact.winner().score.f1() == head.best(), boost::test_tools::tolerance(1e-12));
    BOOST_TEST(head.f1(at) == head.best(), boost::test_tools::tolerance(1e-12));
    BOOST_TEST(exact.winner().score.f1() >= head.best_on_grid(-16, 16) - 1e-12);
    BOOST_TEST(exact.edge == "", at);
    // Notes have no exact search: what the head says must do.
    const auto near = found_for(cells, {cells.calibrated({}), std::nullopt});
    BOOST_TEST(near.winner().score.f1() >= head.best_on_grid(-16, 16) - 1e-12, near.winner().threshold.logit());
    BOOST_TEST(near.winner().score.f1() >= head.best() - 0.01, near.winner().threshold.logit());
    BOOST_TEST(near.edge == "");
    BOOST_TEST(near.points.size() < 300u);
  }
}

BOOST_AUTO_TEST_CASE(of_two_summits_the_higher_one_is_found) {
  // The higher one is narrow: in steps of half a logit it is not seen.
  const Objective two = [](const Threshold& threshold) {
    const double broad = 0.45 - 0.05 * std::abs(threshold.logit() + 0.9), narrow = 0.47 - 2 * std::abs(threshold.logit() + 1.65);
    return Score{static_cast<std::size_t>(1e6 * std::max({broad, narrow, 0.0})), 1'000'000, 1'000'000};
  };
  const auto found = adaptive_sweep(-4, 2, 0.05, two);
  BOOST_TEST(std::abs(found.winner().threshold.logit() + 1.65) < 1e-9);
  BOOST_TEST(found.edge == "");
}

BOOST_AUTO_TEST_CASE(a_head_that_tells_nothing_is_told) {
  Head head(0, 1, 0, 1);
  for (std::size_t i = 0; i < head.logits.size(); ++i) head.logits[i] = head.targets[i] > 0 ? -1.f : 1.f;
  const Cells cells = head.cells();
  const auto found = found_for(cells, {cells.calibrated({}), cells.best_logit({})});
  BOOST_TEST(found.edge == "all");
  BOOST_TEST(found.winner().score.estimate == cells.size());
  BOOST_TEST(found.winner().score.f1() == head.f1(-1), boost::test_tools::tolerance(1e-12));
  // Logits that no threshold within reach separates: what was tried ends below them.
  const auto far = [](double negative) {
    const Cells beyond = Head(30, 1, negative, 1).cells();
    return found_for(beyond, {beyond.calibrated({}), beyond.best_logit({})}).edge;
  };
  BOOST_TEST(far(15) == "high");
  BOOST_TEST(far(25) == "flat");
}

BOOST_AUTO_TEST_CASE(of_equals_the_first_wins_on_a_given_grid_and_the_middle_on_a_growing_one) {
  const Objective plateau = [](const Threshold& t) { return Score{t.logit() > -1.01 && t.logit() < 1.01 ? 8u : 2u, 10, 10}; };
  BOOST_TEST(std::abs(search({-4, 2, 0.05, false, {}}, plateau).first.winner().threshold.logit() + 1) < 1e-6);
  const double middle = adaptive_sweep(-4, 2, 0.05, plateau).winner().threshold.logit();
  BOOST_TEST((middle > -0.9 && middle < 0.9));
}

BOOST_AUTO_TEST_CASE(no_step_goes_beyond_the_last_threshold) {
  const auto tried = [](double from, double to, double step, bool adaptive) {
    std::vector<double> asked;
    for (const auto& point : search({from, to, step, adaptive, {}}, hill(-0.25)).first.points) asked.push_back(point.threshold.value);
    return asked;
  };
  BOOST_TEST(tried(-1, 1, 0.75, false) == (std::vector<double>{-1, -0.25, 0.5}), boost::test_tools::per_element());
  BOOST_TEST(tried(-1, 1, 5, false) == std::vector<double>{-1}, boost::test_tools::per_element());
  BOOST_TEST(tried(-4, 2, 0.05, false).size() == 121u);
  BOOST_TEST(tried(-0.3, 0.3, 0.1, false).size() == 7u);
  for (const double step : {0.75, 5.0}) BOOST_TEST(tried(-1, 1, step, true).back() <= 1.0, step);
}

BOOST_AUTO_TEST_CASE(given_probabilities_are_the_only_ones_tried) {
  std::vector<double> asked;
  const auto [found, second] = search({-4, 2, 0.05, true, {0.0, 0.5, 1.0}}, hill(0, &asked));
  BOOST_TEST(asked.size() == 3u);
  BOOST_TEST(found.winner().threshold.probability() == 0.5);
  BOOST_TEST(!second);
}

BOOST_AUTO_TEST_CASE(certain_cells_count) {
  Cells cells;
  // A logit of 40 is a probability of exactly 1 in float32.
  cells.add(at::tensor({40.f, 40.f, -40.f, 0.f}).reshape({2, 2}), at::tensor({1.f, 0.f, 0.f, 1.f}).reshape({2, 2}), {});
  cells.close();
  const auto certain = cells.at({1.0, false}, {});
  BOOST_TEST(certain.estimate == 2u);
  BOOST_TEST(certain.matched == 1u);
  BOOST_TEST(cells.at({0.0, false}, {}).estimate == 4u);
  const auto found = cells.reliability({});
  BOOST_TEST(found.count[9] == 2u);
  BOOST_TEST(found.brier == (0 + 1 + 0 + 0.25) / 4, boost::test_tools::tolerance(1e-12));
}

BOOST_AUTO_TEST_CASE(keys_that_are_not_seen_and_cells_that_do_not_fit) {
  Cells cells;
  cells.add(at::tensor({9.f, -9.f}).reshape({1, 2}), at::tensor({0.f, 0.f}).reshape({1, 2}), {true, false});
  cells.close();
  BOOST_TEST(cells.size() == 1u);
  BOOST_TEST(cells.at({0.5, false}, {}).estimate == 0u);
  Cells others;
  const auto says = [&](const at::Tensor& logits, const at::Tensor& targets, const char* part) {
    BOOST_CHECK_EXCEPTION(others.add(logits, targets, {}), tivit::Error,
                          [&](const tivit::Error& e) { return std::string(e.what()).find(part) != std::string::npos; });
  };
  const auto row = at::tensor({0.f, 1.f}).reshape({1, 2});
  says(row, at::tensor({0.f}).reshape({1, 1}), "logits of shape [1, 2] and targets of shape [1, 1]");
  says(row, row.mul(3), "a target lies outside 0 to 1");
  says(row.div(0), row, "row 0, column 0");
}

BOOST_AUTO_TEST_CASE(a_known_line_is_found_again) {
  std::mt19937_64 random(5);
  std::normal_distribution<double> normal;
  std::uniform_real_distribution<double> uniform;
  std::vector<float> logits, targets;
  for (int i = 0; i < 200000; ++i) {
    const double truth = 2 * normal(random);  // a network that says 3 * truth + 1.5 needs scale 1/3 and bias -0.5
    logits.push_back(static_cast<float>(3 * truth + 1.5));
    targets.push_back(uniform(random) < sigmoid(truth) ? 1.f : 0.f);
  }
  const auto found = fit_line(logits, targets, true);
  BOOST_TEST(std::abs(found.line.scale - 1 / 3.0) < 0.01);
  BOOST_TEST(std::abs(found.line.bias + 0.5) < 0.02);
  const auto flat = fit_line(logits, targets, false);
  BOOST_TEST(flat.line.bias == 0.0);
  BOOST_TEST(flat.objective > found.objective);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_fitted_stays_as_it_is) {
  BOOST_TEST(fit_line({1, 2}, {0, 0}, true).refused == "nothing is positive");
  BOOST_TEST(fit_line({1, 2}, {1, 1}, true).refused == "nothing is negative");
  const auto wrong = fit_line({9, 9, -9, -9}, {0, 0, 1, 1}, true);
  BOOST_TEST(wrong.refused == "higher logits are no more often right");
  BOOST_TEST(wrong.line.scale == 1.0);
}

BOOST_AUTO_TEST_SUITE_END()
