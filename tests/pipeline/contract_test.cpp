// The contract as an author writes it, and what the framework makes of it.
#include <ATen/core/Tensor.h>
#include <ATen/ops/full.h>
#include <ATen/ops/ge.h>

#include <boost/test/unit_test.hpp>
#include <tivit/tensor/stage.hpp>

namespace {

/// Keeps cells of a roll whose probability reaches a threshold.
struct Keep {
  double onset = 0.5;
  static void contract(tivit::Contract<Keep>& c) {
    c.map("active where the probability reaches the threshold").parallel();
    c.param("onset", &Keep::onset).range(0, 1).unit("probability").doc("lowest value that counts");
    c.in("roll", "f32[T,88]");
    c.out("active", "bool[T,88]");
  }
  at::Tensor operator()(const at::Tensor& roll) const { return roll.ge(onset); }
};
TIVIT_STAGE("test/keep", Keep)

struct Wrong {
  static void contract(tivit::Contract<Wrong>& c) {
    c.map("says two inputs, has one");
    c.in("a", "f32[T]");
    c.in("b", "f32[T]");
    c.out("c", "f32[T]");
  }
  at::Tensor operator()(const at::Tensor& a) const { return a; }
};
TIVIT_STAGE("test/wrong", Wrong)

struct Sizes {
  std::string colour = "gray";
  static void contract(tivit::Contract<Sizes>& c) {
    c.map("two colours, one size");
    c.param("colour", &Sizes::colour).one_of({"gray", "rgb"}).sizes("C", {1});
    c.in("a", "f32[C]");
    c.out("b", "f32[C]");
  }
  at::Tensor operator()(const at::Tensor& a) const { return a; }
};
TIVIT_STAGE("test/sizes", Sizes)

struct Either {
  static void contract(tivit::Contract<Either>& c) {
    c.map("the second input, whatever it is, or the first");
    c.in("first", "any");
    c.in("second", "any").optional();
    c.out("one", "any");
  }
  tivit::Payload operator()(const tivit::Payload& first, const tivit::Payload* second) const { return second ? *second : first; }
};
TIVIT_STAGE("test/either", Either)

}  // namespace

BOOST_AUTO_TEST_SUITE(contract)

BOOST_AUTO_TEST_CASE(a_stage_is_described_and_called_from_one_declaration) {
  const auto& spec = tivit::Registry::instance().find("test/keep");
  BOOST_TEST(spec.parameters.at(0).type == "number");
  BOOST_TEST(spec.inputs.at(0).type.text() == "f32[T,88]");
  auto stage = spec.make();
  stage->set("onset", spec.parameters[0].checked({0.25}));
  tivit::Context context;
  const auto out = stage->call({{"roll", tivit::Payload::of(at::full({2, 88}, 0.3))}}, context);
  tivit::Symbols symbols;
  BOOST_TEST(!out.at(0).check(spec.outputs[0].type, symbols));
  BOOST_TEST(symbols["T"] == 2);
  BOOST_TEST(out[0].as<at::Tensor>().all().item<bool>());
}

BOOST_AUTO_TEST_CASE(an_optional_port_may_take_any_type) {
  const auto stage = tivit::Registry::instance().find("test/either").make();
  tivit::Context context;
  const auto a = tivit::Payload::of(at::full({1}, 1)), b = tivit::Payload::of(at::full({1}, 2));
  BOOST_TEST(stage->call({{"first", a}, {"second", b}}, context).at(0).as<at::Tensor>().item<int>() == 2);
  BOOST_TEST(stage->call({{"first", a}, {"second", {}}}, context).at(0).as<at::Tensor>().item<int>() == 1);
}

BOOST_AUTO_TEST_CASE(a_contract_that_contradicts_the_call_is_refused_by_name) {
  BOOST_CHECK_EXCEPTION(tivit::Registry::instance().find("test/wrong"), tivit::Error, [](const tivit::Error& e) {
    return e.problem() == "stage \"test/wrong\" cannot be used: the contract declares 2 input ports, the call has 1";
  });
}

BOOST_AUTO_TEST_CASE(a_choice_without_its_size_is_refused) {
  BOOST_CHECK_EXCEPTION(tivit::Registry::instance().find("test/sizes"), tivit::Error, [](const tivit::Error& e) {
    return e.problem() == "stage \"test/sizes\" cannot be used: parameter \"colour\" has 2 choices and 1 sizes of \"C\"";
  });
}

BOOST_AUTO_TEST_CASE(parameters_out_of_range_say_the_range) {
  const auto& spec = tivit::Registry::instance().find("test/keep");
  BOOST_CHECK_EXCEPTION(spec.parameters[0].checked({1.5}), tivit::Error, [](const tivit::Error& e) {
    return std::string(e.what()) == "1.5 is out of range; give a value between 0 and 1 (probability)";
  });
}

BOOST_AUTO_TEST_SUITE_END()
