// One call of a stage's own code, and what becomes of its result.
#include <tivit/detail/foreign.hpp>
#include <tivit/detail/node_emit.hpp>
#include <tivit/field_for.hpp>

#include <spdlog/spdlog.h>

#include <algorithm>
#include <cmath>

namespace tivit::detail {
namespace {

// What leaves beside the outputs: what came in beside the one input that brought anything, unless the call changed it.
std::shared_ptr<const Beside> beside_outputs(const Context& context, const std::shared_ptr<const Beside>& sole,
                                             const std::vector<std::shared_ptr<LeaseToken>>& leases) {
  const std::size_t held = sole ? sole->leases.size() : 0;
  const bool untouched = context.out_.empty() && leases.size() == held && context.members_ == (sole ? sole->members : nullptr);
  if (untouched && (sole || context.in_.empty())) return sole;
  return beside_of(context, leases, context.members_);
}

}  // namespace

std::uint32_t Engine::epoch_of(const Node& node, const ItemId& id) const {
  return context_.first_epoch + (node.has_epoch && id.depth() ? id[0] : 0);
}

void Engine::source_call(Node& node, Task& task, std::vector<Outgoing>& out) {
  Context& context = task.context;
  std::optional<std::vector<Payload>> made;
  const std::uint32_t end_epoch = plan_.only ? plan_.only->end_epoch : static_cast<std::uint32_t>(plan_.epochs);
  const bool over = node.epoch >= end_epoch || (plan_.only && plan_.only->past(task.id));  // or resumed after the last epoch
  const bool wanted = !plan_.only || plan_.only->wants(task.id);
  try {
    if (!over) made = native([&] { return node.stage->next(context); });
    if (made && !wanted) return void(task.made = task.done = true);
    if (made) {
      Symbols symbols = node.symbols;
      native([&] { check_outputs(node, *made, symbols, task.bytes); });
    }
    node.failures_in_a_row = 0;
  } catch (const Cancelled&) {
    throw;
  } catch (const Dropped& dropped) {
    task.made = true;
    node.failures_in_a_row = 0;
    if (!wanted) return void(task.done = true);
    const Lock lock(mutex_);
    ++node.account.dropped;
    out.push_back({-1, Message::lost(task.id, std::make_shared<const Tombstone>(Tombstone{node.plan->name, dropped.what(), true}),
                                     beside_of(context, {}, nullptr))});
    return;
  } catch (const std::exception& error) {
    task.made = true;
    if (!wanted) return void(task.done = true);
    record_failure(node, context, short_text(error), true);
    // A source that cannot go on, and does not say how many items there are, would fail for ever.
    if (++node.failures_in_a_row >= 1000 && !node.stage->expected())
      throw Error("the source failed 1000 times in a row: " + short_text(error), "", "stage \"" + node.plan->name + "\"");
    out.push_back({-1, Message::lost(task.id, std::make_shared<const Tombstone>(Tombstone{node.plan->name, short_text(error)}),
                                     beside_of(context, {}, nullptr))});
    return;
  }
  if (made) {
    const auto beside = beside_outputs(context, nullptr, {});
    append_items(task.id, std::move(*made), beside, out);
    task.made = task.done = true;
    return;
  }
  task.ended = true;
  if (node.epoch < end_epoch) {
    const Message end = Message::end("epoch", ItemId{node.epoch});
    {
      const Lock lock(mutex_);
      epoch_ends(node, end, node.account.in + task.sequence - node.flushed);  // calls made in a row with this one count later
    }
    contribute(node, {*end.scope, end.id});
  }
  const Lock lock(mutex_);
  if (node.epoch < end_epoch) out.push_back({-1, Message::end("epoch", ItemId{node.epoch})});
  if (++node.epoch >= end_epoch) {
    out.push_back({-1, Message::end("run", ItemId{})});
    node.exhausted = node.ended = true;
  }
}

// What came in: the payloads, and what all of them carry. The result is what came in beside them, if one object holds all of it.
std::shared_ptr<const Beside> Engine::take_inputs(const Node& node, Task& task, std::vector<std::shared_ptr<LeaseToken>>& leases) {
  Context& context = task.context;
  std::shared_ptr<const Beside> sole;
  bool several = false;
  for (std::size_t i = 0; i < task.joined.parts.size(); ++i) {
    Message& part = task.joined.parts[i];
    task.inputs[i].second = node.plan->inputs[i].field.empty() ? std::move(part.payload) : part.payload;
    if (!part.beside || part.beside == sole) continue;
    several = several || sole;
    if (!sole) sole = part.beside;
    if (context.in_.empty())
      context.in_ = part.beside->attachments;
    else
      context.in_.inherit(part.beside->attachments);
    if (!context.members_) context.members_ = part.beside->members;
    for (const auto& lease : part.beside->leases)
      if (std::find(leases.begin(), leases.end(), lease) == leases.end()) leases.push_back(lease);
  }
  return several ? beside_of(context, leases, context.members_) : sole;
}

// Picks the parts that are asked for by name; throws Error for what does not fit its port.
void Engine::fit_inputs(const Node& node, Task& task, Symbols& symbols) const {
  const auto& ports = node.spec().inputs;
  for (std::size_t i = 0; i < task.inputs.size(); ++i) {
    const auto& wanted = node.plan->inputs[i];
    if (wanted.producer < 0) continue;
    const PortSpec& port = ports[std::min(i, ports.size() - 1)];
    Payload& input = task.inputs[i].second;
    const Payload& whole = task.joined.parts[i].payload;
    if (!wanted.field.empty()) {
      Payload part = field_for(whole, wanted.field, port.type, !port.optional);
      if (!part && port.optional && parts_are_its_own(whole)) {
        input = {};
        continue;
      }
      if (!part)
        throw Error("the item of stage \"" + plan_.stages[static_cast<std::size_t>(wanted.producer)].name + "\" has no field \"" +
                        wanted.field + "\"",
                    "`tivit-run describe` shows what the stage makes");
      input = part.with(whole.share());
    }
    if (auto problem = input.check(port.type, symbols)) throw Error("input port \"" + wanted.port + "\" " + *problem);
  }
}

void Engine::item_call(Node& node, Task& task, std::vector<Outgoing>& out) {
  Context& context = task.context;
  const Inputs& inputs = task.inputs;
  std::vector<std::shared_ptr<LeaseToken>> leases;
  const auto sole = take_inputs(node, task, leases);
  std::optional<NodeEmit> emit;
  for (int attempt = 0;; ++attempt) {
    try {
      Symbols symbols = node.symbols;
      context.out_ = {};
      native([&] { fit_inputs(node, task, symbols); });
      if (task.lease && !task.lease->begun()) {
        native([&] { task.lease->begin({context_.training, context.seed(), task.id, context_.shares_resources}); });
        if (context_.training) leases.push_back(task.lease);  // otherwise it ends with this call
      }
      if (node.kind() == Kind::gather) {
        gather_add(node, task, sole ? sole->attachments : Attachments());
      } else if (node.kind() == Kind::expand) {
        emit.emplace(*this, node, context, leases, &inputs);
        native([&] { node.stage->expand(inputs, *emit, context); });
        if (node.spec().restores_members) {
          emit->restore_dead(out);
          if (context.members_ && emit->restored() < context.members_->size())
            throw Error("the stage gave back fewer items than it was given members", "emit once for each living member");
        } else {
          out.push_back({-1, Message::end(node.plan->scope, task.id)});
        }
      } else {
        auto outputs = native([&] { return node.stage->call(inputs, context); });
        native([&] { check_outputs(node, outputs, symbols, task.bytes); });
        append_items(task.id, std::move(outputs), beside_outputs(context, sole, leases), out);
      }
      task.done = true;
      return;
    } catch (const Cancelled&) {
      throw;
    } catch (const Dropped& dropped) {
      fail_item(node, task.id, sole, dropped.what(), true, emit ? &*emit : nullptr, out);
      return;
    } catch (const std::exception& error) {
      // Only what has no past can be tried again: an expand may have emitted already, a gather may hold the item.
      const bool repeatable = node.kind() == Kind::map || node.kind() == Kind::sink;
      if (repeatable && node.plan->on_error.action == OnError::Do::retry && attempt < node.plan->on_error.times) {
        wait_to_retry(node, context, short_text(error), attempt);
        continue;
      }
      record_failure(node, context, short_text(error), true);
      fail_item(node, task.id, sole, short_text(error), false, emit ? &*emit : nullptr, out);
      return;
    }
  }
}

// Long enough for a full disk or a slow mount to recover; the end of the run ends the wait.
void Engine::wait_to_retry(const Node& node, const Context& context, const std::string& cause, int attempt) {
  constexpr double longest_s = 30;
  const double wait_s = std::min(longest_s, std::ldexp(node.plan->on_error.wait_s, std::min(attempt, 40)));
  spdlog::info("stage {}, {}: {}; again in {:g} s", node.plan->name, context.name(), cause, wait_s);
  Lock lock(mutex_);
  clock_->wait(lock, stopped_, wait_s, [this] { return stopping_.load(); });
  if (stopping_) throw Cancelled();
}

void Engine::gather_add(Node& node, Task& task, const Attachments& attachments) {
  {
    const Lock lock(mutex_);
    node.pending.push_back({task.id, attachments, std::nullopt, std::nullopt});
  }
  NodeEmit emit(*this, node, task.context, {}, &task.inputs);
  emit.gather_scope = Scope{node.plan->scope, task.id.prefix(static_cast<std::size_t>(node.plan->scope_depth))};
  native([&] { node.stage->add(task.inputs, emit, task.context); });
}

}  // namespace tivit::detail
