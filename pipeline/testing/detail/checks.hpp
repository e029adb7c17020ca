#pragma once
// The checks of the conformance suite. Each runs the stage in its own way and holds the outcome against the calm run.
#include <tivit/testing/detail/observed.hpp>

namespace tivit::testing {

struct Checks {
  explicit Checks(const Subject& subject);

  const Subject& subject;
  const StageSpec& spec;
  Stream stream;
  Observed calm;  ///< one worker, nothing happens
  std::vector<Broken> broken;

  /// False: the stage fails on the items given, and nothing else can be said.
  bool items();
  void order();
  void end_of_scope();
  void tombstones();
  void exception();
  void exception_between();
  void threads();
  void empty_input();
  void save_and_restore();
  void cancel();

 private:
  void say(const std::string& check, const std::string& text) { broken.push_back({check, text}); }
  Observed run(const std::vector<Event>& events, const Disturbance& disturbance = {}) const {
    return observe(subject, events, stream.ports, disturbance);
  }
  /// Whether a run that nothing should have ended was ended by something, or the stage did what none may do.
  bool fell(const std::string& check, const std::string& when, const Observed& seen, std::uint64_t failures_allowed = 0);
  bool gathers_plainly() const { return spec.kind == Kind::gather && !spec.one_per_scope; }
  /// What should come out when this item is lost before the stage (or, `failing`, in it, when it has emitted so many). Not for plain
  /// gathers.
  std::vector<Output> expected_without(const ItemId& id, bool failing, int emitted = 0) const;
  /// Members of no output, living or lost.
  std::vector<ItemId> forgotten(const Observed& seen, const std::vector<ItemId>& given) const;
  ItemId scope_around(const ItemId& id) const;
  std::vector<Event> with_loss(const ItemId& id, const Tombstone& why = {"before", "lost on the way"}) const;
  void thrown_by_emit(int emitted);
  void scope_broken_by_emit();
  void exception_by(const std::string& how, const ItemId& id, const Observed& seen);
};

}  // namespace tivit::testing
