// Threads at work: a call, then what it leads to.
#include <tivit/detail/engine.hpp>
#include <tivit/detail/foreign.hpp>
#include <tivit/execution_context.hpp>

#include <algorithm>

namespace tivit::detail {

void Task::let_go() {
  joined.parts.clear();
  lease.reset();
  for (auto& [name, payload] : inputs) payload = {};
  context.in_ = {};
  context.out_ = {};
  context.members_.reset();
  if (!context.scope_.kind.empty()) context.scope_ = {};
}

Engine::Lock Engine::locked() const {
  // It is held for a fraction of a microsecond; sleeping and waking takes ten times as long.
  Lock lock(mutex_, std::try_to_lock);
  for (int i = 0; !lock && i < 200; ++i) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#endif
    lock.try_lock();
  }
  if (!lock) lock.lock();
  return lock;
}

std::unique_ptr<Task> Engine::new_task(Node& node) {
  if (!node.spare.empty()) {
    auto task = std::move(node.spare.back());
    node.spare.pop_back();
    return task;
  }
  auto task = std::make_unique<Task>();
  for (const auto& input : node.plan->inputs) task->inputs.emplace_back(input.port, Payload());
  task->context.run_ = &context_;
  task->context.stage_ = node.plan->name;
  task->context.spec_ = &node.spec();
  return task;
}

Trace::Buffer& Engine::trace_of(const Node& node) const {
  static const std::string pool;
  return hooks_.trace->mine(node.own_thread ? node.plan->name : pool);
}

void Engine::trace_call(const Node& node, const Task& task, double begin_s, double end_s) const {
  const bool end = node.kind() != Kind::source && task.joined.kind == Message::Kind::scope_end;
  trace_of(node).call({trace_graph_, node.index, task.id, end, false, begin_s, end_s, -1, 0});
}

void Engine::work(Start start) {
  double begin_s = seconds();
  while (start.node) {
    execute_all(*start.node, *start.task, begin_s);
    const double end_s = seconds();
    if (hooks_.trace && !start.task->next) trace_call(*start.node, *start.task, begin_s, end_s);
    Start next;
    Lock lock = locked();
    complete(std::move(start), begin_s, end_s);
    pump(lock, &next);
    start = std::move(next);
    begin_s = end_s;
  }
}

void Engine::own_thread_loop(Node& node) {
  Lock lock(mutex_);
  while (true) {
    node.wake.wait(lock, [&] { return node.slot || node.stop; });
    if (!node.slot) return;
    Start start{&node, std::move(node.slot)};
    lock.unlock();
    const double begin_s = seconds();
    execute_all(node, *start.task, begin_s);
    const double end_s = seconds();
    if (hooks_.trace) trace_call(node, *start.task, begin_s, end_s);
    lock = locked();
    complete(std::move(start), begin_s, end_s);
    pump(lock);
  }
}

void Engine::execute_all(Node& node, Task& first, double begin_s) {
  bool over = false;
  const bool several = hooks_.trace && first.next;
  for (Task* task = &first; task; task = task->next.get()) {
    task->done = task->made = task->ended = false;
    if (!over) execute(node, *task);
    task->let_go();  // before anything new starts
    over = over || task->ended || stopping_;
    if (several) {
      const double end_s = seconds();
      trace_call(node, *task, begin_s, end_s);
      begin_s = end_s;
    }
  }
}

void Engine::execute(Node& node, Task& task) {
  task.context.id_ = task.id;
  task.context.epoch_ = epoch_of(node, task.id);
  const bool leased = task.lease || std::any_of(task.joined.parts.begin(), task.joined.parts.end(),
                                                [](const Message& m) { return m.beside && !m.beside->leases.empty(); });
  try {
    const Surroundings surroundings({&context_, leased});
    if (node.kind() == Kind::source)
      source_call(node, task, task.out);
    else if (task.joined.kind == Message::Kind::item)
      item_call(node, task, task.out);
    else
      scope_call(node, task, task.out);
  } catch (const Cancelled&) {
    if (!stopping_ && context_.cancelled())
      cancel(std::make_exception_ptr(Cancelled()));
    else if (!stopping_)
      cancel(std::make_exception_ptr(Error("the stage threw tivit::Cancelled in a run that nobody cancelled", "throw tivit::Error",
                                           "stage \"" + node.plan->name + "\"")));
  } catch (const Error& error) {
    cancel(std::make_exception_ptr(error.located("stage \"" + node.plan->name + "\"")));
  } catch (const std::exception& error) {
    cancel(std::make_exception_ptr(Error(short_text(error), "", "stage \"" + node.plan->name + "\"")));
  } catch (...) {  // of what native() does not surround, such as an item's type
    cancel(std::make_exception_ptr(
        Error("something was thrown that is no std::exception", "throw tivit::Error", "stage \"" + node.plan->name + "\"")));
  }
}

void Engine::complete(Start start, double begin_s, double end_s) {
  Node& node = *start.node;
  if (hooks_.trace)
    // Once the trace is full, the last one kept is an older call, of which this is known.
    if (auto& calls = trace_of(node).calls; !calls.empty() && calls.back().queued < 0 && !calls.back().waits) {
      std::size_t queued = 0;
      for (const auto& port : node.join.ports) queued = std::max(queued, port.queue.size());
      calls.back().queued = static_cast<std::int32_t>(queued);
      calls.back().bytes = bytes_->now();
    }
  node.account.busy_s += end_s - begin_s;
  node.begun_s -= start.task->known_s;
  std::erase_if(node.under_way, [&](const UnderWay& one) { return one.task == start.task.get(); });
  now_s_ = end_s;
  int calls = 0;
  for (auto task = std::move(start.task); task; ++calls) {
    auto next = std::move(task->next);
    leave(node, std::move(task));
    task = std::move(next);
  }
  node.account.calls += static_cast<std::uint64_t>(calls);
  node.mean_s += 0.1 * ((end_s - begin_s) / calls - node.mean_s);
  --node.running;
  --running_;
  if (!node.own_thread) --pool_running_;
  concerned_.add(node.index);
}

void Engine::leave(Node& node, std::unique_ptr<Task> task) {
  give_back_reserved(node);
  if (task->done) ++node.account.done;
  if (task->made) ++node.account.in, ++node.number;
  if (task->ended) node.number = 0;
  for (std::size_t i = 0; i < task->bytes.size(); ++i) node.sent_bytes[i] += task->bytes[i];
  task->bytes.clear();
  finish(node, task->sequence, task->out);
  task->out.clear();
  node.spare.push_back(std::move(task));
}

}  // namespace tivit::detail
