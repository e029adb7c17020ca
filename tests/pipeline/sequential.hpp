#pragma once
// A second implementation of what a plan means, as plain as possible: one stage after the other, whole streams as lists, no
// threads, no queues, no limits. The executor must give the same items in the same order.
#include <functional>
#include <tivit/account.hpp>
#include <tivit/plan.hpp>

namespace tivit::tests {

/// An event of a stream: an item, a tombstone or a scope end.
struct Event {
  enum class Kind { item, lost, end } kind = Kind::item;
  ItemId id;
  std::string scope;
  std::vector<Payload> values;       // one for each output port
  std::shared_ptr<Members> members;  // of an end: those of a group that were in none of its items
};

class Sequential {
 public:
  explicit Sequential(const Plan& plan, RunContext& run) : plan_(plan), run_(run) {}

  void execute() {
    for (const auto& stage : plan_.stages) {
      stage_ = &stage;
      made_ = stage.spec->make();
      for (const auto& [name, value] : stage.parameters) made_->set(name, value);
      made_->open(run_);
      output_.clear();
      account_ = StageAccount{stage.name};
      pending_.clear();
      lost_member_ = false;
      number_ = 0;
      if (stage.spec->kind == Kind::source)
        source();
      else
        consume();
      account.push_back(account_);
      streams_.push_back(std::move(output_));
    }
  }
  std::uint64_t failures = 0;
  std::vector<StageAccount> account;

 private:
  struct Collect : Emit {
    std::function<void(std::vector<Payload>)> sink;
    void put(std::vector<Payload> outputs) override { sink(std::move(outputs)); }
  };

  Context context(const ItemId& id) {
    Context context;
    context.id_ = id;
    context.run_ = &run_;
    context.stage_ = stage_->name;
    return context;
  }
  void out(Event event) {
    if (event.kind == Event::Kind::item) ++account_.out;
    output_.push_back(std::move(event));
  }

  void source() {
    for (std::uint32_t epoch = 0; static_cast<int>(epoch) < plan_.epochs; ++epoch) {
      for (std::uint32_t n = 0;; ++n) {
        Context c = context({epoch, n});
        auto values = made_->next(c);
        if (!values) break;
        ++account_.in;
        ++account_.done;
        out({Event::Kind::item, {epoch, n}, "", std::move(*values), nullptr});
      }
      out({Event::Kind::end, {epoch}, "epoch", {}, nullptr});
    }
    out({Event::Kind::end, {}, "run", {}, nullptr});
  }

  void consume() {
    std::size_t lead = 0;
    for (std::size_t i = 0; i < stage_->inputs.size(); ++i)
      if (plan_.stages[static_cast<std::size_t>(stage_->inputs[i].producer)].domain == stage_->input_domain) {
        lead = i;
        break;
      }
    for (const Event& event : streams_[static_cast<std::size_t>(stage_->inputs[lead].producer)]) {
      if (event.kind == Event::Kind::end) {
        scope_end(event);
        continue;
      }
      Inputs inputs;
      bool lost = event.kind == Event::Kind::lost;  // a lost member of a group may travel under an id of its own depth
      for (const auto& input : stage_->inputs) {
        if (event.kind == Event::Kind::lost) break;
        const Event* part = find(input.producer, event.id);
        lost = lost || part->kind == Event::Kind::lost;
        inputs.emplace_back(input.port, part->kind == Event::Kind::item ? part->values[static_cast<std::size_t>(input.output)] : Payload{});
      }
      ++account_.in;
      if (lost || (stage_->spec->one_per_scope && lost_member_))
        ++account_.passed, pass_lost(event);
      else
        item(event, inputs);
    }
  }

  /// The event of a stream for this id, or for the item of an ancestor's stream that it was made from.
  const Event* find(int producer, const ItemId& id) const {
    const auto& stage = plan_.stages[static_cast<std::size_t>(producer)];
    const ItemId wanted = id.prefix(static_cast<std::size_t>(plan_.domains[static_cast<std::size_t>(stage.domain)].depth));
    for (const Event& event : streams_[static_cast<std::size_t>(producer)])
      if (event.kind != Event::Kind::end && event.id == wanted) return &event;
    throw Error("no event " + wanted.text() + " from " + stage.name);
  }

  ItemId scope_of(const ItemId& id) const { return id.prefix(static_cast<std::size_t>(stage_->scope_depth)); }

  void pass_lost(const Event& event) {
    const auto* spec = stage_->spec;
    if (spec->kind == Kind::gather) {
      if (static_cast<int>(event.id.depth()) <= stage_->scope_depth) return out(event);
      lost_member_ = true;
      pending_.push_back({event.id, {}, Tombstone{}, std::nullopt});
    } else if (spec->restores_members && event.members) {
      for (const auto& member : *event.members)
        member.scope_end ? out({Event::Kind::end, member.scope_end->id, member.scope_end->kind, {}, nullptr})
                         : out({Event::Kind::lost, member.id, "", {}, nullptr});
    } else if (spec->kind != Kind::sink) {
      out({Event::Kind::lost, event.id, "", {}, event.members});
    }
  }

  void emit_group(std::vector<Payload> values, const ItemId& scope) {
    if (stage_->spec->one_per_scope) {
      if (!lost_member_) out({Event::Kind::item, scope, "", std::move(values), nullptr});
      return;
    }
    auto members = std::make_shared<Members>(std::move(pending_));
    pending_.clear();
    out({Event::Kind::item, scope.child(number_++), "", std::move(values), members});
  }

  void item(const Event& event, const Inputs& inputs) {
    Context c = context(event.id);
    Collect emit;
    std::uint32_t children = 0;
    std::size_t member = 0;
    c.members_ = event.members;
    const auto restore_dead = [&] {
      for (; member < event.members->size() && !(*event.members)[member].alive(); ++member) {
        const auto& dead = (*event.members)[member];
        dead.scope_end ? out({Event::Kind::end, dead.scope_end->id, dead.scope_end->kind, {}, nullptr})
                       : out({Event::Kind::lost, dead.id, "", {}, nullptr});
      }
    };
    const Kind kind = stage_->spec->kind;
    emit.sink = [&](std::vector<Payload> values) {
      if (kind == Kind::gather) return emit_group(std::move(values), scope_of(event.id));
      if (!stage_->spec->restores_members) return out({Event::Kind::item, event.id.child(children++), "", std::move(values), nullptr});
      restore_dead();
      out({Event::Kind::item, (*event.members)[member++].id, "", std::move(values), nullptr});
    };
    try {
      if (kind == Kind::expand) {
        made_->expand(inputs, emit, c);
        if (stage_->spec->restores_members)
          restore_dead();
        else
          out({Event::Kind::end, event.id, stage_->scope, {}, nullptr});
      } else if (kind == Kind::gather) {
        pending_.push_back({event.id, {}, std::nullopt, std::nullopt});
        made_->add(inputs, emit, c);
      } else {
        auto values = made_->call(inputs, c);
        if (kind == Kind::map) out({Event::Kind::item, event.id, "", std::move(values), event.members});
      }
      ++account_.done;
    } catch (const Dropped&) {
      ++account_.dropped;
      out({Event::Kind::lost, event.id, "", {}, event.members});
    } catch (const std::exception&) {
      ++failures;
      ++account_.failed;
      if (kind == Kind::expand) {
        out({Event::Kind::lost, event.id.child(rest_of_scope), "", {}, nullptr});
        out({Event::Kind::end, event.id, stage_->scope, {}, nullptr});
      } else {
        out({Event::Kind::lost, event.id, "", {}, event.members});
      }
    }
  }

  void end_goes_on(Event end) {
    const auto& within = plan_.domains[static_cast<std::size_t>(stage_->input_domain)];
    if (end.members && stage_->spec->restores_members && end.id.depth() + 1 == static_cast<std::size_t>(within.depth))
      for (const auto& member : *std::exchange(end.members, nullptr))
        member.scope_end ? out({Event::Kind::end, member.scope_end->id, member.scope_end->kind, {}, nullptr})
                         : out({Event::Kind::lost, member.id, "", {}, nullptr});
    out(end);
  }

  void scope_end(const Event& event) {
    const Kind kind = stage_->spec->kind;
    Context c = context(event.id);
    c.scope_ = {event.scope, event.id};
    if (kind == Kind::sink) return made_->scope_end(c);
    if (kind != Kind::gather || static_cast<int>(event.id.depth()) < stage_->scope_depth) return end_goes_on(event);
    if (event.scope != stage_->scope) {
      if (!stage_->spec->one_per_scope) pending_.push_back({event.id, {}, std::nullopt, Scope{event.scope, event.id}});
      return;
    }
    Collect emit;
    emit.sink = [&](std::vector<Payload> values) { emit_group(std::move(values), event.id); };
    made_->finish(emit, c);
    if (stage_->spec->one_per_scope) {
      if (lost_member_) out({Event::Kind::lost, event.id, "", {}, nullptr});
      if (event.scope == "run") out(event);
    } else {
      Event end = event;
      end.members = pending_.empty() ? nullptr : std::make_shared<Members>(std::move(pending_));
      out(end);
    }
    pending_.clear();
    lost_member_ = false;
    number_ = 0;
  }

  const Plan& plan_;
  RunContext& run_;
  const PlanStage* stage_ = nullptr;
  std::unique_ptr<Stage> made_;
  std::vector<Event> output_;
  StageAccount account_;
  std::vector<std::vector<Event>> streams_;
  Members pending_;
  bool lost_member_ = false;
  std::uint32_t number_ = 0;
};

}  // namespace tivit::tests
