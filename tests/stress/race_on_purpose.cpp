// A stage whose calls write into one number at the same time. The thread sanitizer must say so: what it is told to overlook
// (cmake/suppressions.cpp) hides nothing of a stage.
#include <chrono>
#include <cstdio>
#include <thread>
#include <tivit/run.hpp>

#include "../pipeline/numbers.hpp"
#include "../pipeline/plan_by_hand.hpp"

namespace tivit::tests {

struct RacesOnPurpose {
  static void contract(Contract<RacesOnPurpose>& c) {
    c.map("counts its calls, unguarded").parallel();
    c.in("number", "number");
    c.out("number", "number");
  }
  Number operator()(const Number& n) const {
    calls_ = calls_ + 1;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));  // until another call is under way
    return {n.value + calls_, n.size};
  }
  mutable std::int64_t calls_ = 0;
};
TIVIT_STAGE("stress/races", RacesOnPurpose)

}  // namespace tivit::tests

int main() {
  tivit::tests::PlanByHand p;
  p.plan.threads.pipeline = 4;
  const int count = p.add("count", "numbers/count", {}, {{"items", {std::int64_t{500}}}});
  p.add("races", "stress/races", {count});
  tivit::RunContext context;
  tivit::Run(p.plan, context).execute();
  std::puts("nothing was reported");
}
