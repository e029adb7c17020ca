// A stage that keeps what it was given beyond its own life: the run that cannot account for its bytes says whose they are.
#include <boost/test/unit_test.hpp>
#include <tivit/run.hpp>

#include "../pipeline/numbers.hpp"
#include "../pipeline/plan_by_hand.hpp"

namespace {
using namespace tivit;

std::vector<Payload> hidden;

struct Hoard {
  static void contract(Contract<Hoard>& c) {
    c.sink("keeps one item for ever");
    c.in("number", "any");
  }
  void operator()(const Payload& payload) {
    if (hidden.empty()) hidden.push_back(payload);
  }
};
TIVIT_STAGE("stress/hoard", Hoard)

}  // namespace

BOOST_AUTO_TEST_SUITE(leaks)

BOOST_AUTO_TEST_CASE(a_leaked_credit_is_found_and_its_stage_named) {
  tests::PlanByHand p;
  const int count = p.add("count", "numbers/count", {}, {{"items", {std::int64_t{3}}}});
  const int big = p.add("big", "numbers/affine", {count}, {{"size", {std::int64_t{5000}}}});
  p.add("hoard", "stress/hoard", {big});
  RunContext context;
  Run run(p.plan, context);
  BOOST_CHECK_EXCEPTION(run.execute(), Error, [](const Error& e) {
    return std::string(e.what()) ==
           "stage \"big\": 5000 bytes that it made were never given back; whoever received its items still holds them";
  });
  hidden.clear();
}

BOOST_AUTO_TEST_SUITE_END()
