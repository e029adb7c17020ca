// Threads, cancellation, and going on with saved state.
#include <tivit/testing/detail/checks.hpp>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <thread>

namespace tivit::testing {

void Checks::threads() {
  constexpr int workers = 4;
  for (int i = 0; i < 2; ++i) {
    // Calls that begin first take longest, so that those that overlap end in another order.
    const Observed seen = run(stream.events, {workers, [](Harness&, const Call& call, Context&) {
                                                const auto rank = call.id.depth() ? 3 - call.id.back() % 4 : 0;
                                                std::this_thread::sleep_for(std::chrono::microseconds(500 * rank));
                                              }});
    const std::string when = "with " + std::to_string(workers) + " threads";
    if (fell("threads", when, seen)) return;
    const std::string text = difference(calm, seen);
    if (!text.empty()) return say("threads", when + ", it gives something else than with one: " + text);
  }
}

namespace {

/// Processor time that this thread was given.
double worked_s() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

/// Works until `over` or for so long: on a busy machine, whoever is waited for got no more time than this thread.
template <class Over>
bool works_until(const Over& over, double seconds) {
  const double begin = worked_s();
  while (!over())
    if (worked_s() - begin > seconds) return false;
  return true;
}

}  // namespace

void Checks::cancel() {
  struct Shared {
    Observed seen;
    std::atomic<bool> asked{false}, over{false};
  };
  const auto shared = std::make_shared<Shared>();
  const auto wanted = std::min<std::size_t>(2, calm.calls.size() - 1);
  // On a thread that is left to itself if the stage hangs: everything that it uses is its own.
  std::thread([shared, subject = subject, events = stream.events, ports = stream.ports, wanted] {
    std::atomic<std::size_t> calls{0};
    shared->seen = observe(subject, events, ports, {1, [&](Harness& harness, const Call&, Context&) {
                                                      if (calls++ != wanted) return;
                                                      harness.cancel();
                                                      shared->asked = true;
                                                    }});
    shared->over = true;
  }).detach();
  constexpr auto longest = std::chrono::minutes(2);  // the calm runs before this one made the same calls
  const auto begin = std::chrono::steady_clock::now();
  while (!shared->asked && !shared->over) {
    if (std::chrono::steady_clock::now() - begin > longest) return say("cancel", "it hangs before it is cancelled");
    std::this_thread::sleep_for(std::chrono::microseconds(100));
  }
  if (!works_until([&] { return shared->over.load(); }, subject.stops_within_s))
    return say("cancel", "the run still goes on " + std::to_string(subject.stops_within_s).substr(0, 4) + " s after it was cancelled");
  const Observed& seen = shared->seen;
  for (const auto& odd : seen.odd) say("cancel", "it " + odd);
  if (!seen.account.failures.empty())
    say("cancel", "it fails on item " + seen.account.failures.back().item +
                      " instead of letting Cancelled through: " + seen.account.failures.back().cause);
}

void Checks::save_and_restore() {
  // Where the whole run is gathered there are no snapshots to go on from, and no need to save anything.
  if (spec.kind == Kind::gather && !spec.stateful && scope_of(spec, subject.settings) == "run") return;
  bool moved = false;
  std::string unsteady;
  const Observed seen = run(stream.events, {1, [&](Harness& harness, const Call& call, Context&) {
                                              if (moved || (call.id.depth() && call.id[0] == 0)) return;
                                              moved = true;
                                              const std::string saved = harness.stage().save_state();
                                              harness.renew();
                                              if (spec.stateful && harness.stage().save_state() != saved)
                                                unsteady = "a stage that loads what another saved saves something else";
                                            }});
  if (!unsteady.empty()) return say("save/restore", unsteady);
  const std::string when = "in a run that is resumed after the first epoch";
  if (fell("save/restore", when, seen)) return;
  const std::string text = difference(calm, seen);
  if (!text.empty()) say("save/restore", when + ": " + text);
}

}  // namespace tivit::testing
