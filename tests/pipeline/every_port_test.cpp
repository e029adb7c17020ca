// `in = "producer.*"`: ports connected by their names.
#include <ATen/core/Tensor.h>

#include <boost/test/unit_test.hpp>
#include <tivit/tensor/stage.hpp>

#include "graph_files.hpp"

using tivit::Contract;
using tivit::tests::GraphFiles;
using tivit::tests::mistakes_of;
using Texts = std::vector<std::string>;

namespace {

struct Arrays {
  static void contract(Contract<Arrays>& c) {
    c.source("arrays");
    c.out("arrays", "{...}");
  }
  std::optional<tivit::Fields> next() { return {}; }
};
TIVIT_STAGE("every/arrays", Arrays)

struct Halves {
  static void contract(Contract<Halves>& c) {
    c.map("two of two");
    c.in("roll", "f32[T,88]");
    c.in("gate", "f32[T,88]");
    c.in("hint", "f32[T]").optional();
    c.out("low", "f32[T,44]");
    c.out("high", "f32[T,44]");
  }
  std::tuple<at::Tensor, at::Tensor> operator()(const at::Tensor&, const at::Tensor&, const at::Tensor*) const { return {}; }
};
TIVIT_STAGE("every/halves", Halves)

struct Keep {
  static void contract(Contract<Keep>& c) {
    c.sink("keeps everything");
    c.in_many("values", "any");
  }
  void operator()(const tivit::Inputs&) {}
};
TIVIT_STAGE("every/keep", Keep)

const std::string graph = R"(
[stages.arrays]
use = "every/arrays"
[stages.apply]
use = "every/halves"
in = "arrays.*"
[stages.keep]
use = "every/keep"
in = "apply.*"
)";

}  // namespace

BOOST_AUTO_TEST_SUITE(every_port)

BOOST_AUTO_TEST_CASE(ports_take_what_has_their_name) {
  GraphFiles files;
  files.write("graph.toml", graph);
  const auto plan = tivit::make_plan(files.request());
  const auto& apply = plan.stages.at(1).inputs;
  BOOST_TEST(apply.at(0).field == "roll");
  BOOST_TEST(apply.at(1).field == "gate");
  for (const auto& input : apply) BOOST_TEST((input.port == "hint") == (input.producer < 0));
  const auto& keep = plan.stages.at(2).inputs;
  BOOST_TEST(keep.size() == 2);
  BOOST_TEST(keep.at(0).port == "low");
  BOOST_TEST(keep.at(1).port == "high");
  BOOST_TEST(keep.at(1).output == 1);
}

BOOST_AUTO_TEST_CASE(a_name_that_is_not_there_is_a_mistake) {
  BOOST_TEST(mistakes_of("[stages.arrays]\nuse = \"every/arrays\"\n[stages.keep]\nuse = \"every/keep\"\nin = \"arays.*\"\n") ==
                 (Texts{"graph.toml:5:6: there is no stage \"arays\" in this graph; did you mean \"arrays\"?"}),
             boost::test_tools::per_element());
  BOOST_TEST(mistakes_of("[stages.arrays]\nuse = \"every/arrays\"\n[stages.a]\nuse = \"every/halves\"\nin = \"arrays.*\"\n"
                         "[stages.b]\nuse = \"every/halves\"\nin = \"a.*\"\n") ==
                 (Texts{"graph.toml:8:6: \"a\" (every/halves) has no output \"roll\"; there is \"low\", \"high\"",
                        "graph.toml:8:6: \"a\" (every/halves) has no output \"gate\"; there is \"low\", \"high\""}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
