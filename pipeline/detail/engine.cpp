// The life of a run: start, end, cancellation, the account.
#include <tivit/detail/engine.hpp>
#include <tivit/execution_context.hpp>

namespace tivit::detail {

void Engine::run(const std::function<void()>& tick) {
  {
    Lock lock(mutex_);
    began_ = std::chrono::steady_clock::now();
    pump(lock);
    while (!done_) {
      changed_.wait_for(lock, std::chrono::milliseconds(100), [this] { return done_; });
      if (context_.cancelled() && !stopping_) {
        if (!cause_) cause_ = std::make_exception_ptr(Cancelled());
        stopping_ = true;
        if (nested_) nested_->cancel();
        pump(lock);
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
}

void Engine::cancel(std::exception_ptr cause) {
  Lock lock(mutex_);
  if (!cause_) cause_ = std::move(cause);
  stopping_ = true;
  if (context_.cancel_flag) context_.cancel_flag->store(true);
  if (nested_) nested_->cancel();
  pump(lock);
}

std::exception_ptr Engine::cause() const {
  const Lock lock(mutex_);
  return cause_;
}

bool Engine::finished() const {
  const Lock lock(mutex_);
  return done_;
}

void Engine::after_epoch(Node& node, std::uint32_t epoch) {
  for (const PlanAfter* after : node.after) {
    const auto context = context_.nested(after->name, context_.first_epoch + epoch);
    context->training = after->plan->training;
    context->epochs = after->plan->epochs;
    std::vector<std::shared_ptr<Resource>> shared(after->plan->resources.size());
    for (const auto& [here, there] : after->share) shared[static_cast<std::size_t>(there)] = resources_[static_cast<std::size_t>(here)];
    RunHooks hooks;
    hooks.failure = hooks_.failure;
    Run run(*after->plan, *context, hooks, std::move(shared));
    {
      const Lock lock(mutex_);
      if (stopping_) throw Cancelled();
      nested_ = &run;
    }
    try {
      run.execute();
    } catch (...) {
      const Lock lock(mutex_);
      nested_ = nullptr;
      throw;
    }
    const Lock lock(mutex_);
    nested_ = nullptr;
  }
}

RunAccount Engine::account() const {
  const Lock lock(mutex_);
  RunAccount account;
  for (const auto& node : nodes_) account.stages.push_back(node->account);
  account.failures = failures_;
  return account;
}

RunProgress Engine::progress() const {
  const Lock lock(mutex_);
  RunProgress progress;
  for (const auto& node : nodes_) {
    std::size_t queued = 0;
    for (const auto& port : node->join.ports) queued = std::max(queued, port.queue.size());
    progress.stages.push_back({node->plan->name, node->account.in, node->account.out, queued, node->running});
  }
  for (const auto& node : nodes_)
    if (node->kind() == Kind::source && node->stage)
      if (const auto expected = node->stage->expected()) progress.expected = std::max(progress.expected.value_or(0), *expected);
  progress.bytes_in_flight = bytes_->load();
  progress.peak_bytes = peak_bytes_;
  return progress;
}

void Engine::settle() {
  const Lock lock(mutex_);
  for (const auto& node : nodes_) {
    const StageAccount& a = node->account;
    const std::string where = "stage \"" + node->plan->name + "\"";
    if (a.in != a.done + a.failed + a.dropped + a.passed)
      throw Error("the account does not add up: " + std::to_string(a.in) + " items in, but " + std::to_string(a.done) + " done + " +
                      std::to_string(a.failed) + " failed + " + std::to_string(a.dropped) + " dropped + " + std::to_string(a.passed) +
                      " passed on",
                  "", where);
    for (const auto& port : node->join.ports)
      if (port.same && !port.queue.empty()) throw Error(std::to_string(port.queue.size()) + " items never left its inbox", "", where);
    if (!node->ended) throw Error("the end of the run never reached it", "", where);
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
  // A percentage can only be judged against all that was made.
  std::uint64_t produced = 0;
  for (const auto& node : nodes_)
    if (node->kind() == Kind::source) produced += node->account.in;
  for (const auto& node : nodes_)
    if (static_cast<double>(node->account.failed) > node->plan->on_error.budget * static_cast<double>(produced) && node->account.failed)
      throw Error(
          std::to_string(node->account.failed) + " of " + std::to_string(produced) + " items failed, more than its error budget allows",
          "see quarantine.jsonl", "stage \"" + node->plan->name + "\"");
}

}  // namespace tivit::detail
