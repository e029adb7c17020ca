// Bins of a reliability diagram by the function: through a graph probabilities are float32, which cannot be 0.3 or 0.6 to the last digit
// of a double. tests/golden has the same figures through a graph.
#include <ATen/core/Tensor.h>

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <nlohmann/json.hpp>
#include <stages/calibrate/cells.hpp>
#include <tests/shared_data.hpp>
#include <tivit/atomic_file.hpp>

BOOST_AUTO_TEST_SUITE(bins)

BOOST_AUTO_TEST_CASE(golden_bins_and_their_edges) {
  const auto file = tivit::tests::shared("golden/calibration.json");
  if (!file) return;
  const auto golden = nlohmann::json::parse(tivit::read_file(*file));
  const auto near = [](double found, double wanted, const std::string& what) {
    BOOST_TEST(std::abs(found - wanted) <= 1e-9, what << ": " << found << " is not " << wanted);
  };
  for (const auto* name : {"spec_11", "bin_edges"}) {
    const auto& wanted = golden[name];
    const auto found = tivit::calibrate::reliability(wanted["p"].get<std::vector<double>>(), wanted["t"].get<std::vector<float>>());
    BOOST_TEST(nlohmann::json(found.count) == wanted["counts"], name);
    near(found.ece, wanted["ece"], name);
    near(found.brier, wanted["brier"], name);
    for (int bin = 0; bin < 10; ++bin) {
      near(found.probability[bin], wanted["mean_probability"][bin], name);
      near(found.target[bin], wanted["mean_target"][bin], name);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
