#include <tivit/run_signals.hpp>

#include <unistd.h>

#include <chrono>
#include <tivit/run_program.hpp>

namespace tivit {
namespace {

std::atomic<int> signals_seen{0};
std::atomic<bool> questions{false};
std::atomic<std::atomic<bool>*> cancel_on_signal{nullptr};

extern "C" void on_cancel(int) {
  // A second Ctrl-C does not wait for anything.
  if (signals_seen.fetch_add(1) > 0) ::_exit(exit_cancelled);
  if (auto* flag = cancel_on_signal.load()) flag->store(true);
}
extern "C" void on_question(int) { questions.store(true); }

}  // namespace

SignalScope::SignalScope(std::atomic<bool>& cancel) {
  signals_seen = 0;
  questions = false;
  cancel_on_signal = &cancel;
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) handle(number, on_cancel);
  handle(SIGUSR1, on_question);
  handle(SIGPIPE, SIG_IGN);  // whoever read the table or the progress may go: the run goes on
  handle(SIGXFSZ, SIG_IGN);  // a file that may not grow (ulimit -f) is an error like a full disk, and no reason to die
}

SignalScope::~SignalScope() {
  cancel_on_signal = nullptr;
  for (const auto& [number, before] : before_) sigaction(number, &before, nullptr);
}

void SignalScope::handle(int signal, void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  sigemptyset(&action.sa_mask);
  if (handler == on_question) action.sa_flags = SA_RESTART;  // it only asks: reads and writes under way go on
  sigaction(signal, nullptr, &before_[signal]);
  const bool nohup = signal == SIGHUP && before_[signal].sa_handler == SIG_IGN;
  if (!nohup) sigaction(signal, &action, nullptr);
}

bool SignalScope::asked() { return questions.exchange(false); }

Watchdog::Watchdog(std::shared_ptr<std::atomic<bool>> stopping, std::function<void()> last_words)
    : stopping_(std::move(stopping)), last_words_(std::move(last_words)), thread_([this] { watch(); }) {}

Watchdog::~Watchdog() {
  {
    const std::lock_guard lock(mutex_);
    called_off_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void Watchdog::watch() {
  constexpr std::chrono::milliseconds glance(100), patience(1500);  // a signal handler can tell no one: it sets the flag
  std::unique_lock lock(mutex_);
  while (!stopping_->load())
    if (changed_.wait_for(lock, glance, [this] { return called_off_; })) return;
  if (!changed_.wait_for(lock, patience, [this] { return called_off_; })) last_words_();
}

}  // namespace tivit
