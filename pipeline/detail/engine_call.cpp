// One call of a stage's own code, and what becomes of its result.
#include <tivit/detail/node_emit.hpp>
#include <tivit/execution_context.hpp>
#include <tivit/field_for.hpp>

#include <algorithm>
#include <cmath>
#include <thread>

namespace tivit::detail {
namespace {

std::shared_ptr<const Beside> beside_of(const Context& context, std::vector<std::shared_ptr<LeaseToken>> leases,
                                        std::shared_ptr<const Members> members) {
  auto beside = std::make_shared<Beside>();
  beside->attachments = context.in_;
  beside->attachments.overlay(context.out_);
  beside->leases = std::move(leases);
  beside->members = std::move(members);
  return beside;
}

}  // namespace

Context Engine::make_context(Node& node, const ItemId& id) const {
  Context context;
  context.id_ = id;
  context.epoch_ = context_.first_epoch + (node.has_epoch && id.depth() ? id[0] : 0);
  context.run_ = &context_;
  context.stage_ = node.plan->name;
  context.spec_ = &node.spec();
  return context;
}

void Engine::execute(Node& node, Task& task) {
  const double begin = seconds_since(began_);
  {
    const Lock lock(mutex_);
    ++node.begun;
    node.begun_s += begin;
  }
  const ItemId id = task.id;
  const std::uint64_t sequence = task.sequence;
  const std::size_t reserved = task.reserved_bytes;
  std::vector<Outgoing> out;
  try {
    const auto surroundings = enter_execution_context(
        {&context_, task.lease || std::any_of(task.joined.parts.begin(), task.joined.parts.end(),
                                              [](const Message& m) { return m.beside && !m.beside->leases.empty(); })});
    if (node.kind() == Kind::source)
      source_call(node, task, out);
    else if (task.joined.kind == Message::Kind::item)
      item_call(node, task, out);
    else
      scope_call(node, task, out);
  } catch (const Cancelled&) {
    if (!stopping_) cancel(std::make_exception_ptr(Cancelled()));
  } catch (const Error& error) {
    cancel(std::make_exception_ptr(error.located("stage \"" + node.plan->name + "\"")));
  } catch (const std::exception& error) {
    cancel(std::make_exception_ptr(Error(short_text(error), "", "stage \"" + node.plan->name + "\"")));
  }
  // The inputs die here, before anything new starts: their bytes and leases are free again.
  task.joined = {};
  task.lease.reset();
  const double end = seconds_since(began_);
  {
    const Lock lock(mutex_);
    node.account.busy_s += end - begin;
    --node.begun;
    node.begun_s -= begin;
    reserved_bytes_ -= reserved;
    if (hooks_.call)
      hooks_.call({node.plan->name, id.text(), std::llround(1e9 * begin), std::llround(1e9 * end),
                   std::hash<std::thread::id>{}(std::this_thread::get_id())});
  }
  complete(node, sequence, std::move(out));
}

void Engine::source_call(Node& node, Task& task, std::vector<Outgoing>& out) {
  Context context = make_context(node, task.id);
  std::optional<std::vector<Payload>> made;
  try {
    if (static_cast<int>(node.epoch) < plan_.epochs) made = node.stage->next(context);  // else resumed after the last epoch
    if (made) *made = checked(node, std::move(*made), {});
    node.failures_in_a_row = 0;
  } catch (const Cancelled&) {
    throw;
  } catch (const Dropped& dropped) {
    const Lock lock(mutex_);
    ++node.account.in;
    ++node.account.dropped;
    ++node.number;
    out.push_back({-1, Message::lost(task.id, std::make_shared<const Tombstone>(Tombstone{node.plan->name, dropped.what(), true}),
                                     beside_of(context, {}, nullptr))});
    return;
  } catch (const std::exception& error) {
    {
      const Lock lock(mutex_);
      ++node.account.in;
      ++node.number;
    }
    record_failure(node, context, short_text(error), true);
    // A source that cannot go on would fail for ever.
    if (++node.failures_in_a_row >= 1000)
      throw Error("the source failed 1000 times in a row: " + short_text(error), "", "stage \"" + node.plan->name + "\"");
    out.push_back({-1, Message::lost(task.id, std::make_shared<const Tombstone>(Tombstone{node.plan->name, short_text(error)}),
                                     beside_of(context, {}, nullptr))});
    return;
  }
  const Lock lock(mutex_);
  if (made) {
    ++node.account.in;
    ++node.account.done;
    ++node.number;
    const auto beside = beside_of(context, {}, nullptr);
    for (std::size_t i = 0; i < made->size(); ++i)
      out.push_back({static_cast<int>(i), Message::item(task.id, std::move((*made)[i]), beside)});
    return;
  }
  if (static_cast<int>(node.epoch) < plan_.epochs) out.push_back({-1, Message::end("epoch", ItemId{node.epoch})});
  node.number = 0;
  if (static_cast<int>(++node.epoch) >= plan_.epochs) {
    out.push_back({-1, Message::end("run", ItemId{})});
    node.exhausted = node.ended = true;
  }
}

void Engine::item_call(Node& node, Task& task, std::vector<Outgoing>& out) {
  Context context = make_context(node, task.id);
  Inputs inputs;
  std::vector<std::shared_ptr<LeaseToken>> leases;
  std::shared_ptr<const Beside> first;
  for (std::size_t i = 0; i < task.joined.parts.size(); ++i) {
    const Message& part = task.joined.parts[i];
    if (part.beside) {
      if (!first) first = part.beside;
      context.in_.inherit(part.beside->attachments);
      if (!context.members_) context.members_ = part.beside->members;
      for (const auto& lease : part.beside->leases)
        if (std::find(leases.begin(), leases.end(), lease) == leases.end()) leases.push_back(lease);
    }
    inputs.emplace_back(node.plan->inputs[i].port, part.payload);
  }
  const auto shared = beside_of(context, leases, context.members_);
  {
    const Lock lock(mutex_);
    ++node.account.in;
  }
  std::optional<NodeEmit> emit;
  for (int attempt = 0;; ++attempt) {
    try {
      Symbols symbols = symbols_of(node);
      context.out_ = {};
      for (std::size_t i = 0; i < inputs.size(); ++i) {
        const auto& wanted = node.plan->inputs[i];
        if (wanted.producer < 0) continue;
        const auto& ports = node.spec().inputs;
        const PortSpec& port = ports[std::min(i, ports.size() - 1)];
        const Payload& whole = task.joined.parts[i].payload;
        if (!wanted.field.empty()) {
          Payload part = field_for(whole, wanted.field, port.type);
          if (!part)
            throw Error("the item of stage \"" + plan_.stages[static_cast<std::size_t>(wanted.producer)].name + "\" has no field \"" +
                            wanted.field + "\"",
                        "`tivit-run describe` shows what the stage makes");
          inputs[i].second = part.with(whole.share());
        }
        if (auto problem = inputs[i].second.check(port.type, symbols)) throw Error("input port \"" + wanted.port + "\" " + *problem);
      }
      if (task.lease && !task.lease->begun()) {
        task.lease->begin({context_.training, context.seed(), task.id, context_.shares_resources});
        if (context_.training) leases.push_back(task.lease);  // otherwise it ends with this call
      }
      if (node.kind() == Kind::gather) {
        gather_add(node, task, context, inputs, shared);
      } else if (node.kind() == Kind::expand) {
        emit.emplace(*this, node, context, leases, &inputs);
        node.stage->expand(inputs, *emit, context);
        if (node.spec().restores_members) {
          emit->restore_dead(out);
          if (context.members_ && emit->restored() < context.members_->size())
            throw Error("the stage gave back fewer items than it was given members", "emit once for each living member");
        } else {
          out.push_back({-1, Message::end(node.plan->scope, task.id)});
        }
      } else {
        auto outputs = checked(node, node.stage->call(inputs, context), inputs);
        const auto beside = beside_of(context, leases, context.members_);
        for (std::size_t i = 0; i < outputs.size(); ++i)
          out.push_back({static_cast<int>(i), Message::item(task.id, std::move(outputs[i]), beside)});
      }
      const Lock lock(mutex_);
      ++node.account.done;
      return;
    } catch (const Cancelled&) {
      throw;
    } catch (const Dropped& dropped) {
      fail_item(node, task.id, shared, dropped.what(), true, emit ? &*emit : nullptr, out);
      return;
    } catch (const std::exception& error) {
      // Only what has no past can be tried again: an expand may have emitted already, a gather may hold the item.
      const bool repeatable = node.kind() == Kind::map || node.kind() == Kind::sink;
      if (repeatable && node.plan->on_error.action == OnError::Do::retry && attempt < node.plan->on_error.times) {
        std::this_thread::sleep_for(std::chrono::milliseconds(1 << std::min(attempt, 6)));
        continue;
      }
      record_failure(node, context, short_text(error), true);
      fail_item(node, task.id, shared, short_text(error), false, emit ? &*emit : nullptr, out);
      return;
    }
  }
}

void Engine::gather_add(Node& node, Task& task, Context& context, const Inputs& inputs, const std::shared_ptr<const Beside>& beside) {
  {
    const Lock lock(mutex_);
    node.pending.push_back({task.id, beside->attachments, std::nullopt, std::nullopt});
  }
  NodeEmit emit(*this, node, context, {}, &inputs);
  emit.gather_scope = Scope{node.plan->scope, task.id.prefix(static_cast<std::size_t>(node.plan->scope_depth))};
  node.stage->add(inputs, emit, context);
}

void Engine::scope_call(Node& node, Task& task, std::vector<Outgoing>& out) {
  Message end = task.joined.leading();
  for (const Message& part : task.joined.parts)
    if (!end.beside) end.beside = part.beside;
  Context context = make_context(node, end.id);
  context.scope_ = {end.scope, end.id};
  if (node.kind() == Kind::sink) {
    node.stage->scope_end(context);
  } else if (node.kind() == Kind::gather && end.scope == node.plan->scope) {
    NodeEmit emit(*this, node, context, {}, nullptr);
    emit.gather_scope = context.scope_;
    const bool single = node.spec().one_per_scope;
    std::shared_ptr<const Tombstone> lost, broken;
    {
      const Lock lock(mutex_);
      lost = single ? node.lost_member : nullptr;
      context.members_ = std::make_shared<const Members>(node.pending);
      if (single)
        for (const auto& member : node.pending)
          if (member.alive()) {
            context.in_ = member.attachments;  // the scope's item carries what its first member did
            break;
          }
    }
    emit.discard = lost != nullptr;
    try {
      node.stage->finish(emit, context);
      if (single && !lost && emit.emitted() == 0)
        lost = std::make_shared<const Tombstone>(Tombstone{node.plan->name, "nothing came of " + end.scope + " " + end.id.text(), true});
    } catch (const Cancelled&) {
      throw;
    } catch (const Dropped& dropped) {
      lost = broken = std::make_shared<const Tombstone>(Tombstone{node.plan->name, dropped.what(), true});
    } catch (const std::exception& error) {
      record_failure(node, context, short_text(error), false);
      lost = broken = std::make_shared<const Tombstone>(Tombstone{node.plan->name, short_text(error)});
    }
    if (single && lost) out.push_back({-1, Message::lost(end.id, lost, beside_of(context, {}, nullptr))});
    const Lock lock(mutex_);
    if (!single) {
      // What was not part of any emitted item goes on by itself: lost members, scope ends after the last item, and where
      // finish() failed, everything that it held.
      for (const auto& member : node.pending)
        if (!member.alive() || broken) append_member(member, broken, out);
    }
    // An item that stands for the scope is not inside it; the end of the run is everybody's.
    if (!single || end.scope == "run") out.push_back({-1, end});
    node.pending.clear();
    node.lost_member.reset();
    node.emitted_in_scope = 0;
  } else {
    call_after(node.after, context.scope_);
    out.push_back({-1, end});
  }
  contribute(node, context.scope_);
  const Lock lock(mutex_);
  if (end.scope == "run") node.ended = true;
}

}  // namespace tivit::detail
