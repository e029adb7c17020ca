#pragma once
// Random graphs over numbers: fan-out, joins, expands, gathers, nested scopes, groups given back, leases, stages that throw,
// drop and dawdle. A seed gives one graph; the number of workers and the waits change nothing about what it means.
#include <algorithm>
#include <random>
#include <set>

#include "../pipeline/numbers.hpp"
#include "../pipeline/plan_by_hand.hpp"

namespace tivit::tests {

class RandomGraph : public PlanByHand {
 public:
  RandomGraph(unsigned seed, int workers) : random_(seed) {
    plan.seed = seed;
    plan.epochs = one_of({1, 1, 2, 3});
    plan.threads.pipeline = workers;
    plan.memory_bytes = static_cast<std::uint64_t>(one_of({20'000, 100'000, 1 << 20}));
    plan.training = chance(0.3);
    plan.resources = {{"turn", &Registry::instance().find("stress/turn"), {}}};
    const int size = one_of({4, 8, 12, 16});
    source();
    while (static_cast<int>(plan.stages.size()) < size) grow();
    // Every stream is written down, so that everything that flows is compared.
    for (std::size_t i = 0, count = plan.stages.size(); i < count; ++i) sink(static_cast<int>(i));
    for (auto& stage : plan.stages) {
      stage.on_error.action = chance(0.2) ? OnError::Do::retry : OnError::Do::skip;
      stage.on_error.times = 1;
    }
  }
  int own_threads() const {
    return static_cast<int>(
        std::count_if(plan.stages.begin(), plan.stages.end(), [](const auto& s) { return s.spec->kind == Kind::expand; }));
  }
  std::string text() const {
    std::string text = std::to_string(plan.epochs) + " epochs" + (plan.training ? ", training" : "") + "\n";
    for (const auto& stage : plan.stages) {
      text += "  " + stage.name + " = " + stage.spec->name + "(";
      for (const auto& input : stage.inputs)
        text += (&input == &stage.inputs.front() ? "" : ", ") + plan.stages[static_cast<std::size_t>(input.producer)].name;
      text += ")";
      for (const auto& [name, value] : stage.parameters) text += " " + name + "=" + value.text();
      text += "\n";
    }
    return text;
  }

 private:
  using Given = std::vector<std::pair<std::string, ParameterValue>>;
  int below(int n) { return static_cast<int>(random_() % static_cast<unsigned>(n)); }
  bool chance(double p) { return random_() < p * 4294967296.0; }
  int one_of(std::vector<int> values) { return values[static_cast<std::size_t>(below(static_cast<int>(values.size())))]; }
  ParameterValue number(int value) { return {std::int64_t{value}}; }
  ParameterValue wait() { return number(chance(0.1) ? 150 : 0); }
  ParameterValue rarely() { return number(chance(0.3) ? 2 + below(12) : 0); }

  /// `waits`: domains whose items had to end first; `leased`: its items carry the turn.
  int put(const std::string& use, const std::vector<int>& inputs, Given given, bool leased = false) {
    const int index = add("s" + std::to_string(plan.stages.size()), use, inputs, std::move(given));
    std::set<int> waits;
    for (const int input : inputs) {
      waits.insert(waits_[static_cast<std::size_t>(input)].begin(), waits_[static_cast<std::size_t>(input)].end());
      leased = leased || leased_[static_cast<std::size_t>(input)];
    }
    const PlanStage& stage = plan.stages[static_cast<std::size_t>(index)];
    if (stage.spec->one_per_scope) waits.insert(stage.domain);
    waits_.push_back(std::move(waits));
    leased_.push_back(leased);
    const bool kept = std::any_of(inputs.begin(), inputs.end(),
                                  [&](int input) { return members_[static_cast<std::size_t>(input)] && domain_of(input) == stage.domain; });
    members_.push_back(stage.spec->kind == Kind::gather ? !stage.spec->one_per_scope : stage.spec->kind == Kind::map && kept);
    return index;
  }
  void source() {
    put("numbers/count", {}, {{"items", number(below(14))}, {"size", number(one_of({0, 2'000, 30'000}))}, {"max_us", wait()}});
  }
  void sink(int from) { put("numbers/note", {from}, {{"list", {"s" + std::to_string(from)}}, {"max_us", wait()}}); }

  void grow() {
    const int from = below(static_cast<int>(plan.stages.size()));
    const bool free = !leased_[static_cast<std::size_t>(from)];
    switch (below(9)) {
      case 0:
      case 1:
        put("numbers/affine", {from},
            {{"factor", number(1 + below(9))},
             {"throws_at", rarely()},
             {"drops_at", rarely()},
             {"size", number(one_of({0, 5'000}))},
             {"max_us", wait()}});
        return;
      case 2:
      case 3: return join(from, below(static_cast<int>(plan.stages.size())));
      case 4:
        if (free && depth(from) < 5) put("numbers/spread", {from}, {{"throws_at", rarely()}, {"max_us", wait()}});
        return;
      case 5:
        if (free && scope_of(from, "recording") >= 0) put("numbers/sum", {from}, {});
        return;
      case 6:
        if (free) group(from);
        return;
      case 7:
        if (free && members_[static_cast<std::size_t>(from)]) put("numbers/ungroup", {from}, {});
        return;
      default: return take_turns(from);
    }
  }
  void join(int a, int b) {
    if (leased_[static_cast<std::size_t>(a)] != leased_[static_cast<std::size_t>(b)]) return;
    const int inner = depth(a) >= depth(b) ? a : b, outer = inner == a ? b : a;
    const int within = domain_of(inner), around = domain_of(outer);
    if (!holds(around, within)) return;
    // What is made when a scope has ended cannot meet what lies inside it.
    for (const int end : waits_[static_cast<std::size_t>(outer)])
      if (around != within && holds(end, within) && !waits_[static_cast<std::size_t>(inner)].count(end)) return;
    put("numbers/add", {a, b}, {{"max_us", wait()}});
  }
  void group(int from) {
    std::vector<std::string> open;
    for (int domain = domain_of(from); domain > 0; domain = at(domain).parent) open.push_back(at(domain).opens);
    if (!open.empty())
      put("numbers/group", {from},
          {{"size", number(1 + below(5))}, {"scope", {open[static_cast<std::size_t>(below(static_cast<int>(open.size())))]}}});
  }
  /// Of the stages that lease one resource, one follows the other; what carries the turn is never waited for by others that need it.
  void take_turns(int from) {
    if (taken_ || leased_[static_cast<std::size_t>(from)]) return;
    taken_ = true;
    const int index = put("stress/take", {from}, {{"throws_at", rarely()}, {"max_us", wait()}}, true);
    plan.stages[static_cast<std::size_t>(index)].resources = {{"turn", 0}};
  }

  const PlanDomain& at(int domain) const { return plan.domains[static_cast<std::size_t>(domain)]; }
  int domain_of(int stage) const { return plan.stages[static_cast<std::size_t>(stage)].domain; }
  int depth(int stage) const { return at(domain_of(stage)).depth; }
  bool holds(int outer, int inner) const {
    for (; inner >= 0; inner = at(inner).parent)
      if (inner == outer) return true;
    return false;
  }
  int scope_of(int stage, const std::string& kind) const {
    for (int domain = domain_of(stage); domain >= 0; domain = at(domain).parent)
      if (at(domain).opens == kind) return domain;
    return -1;
  }

  std::mt19937 random_;
  std::vector<std::set<int>> waits_;
  std::vector<bool> leased_, members_;
  bool taken_ = false;
};

}  // namespace tivit::tests
