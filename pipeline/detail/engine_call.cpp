// One call of a stage's own code, and what becomes of its result.
#include <tivit/detail/node_emit.hpp>
#include <tivit/execution_context.hpp>

#include <algorithm>
#include <thread>

namespace tivit::detail {
namespace {

/// Bytes in flight: given back when the last copy of a payload dies.
struct ByteToken {
  std::shared_ptr<std::atomic<std::int64_t>> run, stage;
  std::int64_t bytes;
  ByteToken(std::shared_ptr<std::atomic<std::int64_t>> r, std::shared_ptr<std::atomic<std::int64_t>> s, std::int64_t b)
      : run(std::move(r)), stage(std::move(s)), bytes(b) {
    *run += bytes;
    *stage += bytes;
  }
  ~ByteToken() {
    *run -= bytes;
    *stage -= bytes;
  }
};

/// The short form: tensor libraries append a stack to what().
std::string short_text(const std::exception& error) {
  std::string text = error.what();
  const auto stack = text.find("\nException raised from");
  return stack == std::string::npos ? text : text.substr(0, stack);
}

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

Payload Engine::counted(Node& node, Payload payload) {
  const std::size_t bytes = payload.bytes();
  if (bytes < 1024) return payload;  // bookkeeping would cost more than the payload
  return payload.with(std::make_shared<ByteToken>(bytes_, node.held_bytes, static_cast<std::int64_t>(bytes)));
}

Context Engine::make_context(Node& node, const ItemId& id) const {
  Context context;
  context.id_ = id;
  context.epoch_ = context_.first_epoch + (node.has_epoch && id.depth() ? id[0] : 0);
  context.run_ = &context_;
  context.stage_ = node.plan->name;
  context.spec_ = &node.spec();
  return context;
}

// dtype and shape of what a stage returns, against its ports, in every build; symbols are bound by the inputs first.
std::vector<Payload> Engine::checked(Node& node, std::vector<Payload> outputs, const Inputs& inputs) {
  const StageSpec& spec = node.spec();
  if (outputs.size() != spec.outputs.size())
    throw Error("the stage returned " + std::to_string(outputs.size()) + " values for " + std::to_string(spec.outputs.size()) +
                " output ports");
  Symbols symbols;
  for (const auto& [name, value] : node.plan->parameters)
    if (const auto* number = std::get_if<std::int64_t>(&value.value)) symbols[name] = *number;
  for (std::size_t i = 0; i < spec.inputs.size() && i < inputs.size(); ++i)
    if (!spec.inputs[i].many && inputs[i].second) (void)inputs[i].second.check(spec.inputs[i].type, symbols);
  for (std::size_t i = 0; i < outputs.size(); ++i)
    if (auto problem = outputs[i].check(spec.outputs[i].type, symbols))
      throw Error("output port \"" + spec.outputs[i].name + "\" " + *problem, "the stage breaks its own contract");
  std::size_t bytes = 0;
  for (auto& output : outputs) {
    bytes += output.bytes();
    output = counted(node, std::move(output));
  }
  node.last_bytes = bytes;  // a hint for the byte budget; a torn order of two parallel calls does no harm
  node.measured = true;
  return outputs;
}

void Engine::record_failure(Node& node, const Context& context, const std::string& cause) {
  Failure failure{context.id().text(), "", node.plan->name, cause};
  if (const auto* source = context.find<SourceName>()) {
    failure.clip = source->clip;
    failure.begin_s = source->begin_s;
    failure.end_s = source->end_s;
  }
  const Lock lock(mutex_);
  ++node.account.failed;
  failures_.push_back(failure);
  if (hooks_.failure) hooks_.failure(failure);
  const OnError& policy = node.plan->on_error;
  const bool over = policy.budget_items && node.account.failed > static_cast<std::uint64_t>(*policy.budget_items);
  if ((policy.action == OnError::Do::fail || over) && !cause_) {
    cause_ = std::make_exception_ptr(
        Error(cause + (over ? " (more failures than the budget of " + std::to_string(*policy.budget_items) + " items allows)" : ""), "",
              "stage \"" + node.plan->name + "\", " + context.name()));
    stopping_ = true;
    if (context_.cancel_flag) context_.cancel_flag->store(true);
  }
}

void Engine::execute(Node& node, Task& task) {
  const auto begin = std::chrono::steady_clock::now();
  const ItemId id = task.id;
  const std::uint64_t sequence = task.sequence;
  const std::size_t reserved = task.reserved_bytes;
  std::vector<Outgoing> out;
  try {
    const auto surroundings = enter_execution_context(
        {&context_, task.lease_wanted || std::any_of(task.joined.parts.begin(), task.joined.parts.end(),
                                                     [](const Message& m) { return m.beside && !m.beside->leases.empty(); })});
    if (node.kind() == Kind::source)
      source_call(node, task, out);
    else if (task.joined.kind == Message::Kind::item)
      item_call(node, task, out);
    else
      scope_call(node, task, out);
  } catch (const Cancelled&) {
    if (!stopping_) cancel(std::make_exception_ptr(Cancelled()));
  } catch (...) {
    cancel(std::current_exception());
  }
  // The inputs die here, before anything new starts: their bytes and leases are free again.
  task.joined = {};
  task.lease.reset();
  const auto end = std::chrono::steady_clock::now();
  {
    const Lock lock(mutex_);
    node.account.busy_s += std::chrono::duration<double>(end - begin).count();
    reserved_bytes_ -= reserved;
    if (hooks_.call)
      hooks_.call({node.plan->name, id.text(), (begin - began_).count(), (end - began_).count(),
                   std::hash<std::thread::id>{}(std::this_thread::get_id())});
  }
  complete(node, sequence, std::move(out));
}

void Engine::source_call(Node& node, Task& task, std::vector<Outgoing>& out) {
  Context context = make_context(node, task.id);
  std::optional<std::vector<Payload>> made;
  try {
    made = node.stage->next(context);
    if (made) *made = checked(node, std::move(*made), {});
    node.failures_in_a_row = 0;
  } catch (const Cancelled&) {
    throw;
  } catch (const std::exception& error) {
    {
      const Lock lock(mutex_);
      ++node.account.in;
      ++node.number;
    }
    record_failure(node, context, short_text(error));
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
  out.push_back({-1, Message::end("epoch", ItemId{node.epoch})});
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
  for (int attempt = 0;; ++attempt) {
    try {
      Symbols symbols;
      for (std::size_t i = 0; i < inputs.size(); ++i) {
        const auto& wanted = node.plan->inputs[i];
        if (wanted.producer < 0) continue;
        const Payload& whole = task.joined.parts[i].payload;
        if (!wanted.field.empty()) {
          Payload part = whole.field(wanted.field);
          if (!part)
            throw Error("the item of stage \"" + plan_.stages[static_cast<std::size_t>(wanted.producer)].name + "\" has no field \"" +
                        wanted.field + "\"");
          inputs[i].second = part.with(whole.share());
        }
        const auto& ports = node.spec().inputs;
        const PortSpec& port = ports[std::min(i, ports.size() - 1)];
        if (auto problem = inputs[i].second.check(port.type, symbols)) throw Error("input port \"" + wanted.port + "\" " + *problem);
      }
      if (task.lease_wanted && !task.lease) {
        const auto resource = static_cast<std::size_t>(node.lease_resource);
        Lease lease{context_.training, context.seed(), task.id, context_.shares_resources};
        task.lease = std::make_shared<LeaseToken>(resources_[resource], leased_[resource], lease);
        if (context_.training) leases.push_back(task.lease);  // otherwise it ends with this call
      }
      if (node.kind() == Kind::gather) {
        gather_add(node, task, context, inputs, shared);
      } else if (node.kind() == Kind::expand) {
        NodeEmit emit(*this, node, context, leases, &inputs);
        node.stage->expand(inputs, emit, context);
        if (node.spec().restores_members) {
          emit.restore_dead(out);
          if (context.members_ && emit.restored() < context.members_->size())
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
      fail_item(node, task.id, shared, dropped.what(), true, out);
      return;
    } catch (const std::exception& error) {
      const bool expanded = node.kind() == Kind::expand;  // its first attempt may have emitted already
      if (node.plan->on_error.action == OnError::Do::retry && attempt < node.plan->on_error.times && !expanded &&
          node.kind() != Kind::gather) {
        std::this_thread::sleep_for(std::chrono::milliseconds(1 << std::min(attempt, 6)));
        continue;
      }
      record_failure(node, context, short_text(error));
      fail_item(node, task.id, shared, short_text(error), false, out);
      return;
    }
  }
}

// The tombstone that takes the item's place.
void Engine::fail_item(Node& node, const ItemId& id, const std::shared_ptr<const Beside>& beside, const std::string& cause, bool dropped,
                       std::vector<Outgoing>& out) {
  const auto stone = std::make_shared<const Tombstone>(Tombstone{node.plan->name, cause, dropped});
  if (dropped) {
    const Lock lock(mutex_);
    ++node.account.dropped;
  }
  // A lease ends with its item: the tombstone does not carry it on.
  auto plain = std::make_shared<Beside>(*beside);
  plain->leases.clear();
  if (node.kind() == Kind::gather) {
    const Lock lock(mutex_);
    if (!node.lost_member) node.lost_member = stone;
    if (!node.pending.empty() && node.pending.back().id == id && node.pending.back().alive()) node.pending.back().lost = *stone;
  } else if (node.kind() == Kind::expand && !node.spec().restores_members) {
    // The scope may have members already: one more that is lost, then its end. Without any, the end alone would look
    // like an empty recording.
    out.push_back({-1, Message::lost(id.child(0xffffffff), stone, plain)});
    out.push_back({-1, Message::end(node.plan->scope, id)});
  } else if (node.kind() != Kind::sink) {
    out.push_back({-1, Message::lost(id, stone, std::move(plain))});
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
  const Message end = task.joined.leading();
  Context context = make_context(node, end.id);
  context.scope_ = {end.scope, end.id};
  if (node.kind() == Kind::sink) {
    node.stage->scope_end(context);
  } else if (node.kind() == Kind::gather) {
    NodeEmit emit(*this, node, context, {}, nullptr);
    emit.gather_scope = context.scope_;
    const bool single = node.spec().one_per_scope;
    std::shared_ptr<const Tombstone> lost;
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
    } catch (const std::exception& error) {
      record_failure(node, context, short_text(error));
      lost = std::make_shared<const Tombstone>(Tombstone{node.plan->name, short_text(error)});
    }
    if (single && lost) out.push_back({-1, Message::lost(end.id, lost, beside_of(context, {}, nullptr))});
    const Lock lock(mutex_);
    if (!single) {
      // What was not part of any emitted item goes on by itself: lost members, and scope ends after the last item.
      for (auto& member : node.pending) {
        if (member.scope_end)
          out.push_back({-1, Message::end(member.scope_end->kind, member.scope_end->id)});
        else if (member.lost)
          out.push_back({-1, Message::lost(member.id, std::make_shared<const Tombstone>(*member.lost), nullptr)});
      }
    }
    // An item that stands for the scope is not inside it; the end of the run is everybody's.
    if (!single || end.scope == "run") out.push_back({-1, end});
    node.pending.clear();
    node.lost_member.reset();
    node.emitted_in_scope = 0;
  } else {
    after_epoch(node, end.id.depth() ? end.id[0] : 0);
    out.push_back({-1, end});
  }
  const Lock lock(mutex_);
  if (end.scope == "run") node.ended = true;
}

void NodeEmit::restore_dead(std::vector<Outgoing>& out) {
  const Members* members = context_.members_.get();
  for (; members && member_ < members->size() && !(*members)[member_].alive(); ++member_) {
    const Member& member = (*members)[member_];
    if (member.scope_end) {
      out.push_back({-1, Message::end(member.scope_end->kind, member.scope_end->id)});
    } else {
      auto beside = std::make_shared<Beside>();
      beside->attachments = member.attachments;
      out.push_back({-1, Message::lost(member.id, std::make_shared<const Tombstone>(*member.lost), std::move(beside))});
    }
  }
}

void NodeEmit::put(std::vector<Payload> outputs) {
  if (engine_.stopping_) throw Cancelled();
  ++emitted_;
  if (discard) return;
  static const Inputs none;
  outputs = engine_.checked(node_, std::move(outputs), inputs_ ? *inputs_ : none);
  std::vector<Outgoing> out;
  ItemId id;
  auto beside = std::make_shared<Beside>();
  beside->leases = leases_;
  if (gather_scope) {
    if (node_.spec().one_per_scope) {
      if (emitted_ > 1) throw Error("the stage emitted a second item for one scope", "its contract says one_per_scope()");
      id = gather_scope->id;
    } else {
      const Engine::Lock lock(engine_.mutex_);
      id = gather_scope->id.child(node_.emitted_in_scope++);
    }
    beside->attachments = context_.in_;
    const Engine::Lock lock(engine_.mutex_);
    beside->members = std::make_shared<const Members>(std::move(node_.pending));
    node_.pending.clear();
  } else if (node_.spec().restores_members) {
    restore_dead(out);
    if (!context_.members_ || member_ >= context_.members_->size())
      throw Error("the stage gave back more items than it was given members", "emit once for each living member");
    const Member& member = (*context_.members_)[member_++];
    id = member.id;
    beside->attachments = member.attachments;
  } else {
    id = context_.id().child(emitted_ - 1);
    beside->attachments = context_.in_;
  }
  beside->attachments.overlay(context_.out_);
  for (std::size_t i = 0; i < outputs.size(); ++i) out.push_back({static_cast<int>(i), Message::item(id, std::move(outputs[i]), beside)});
  Engine::Lock lock(engine_.mutex_);
  // Only stages with a thread of their own may stand still; gathers emit little and go beyond their queues' length.
  if (node_.own_thread && node_.kind() == Kind::expand) {
    node_.waits_for_room = true;
    while (!engine_.stopping_ && !node_.forced && !(engine_.room(node_) && engine_.bytes_allow(node_, true))) {
      engine_.pump(lock);
      if (engine_.stopping_ || node_.forced) break;
      node_.wake.wait_for(lock, std::chrono::milliseconds(100));
    }
    node_.waits_for_room = node_.forced = false;
    if (engine_.stopping_) throw Cancelled();
  }
  for (auto& message : out) engine_.deliver(node_, std::move(message));
  engine_.pump(lock);
}

}  // namespace tivit::detail
