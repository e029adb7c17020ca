#include <tivit/run_program.hpp>

#include <signal.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <condition_variable>
#include <map>
#include <nlohmann/json.hpp>
#include <thread>
#include <tivit/atomic_file.hpp>
#include <tivit/progress.hpp>
#include <tivit/recording_stage.hpp>
#include <tivit/run_directory.hpp>
#include <tuple>

namespace tivit {
namespace {

std::atomic<int> signals_seen{0};
std::atomic<std::atomic<bool>*> cancel_on_signal{nullptr};

extern "C" void on_signal(int) {
  // A second Ctrl-C does not wait for anything.
  if (signals_seen.fetch_add(1) > 0) ::_exit(exit_cancelled);
  if (auto* flag = cancel_on_signal.load()) flag->store(true);
}

/// Ctrl-C, SIGTERM and a terminal that went away, while it lives.
class SignalScope {
 public:
  explicit SignalScope(std::atomic<bool>& flag) {
    signals_seen = 0;
    cancel_on_signal = &flag;
    struct sigaction action {};
    sigemptyset(&action.sa_mask);
    for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGXFSZ}) {
      // A file that may not grow (ulimit -f) is an error like a full disk, and no reason to die.
      action.sa_handler = number == SIGXFSZ ? SIG_IGN : on_signal;
      sigaction(number, nullptr, &before_[number]);
      const bool nohup = number == SIGHUP && before_[number].sa_handler == SIG_IGN;
      if (!nohup) sigaction(number, &action, nullptr);
    }
  }
  ~SignalScope() {
    cancel_on_signal = nullptr;
    for (const auto& [number, before] : before_) sigaction(number, &before, nullptr);
  }

 private:
  std::map<int, struct sigaction> before_;
};

/// Ends the process 1.5 s after the run began to stop (Ctrl-C, or a failure), even while a stage still computes or a decoder stands
/// still; the account is written first.
class Watchdog {
 public:
  Watchdog(std::shared_ptr<std::atomic<bool>> stopping, std::function<void()> last_words)
      : stopping_(std::move(stopping)), last_words_(std::move(last_words)), thread_([this] { watch(); }) {}
  ~Watchdog() {
    {
      const std::lock_guard lock(mutex_);
      called_off_ = true;
    }
    changed_.notify_all();
    thread_.join();
  }

 private:
  void watch() {
    constexpr std::chrono::milliseconds glance(100), patience(1500);  // a signal handler can tell no one: it sets the flag
    std::unique_lock lock(mutex_);
    while (!stopping_->load())
      if (changed_.wait_for(lock, glance, [this] { return called_off_; })) return;
    if (!changed_.wait_for(lock, patience, [this] { return called_off_; })) last_words_();
  }

  std::shared_ptr<std::atomic<bool>> stopping_;
  std::function<void()> last_words_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool called_off_ = false;
  std::thread thread_;
};

/// How a run that was stopped ended: the account's word for it, and the exit code.
std::pair<std::string, ExitCode> outcome_of(const std::exception_ptr& cause) try {
  if (cause) std::rethrow_exception(cause);
  return {"cancelled", exit_cancelled};
} catch (const Cancelled&) {
  return {"cancelled", exit_cancelled};
} catch (const std::exception& error) {
  return {std::string("failed: ") + error.what(), exit_failed};
}

/// log.jsonl: one JSON object a line.
class JsonLines final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  explicit JsonLines(std::filesystem::path path) : path_(std::move(path)) {}

 private:
  void sink_it_(const spdlog::details::log_msg& message) override {
    const auto level = spdlog::level::to_string_view(message.level);
    const double unix_s = std::chrono::duration<double>(message.time.time_since_epoch()).count();
    const nlohmann::ordered_json line{{"unix_s", unix_s},
                                      {"level", std::string(level.data(), level.size())},
                                      {"text", std::string(message.payload.data(), message.payload.size())}};
    try {
      append_whole(path_, line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
    } catch (const Error&) {
      // A full disk does not end the run for a line of its log; the terminal has it.
    }
  }
  void flush_() override {}
  std::filesystem::path path_;
};

/// Without these instructions bf16 is emulated, and slower than fp32.
bool computes_bf16() {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx512bf16");
#else
  return false;
#endif
}

RunDirectory open_directory(const Plan& plan, const RunProgramOptions& options) {
  if (!options.resume.empty()) return RunDirectory::reopen(options.resume);
  return RunDirectory(options.run_directory.empty() ? plan.directory / plan.name : options.run_directory);
}

void refuse_another_graph(const std::vector<std::string>& differences, const std::filesystem::path& directory) {
  if (differences.empty()) return;
  std::string text = "this is not the run that began here:";
  for (const auto& line : differences) text += "\n  " + line;
  throw Error(text, "give what was given then, or --resume-anyway to go on with the change", directory.string());
}

void start_log(const std::filesystem::path& directory) {
  auto console = std::make_shared<spdlog::sinks::stderr_color_sink_mt>();
  // On a terminal the cursor stands on the first of the progress lines: they make way.
  console->set_pattern(::isatty(STDERR_FILENO) ? "\r\033[J%^%l%$: %v" : "%^%l%$: %v");
  auto file = std::make_shared<JsonLines>(directory / "log.jsonl");
  spdlog::set_default_logger(std::make_shared<spdlog::logger>("tivit", spdlog::sinks_init_list{console, file}));
  spdlog::flush_on(spdlog::level::info);
}

/// A replay that ended without a failure.
ExitCode replayed(const Plan& plan, const RunAccount& account) {
  const std::string what = "item " + (plan.only->target.depth() ? plan.only->target.text() : "of the whole run");
  if (account.stages.back().done == 0) {
    spdlog::error("{} did not come to stage {} again", what, plan.stages.back().name);
    return exit_failed;
  }
  spdlog::info("stage {} works on {} now", plan.stages.back().name, what);
  return exit_ok;
}

}  // namespace

int run_program(const Plan& plan, const RunProgramOptions& options) try {
  for (const auto& name : options.record) check_recordable(plan, name);
  const auto cancel = std::make_shared<std::atomic<bool>>(false);
  const SignalScope signals(*cancel);
  const std::string precision = plan.precision == "auto" ? (computes_bf16() ? "bf16" : "fp32") : plan.precision;
  RunDirectory directory = open_directory(plan, options);
  std::optional<Snapshot> from;
  if (!options.resume.empty()) {
    if (!options.resume_anyway) refuse_another_graph(directory.differences(plan, precision), directory.path());
    if (directory.finished() && !options.resume_anyway) {
      std::fprintf(stderr, "this run was finished; results in %s\n", directory.path().c_str());
      return exit_ok;
    }
    from = directory.rewind();
  }
  start_log(directory.path());
  const std::uint32_t epochs_before = from ? from->epochs : 0;
  if (from) spdlog::info("resumed; {} of {} epochs were done", from->epochs, plan.epochs);
  if (!from && !options.resume.empty()) spdlog::info("no epoch was done: the run begins anew");

  RecordingContext context(directory);
  if (!options.resume.empty()) context.recall();
  take_settings(context, plan);
  context.precision = precision;
  context.shares_resources = options.called;
  directory.write_start(plan, precision, options.command);
  context.cancel_flag = cancel;

  std::vector<CallRecord> calls;
  RunHooks hooks;
  hooks.failure = [&](const Failure& failure) {
    directory.quarantine(failure);
    const std::string where = !failure.clip.empty()   ? "on " + failure.clip
                              : !failure.item.empty() ? "on item " + failure.item
                                                      : "at the end of the run";
    spdlog::warn("stage {} failed {}: {}", failure.stage, where, failure.cause);
  };
  hooks.snapshot = [&](Snapshot snapshot) { directory.keep(std::move(snapshot)); };
  std::map<std::string, std::shared_ptr<RecordingWriter>> recordings;
  for (const auto& name : options.record) recordings[name] = nullptr;
  if (!recordings.empty())
    hooks.wrap = [&](const PlanStage& stage, std::unique_ptr<Stage> inner) {
      if (!recordings.contains(stage.name)) return inner;
      const auto writer = recordings[stage.name] = std::make_shared<RecordingWriter>(directory.path() / "record" / stage.name, stage);
      return recorded_stage(std::move(inner), writer);
    };
  if (options.trace) hooks.call = [&](const CallRecord& call) { calls.push_back(call); };

  ProgressLine line(plan, options.quiet);
  std::unique_ptr<Run> run;
  std::atomic<Run*> at_work{nullptr};
  std::string outcome = "finished";
  int code = exit_ok;
  try {
    Watchdog watchdog(cancel, [&] {
      const Run* stuck = at_work;
      const auto [last_outcome, last_code] = outcome_of(stuck ? stuck->cause() : nullptr);
      try {
        directory.write_account(stuck ? stuck->account() : RunAccount(), last_outcome, epochs_before);
      } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
      }
      std::fprintf(stderr, "%s; what was still at work was left behind\n", last_outcome.c_str());
      ::_exit(last_code);
    });
    run = std::make_unique<Run>(plan, context, hooks);
    at_work = run.get();
    if (from) run->restore(*from);
    if (options.states) run->restore(*options.states);
    run->execute([&] { line.tick(run->progress(), context); });
  } catch (...) {
    std::tie(outcome, code) = outcome_of(std::current_exception());
  }
  line.end();
  const RunAccount account = run ? run->account() : RunAccount();
  if (code == exit_ok && (!account.failures.empty() || directory.has_quarantine())) {
    code = exit_quarantined;
    spdlog::warn("{} failures; they are named in {}", account.failures.size(), (directory.path() / "quarantine.jsonl").string());
  }
  if (plan.only && code == exit_ok) code = replayed(plan, account);
  try {
    directory.write_account(account, outcome, epochs_before);
    if (options.trace) directory.write_trace(calls);
  } catch (const std::exception& error) {
    if (code != exit_cancelled) code = exit_failed;
    outcome += std::string("; ") + error.what();
  }
  run.reset();
  if (code == exit_failed) spdlog::error("{}", outcome);
  if (code == exit_cancelled) spdlog::warn("cancelled; what was finished lies in {}", directory.path().string());
  if (code == exit_ok || code == exit_quarantined) spdlog::info("finished; results in {}", directory.path().string());
  spdlog::default_logger()->flush();
  return code;
} catch (const std::exception& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return exit_wrong_input;  // nothing was started yet
}

}  // namespace tivit
