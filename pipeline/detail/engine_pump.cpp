// What happens after every change: all that can start does, downstream first; a run that stands still is pushed on.
#include <tivit/detail/engine.hpp>
#include <tivit/detail/thread_sanitizer.hpp>

#include <algorithm>

namespace tivit::detail {

void Engine::pump(Lock&, Start* mine) {
  if (done_) return;
  try {
    if (!stopping_) move();
    if (stopping_)
      done_ = running_ == 0;
    else if (running_ == standing_)
      stand_still();
  } catch (...) {
    if (!cause_) cause_ = std::current_exception();
    stopping_ = true;
    if (context_.cancel_flag) context_.cancel_flag->store(true);
    take_back_starts();
    done_ = running_ == 0;
  }
  if (standing_ || stopping_) wake_emits();
  if (stopping_) stopped_.notify_all();
  if (done_) {
    if (!ended_s_) ended_s_ = seconds();
    changed_.notify_all();
  }
  dispatch(mine);
}

// Every stage that something has changed for does what it can. Bytes and leases come back on any thread, without a word: who
// lacks them is asked each time.
void Engine::move() {
  do {
    passed_ = false;
    concerned_.add(waiting_);
    waiting_.clear();
    while (true) {
      const bool worker_free = pool_running_ < std::max(1, plan_.threads.pipeline);
      const int last = concerned_.last(worker_free ? &ready_ : nullptr);
      if (last < 0) break;
      Node& node = *nodes_[static_cast<std::size_t>(last)];
      concerned_.remove(last);
      if (!worker_free && !node.own_thread && node.join.item_leads()) {
        refuse(node, node.running >= node.limit ? Lack::nothing : node.ended ? Lack::ended : Lack::worker);  // looked at when one is free
        ready_.add(last);
        continue;
      }
      ready_.remove(last);
      advance(node);
    }
  } while (passed_);
}

void Engine::advance(Node& node) {
  while (node.running < node.limit) {  // its completion concerns it again
    std::optional<Message::Kind> next;
    if (node.kind() != Kind::source) {
      next = node.join.peek();
      if (node.join.passed_over()) passed_ = true, took_from(node);
      if (!next) return (void)refuse(node, node.ended ? Lack::ended : Lack::input);
    }
    if (!(next && !needs_call(node, *next) ? pass(node, *next) : start(node, next, false))) return;
  }
}

// Nothing moves: all is done, or only room, bytes or an emit() that stands still can be the reason. The stage furthest
// downstream then goes on beyond its limit, by one item; so no budget can bring a run to a standstill.
void Engine::stand_still() {
  for (auto& node : nodes_) concerned_.add(node->index);
  move();
  if (running_ != standing_) return;
  if (running_ == 0 && std::all_of(nodes_.begin(), nodes_.end(), [](const auto& node) { return node->ended && node->idle(); })) {
    done_ = true;
    return;
  }
  for (auto& node : nodes_)
    if (node->waits_for_room && !node->forced && room(*node) && bytes_allow(*node, true)) return;  // it is about to wake up
  for (auto node = nodes_.rbegin(); node != nodes_.rend(); ++node) {
    if ((*node)->waits_for_room) {
      if ((*node)->forced) return;
      (*node)->forced = true;
      (*node)->wake.notify_all();
      --standing_;
      return;
    }
    const bool source = (*node)->kind() == Kind::source;
    const auto next = source ? std::nullopt : (*node)->join.peek();
    if ((source || (next && needs_call(**node, *next))) && start(**node, next, true)) return;
  }
  std::string waits;
  for (auto& node : nodes_)
    if (!node->ended) waits += (waits.empty() ? "" : ", ") + node->plan->name;
  throw Error("the run stands still: these stages wait for input that never comes: " + waits, "please report this graph");
}

void Engine::take_back_starts() {
  for (auto& start : starts_) {
    --start.node->running;
    start.node->begun_s -= start.task->known_s;
    for (const Task* task = start.task.get(); task; task = task->next.get()) give_back_reserved(*start.node);
    std::erase_if(start.node->under_way, [&](const UnderWay& one) { return one.task == start.task.get(); });
    --running_;
    if (!start.node->own_thread) --pool_running_;
  }
  starts_.clear();
}

void Engine::wake_emits() {
  for (auto& node : nodes_)
    if (node->waits_for_room && (stopping_ || node->forced || (room(*node) && bytes_allow(*node, true)))) node->wake.notify_all();
}

// The first call for the pool goes to the worker that asks, as `mine`; the others are handed to oneTBB.
void Engine::dispatch(Start* mine) {
  for (auto& start : starts_) {
    if (start.node->own_thread) {
      start.node->slot = std::move(start.task);
      start.node->wake.notify_all();
    } else if (mine && !mine->node) {
      *mine = std::move(start);
    } else {
      start.node->ready.push_back(std::move(start.task));
      hand_over();
      workers_[static_cast<std::size_t>(start.node->index)]->try_put(start.node->index);
    }
  }
  starts_.clear();
}

}  // namespace tivit::detail
