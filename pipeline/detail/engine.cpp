// The life of a run: start, end, cancellation, the account.
#include <tivit/detail/engine.hpp>

namespace tivit::detail {

void Engine::run(const std::function<void()>& tick) {
  {
    Lock lock(mutex_);
    began_ = clock_->now();
    if (hooks_.trace) trace_graph_ = hooks_.trace->add_graph(plan_, began_);
    pump(lock);
    while (!done_) {
      changed_.wait_for(lock, std::chrono::milliseconds(100), [this] { return done_; });
      if (context_.cancelled() && !stopping_) {
        if (!cause_) cause_ = std::make_exception_ptr(Cancelled());
        stopping_ = true;
        const auto nested = nested_;
        pump(lock);
        if (nested) {
          lock.unlock();
          nested->cancel();
          lock.lock();
        }
      }
      if (tick && !done_) {
        lock.unlock();
        tick();
        lock.lock();
      }
    }
  }
  graph_->wait_for_all();
  if (cause_) std::rethrow_exception(cause_);
  if (!called_last_.empty()) call_after(called_last_, {"run", {}}, tick);
}

void Engine::cancel(std::exception_ptr cause) {
  Lock lock(mutex_);
  if (!cause_) cause_ = std::move(cause);
  stopping_ = true;
  if (context_.cancel_flag) context_.cancel_flag->store(true);
  const auto nested = nested_;
  pump(lock);
  lock.unlock();
  // Never with this run's lock held: the graph called reports its failures here under its own.
  if (nested) nested->cancel();
}

// Graphs that are called when an epoch or the run ends: while the lease is free, on the calling stage's thread.
void Engine::call_after(const std::vector<const PlanAfter*>& graphs, const Scope& ended, const std::function<void()>& tick) {
  const std::uint32_t epoch = ended.kind == "epoch" ? ended.id[0] : static_cast<std::uint32_t>(plan_.epochs - 1);
  for (const PlanAfter* after : graphs) {
    if (after->every != ended.kind) continue;
    const auto context = context_of_call(context_, *after, epoch);
    std::vector<std::shared_ptr<Resource>> shared(after->plan->resources.size());
    for (const auto& [here, there] : after->share) shared[static_cast<std::size_t>(there)] = resources_[static_cast<std::size_t>(here)];
    RunHooks hooks;
    hooks.failure = [this, after](Failure failure) {
      failure.stage = after->name + "/" + failure.stage;
      {
        const Lock lock(mutex_);
        failures_.push_back(failure);
      }
      tell(failure);
    };
    hooks.clock = clock_;
    hooks.trace = hooks_.trace;
    const auto run = std::make_shared<Run>(*after->plan, *context, hooks, std::move(shared));
    {
      const Lock lock(mutex_);
      if (stopping_) throw Cancelled();
      nested_ = run;
      calling_ = after;
    }
    std::exception_ptr failed;
    try {
      run->execute([&] {
        if (tick) tick();
        // What ends the graph called ends this run, although a stage there may never return: who watches over the end looks here.
        if (const auto cause = run->cause())
          cancel(cause);
        else if (context_.cancelled())
          run->cancel();
      });
    } catch (...) {
      failed = std::current_exception();
    }
    {
      RunAccount account = run->account();
      const Lock lock(mutex_);
      called_.add_call(after->name, std::move(account));
      nested_.reset();
      calling_ = nullptr;
    }
    if (failed) std::rethrow_exception(failed);
  }
}

// The time in which a stage waits for a graph is no time in which it worked.
void Engine::call_from(Node& node, const Scope& ended) {
  const double begin_s = seconds();
  {
    const Lock lock(mutex_);
    node.waits_since_s = begin_s;
  }
  const auto over = [&] {
    const Lock lock(mutex_);
    const double spent_s = seconds() - begin_s;
    node.waits_since_s.reset();
    node.account.busy_s -= spent_s;
    node.account.called_s += spent_s;
  };
  try {
    call_after(node.after, ended);
  } catch (...) {
    over();
    throw;
  }
  over();
}

std::exception_ptr Engine::cause() const {
  const Lock lock(mutex_);
  return cause_;
}

void Engine::settle() {
  static const std::string fault = "this is a fault of the framework: please report this graph";
  const Lock lock(mutex_);
  for (const auto& node : nodes_) {
    const StageAccount& a = node->account;
    const std::string where = "stage \"" + node->plan->name + "\"";
    if (a.in != a.done + a.failed + a.dropped + a.passed)
      throw Error("the account does not add up: " + std::to_string(a.in) + " items in, but " + std::to_string(a.done) + " done + " +
                      std::to_string(a.failed) + " failed + " + std::to_string(a.dropped) + " dropped + " + std::to_string(a.passed) +
                      " passed on",
                  fault, where);
    for (const auto& port : node->join.ports)
      if (port.same && !port.queue.empty()) throw Error(std::to_string(port.queue.size()) + " items never left its inbox", fault, where);
    if (!node->ended) throw Error("the end of the run never reached it", fault, where);
  }
  for (auto& node : nodes_) {
    node->stage.reset();
    node->pending.clear();
    for (auto& port : node->join.ports) port.queue.clear();
  }
  for (const auto& node : nodes_)
    if (const auto held = node->held_bytes->load(); held != 0)
      throw Error(std::to_string(held) + " bytes that it made were never given back", "whoever received its items still holds them",
                  "stage \"" + node->plan->name + "\"");
  // A share can only be judged when all is done.
  for (const auto& node : nodes_)
    if (const StageTally tally = node->tally();
        static_cast<double>(tally.failures()) > node->plan->on_error.budget * static_cast<double>(tally.tried()))
      throw Error(
          std::to_string(tally.failures()) + " of " + std::to_string(tally.tried()) + " items failed, more than its error budget allows",
          "see quarantine.jsonl, or allow more in on_error", "stage \"" + node->plan->name + "\"");
}

}  // namespace tivit::detail
