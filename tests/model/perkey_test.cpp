#include <ATen/ops/arange.h>
#include <ATen/ops/full.h>
#include <boost/test/unit_test.hpp>
#include <stages/model/model.hpp>
#include <tivit/registry.hpp>
#include "models.hpp"

using namespace tivit;
BOOST_AUTO_TEST_SUITE(perkey)

BOOST_AUTO_TEST_CASE(has_the_recipe_s_number_of_parameters) {
  const auto model = tests::make_model("model/perkey");
  BOOST_TEST(model->parameters().trained_numbers() == 242772);
}

BOOST_AUTO_TEST_SUITE_END()
