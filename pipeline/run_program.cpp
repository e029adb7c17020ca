#include <tivit/run_program.hpp>

#include <poll.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <set>
#include <tivit/account_text.hpp>
#include <tivit/atomic_file.hpp>
#include <tivit/expected_source.hpp>
#include <tivit/explanation.hpp>
#include <tivit/progress.hpp>
#include <tivit/recording_stage.hpp>
#include <tivit/run_directory.hpp>
#include <tivit/run_log.hpp>
#include <tivit/run_report.hpp>
#include <tivit/run_signals.hpp>
#include <tivit/stall_watch.hpp>
#include <tivit/text_format.hpp>
#include <tuple>

namespace tivit {
namespace {

/// How a run that was stopped ended: the account's word for it, and the exit code.
std::pair<std::string, ExitCode> outcome_of(const std::exception_ptr& cause) try {
  if (cause) std::rethrow_exception(cause);
  return {"cancelled", exit_cancelled};
} catch (const Cancelled&) {
  return {"cancelled", exit_cancelled};
} catch (const std::exception& error) {
  return {std::string("failed: ") + error.what(), exit_failed};
}

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

RunHooks hooks_of(const Plan& plan, const RunProgramOptions& options, RunDirectory& directory, const RunContext& context) {
  RunHooks hooks;
  // A clip that is drawn again fails in the same way: quarantine.jsonl has every time, the screen the first.
  const auto told = std::make_shared<std::set<std::string>>();
  hooks.failure = [&directory, told](const Failure& failure) {
    directory.quarantine(failure);
    const std::string where = !failure.clip.empty()   ? "on " + failure.clip
                              : !failure.item.empty() ? "on item " + failure.item
                                                      : "at the end of the run";
    const std::string text = "stage " + failure.stage + " failed " + where + ": " + failure.cause;
    if (told->insert(text).second) spdlog::warn("{}", text);
  };
  hooks.snapshot = [&](Snapshot snapshot) { directory.keep(std::move(snapshot)); };
  if (plan.only && options.expected)
    hooks.wrap = [&](const PlanStage& stage, std::unique_ptr<Stage> inner) {
      return stage.name == plan.stages.back().name ? expecting(std::move(inner), plan.only->target, *options.expected) : std::move(inner);
    };
  if (!options.record.empty())
    hooks.wrap = [&](const PlanStage& stage, std::unique_ptr<Stage> inner) {
      const auto& names = options.record;
      if (std::find(names.begin(), names.end(), stage.name) == names.end()) return inner;
      return recorded_stage(std::move(inner),
                            std::make_shared<RecordingWriter>(directory.path() / "record" / stage.name, plan, stage, context));
    };
  if (options.trace) hooks.trace = std::make_shared<Trace>();
  return hooks;
}

// Where the time went. A run that is over at once needs no such talk.
constexpr double summary_s = 1;
void summarise(const RunAccount& account) {
  std::string words;
  for (const auto& sentence : explained(account)) words += (words.empty() ? "" : " ") + sentence;
  spdlog::info("{}\n{}", words, account_table(account));
}

void write_report(const std::filesystem::path& directory) try {
  write_file(directory / "report.html", report_html(directory));
} catch (const std::exception& error) {
  spdlog::warn("there is no report.html: {}", error.what());
}

/// To a reader who reads: others may stand still in the middle of a write, and hold what a stream is guarded by.
void last_words(const std::string& text) {
  pollfd terminal{STDERR_FILENO, POLLOUT, 0};
  if (::poll(&terminal, 1, 0) == 1 && terminal.revents & POLLOUT) ::dprintf(STDERR_FILENO, "%s\n", text.c_str());
}

/// A replay in which the stage that failed then did not fail. Members of a batch may have been lost on the way, as they were then.
ExitCode replayed(const Plan& plan, const RunAccount& account) {
  const std::string what = "item " + (plan.only->target.depth() ? plan.only->target.text() : "of the whole run"),
                    stage = plan.stages.back().name;
  // A source is asked for the items before this one too, and makes them for nobody.
  const bool source = plan.stages.back().spec->kind == Kind::source;
  if ((source ? account.stages.back().out : account.stages.back().done) > 0) {
    spdlog::info("stage {} works on {} now", stage, what);
    return exit_ok;
  }
  if (account.stages.back().dropped > 0) {
    spdlog::info("stage {} drops {} now", stage, what);
    return exit_ok;
  }
  if (account.failures.empty())
    spdlog::error("{} did not come to stage {}: the stages before it made no such item", what, stage);
  else
    spdlog::error("{} did not come to stage {}: stage {} failed before it", what, stage, account.failures.front().stage);
  return exit_failed;
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
      const bool lost = directory.has_quarantine();
      std::fprintf(stderr, "this run was finished%s; results in %s\n", lost ? ", but for what quarantine.jsonl names" : "",
                   directory.path().c_str());
      return lost ? exit_quarantined : exit_ok;
    }
    from = directory.rewind();
  }
  start_log(directory.path());
  const std::uint32_t epochs_before = from ? from->epochs : 0;
  if (from) spdlog::info("resumed; {} of {} epochs were done", from->epochs, plan.epochs);
  for (const auto& one : directory.gone()) spdlog::warn("{}: {}, and nothing brings back what it held", directory.path().string(), one);
  if (!from && !options.resume.empty()) spdlog::info("no epoch was done: the run begins anew");

  RecordingContext context(directory);
  if (!options.resume.empty()) context.recall();
  take_settings(context, plan);
  context.precision = precision;
  context.shares_resources = options.called;
  context.cancel_flag = cancel;

  const RunHooks hooks = hooks_of(plan, options, directory, context);
  ProgressLine line(plan, options.quiet);
  std::unique_ptr<Run> run;
  std::atomic<Run*> at_work{nullptr};
  std::string outcome = "finished";
  int code = exit_ok;
  std::atomic<int> final_code{-1};
  std::string ended_as;                // the outcome that goes with it
  std::atomic<bool> accounted{false};  // by who comes first: the run, when it is over, or its watchdog
  std::optional<Watchdog> watchdog;    // to the end: what is written when the run is over takes its time, too
  // How a run began stays written until what it goes on with fits: what fails before then can be tried again.
  const bool resumed = !options.resume.empty();
  try {
    watchdog.emplace(cancel, [&] {
      if (accounted.exchange(true)) {
        last_words((final_code == exit_failed ? ended_as + "; " : std::string()) +
                   "the run was over; what was still at work was left behind: account.json, trace.json or report.html may be missing");
        ::_exit(final_code);
      }
      const Run* stuck = at_work;
      const auto [last_outcome, last_code] = outcome_of(stuck ? stuck->cause() : nullptr);
      try {
        directory.write_account(stuck ? stuck->account() : RunAccount(), last_outcome, epochs_before);
      } catch (const std::exception& error) {
        last_words(error.what());
      }
      write_report(directory.path());
      last_words(last_outcome + "; what was still at work was left behind" +
                 (hooks.trace ? ", and with it the timeline: there is no trace.json" : ""));
      ::_exit(last_code);
    });
    if (!resumed) directory.write_start(plan, precision, options.command);
    run = std::make_unique<Run>(plan, context, hooks);
    at_work = run.get();
    if (from) run->restore(*from);
    if (options.states) run->restore(*options.states);
    if (resumed) directory.write_start(plan, precision, options.command);
    StallWatch stalls(plan.stalled_after_s);
    run->execute([&] {
      stalls.tick(*run, SignalScope::asked());
      line.tick(run->progress(), context);
    });
  } catch (...) {
    std::tie(outcome, code) = outcome_of(std::current_exception());
  }
  line.end();
  const RunAccount account = run ? run->account() : RunAccount();
  if (run && !options.quiet && account.wall_s >= summary_s) summarise(account);
  if (code == exit_ok && (!account.failures.empty() || directory.has_quarantine())) {
    if (!plan.only) code = exit_quarantined;
    spdlog::warn("{}, named in {}", counted(account.failures.size(), "failure"), (directory.path() / "quarantine.jsonl").string());
  }
  if (plan.only && code == exit_ok) code = replayed(plan, account);
  ended_as = outcome;
  final_code = code;
  if (accounted.exchange(true)) watchdog.reset();  // it is at work, and ends the process
  try {
    directory.write_account(account, outcome, epochs_before);
    if (hooks.trace) hooks.trace->write(directory.path() / "trace.json");
  } catch (const std::exception& error) {
    if (code == exit_cancelled)
      spdlog::error("{}", error.what());
    else
      final_code = code = exit_failed;
    outcome += std::string("; ") + error.what();
  }
  if (hooks.trace && hooks.trace->left_out() > 0)
    spdlog::warn("trace.json has the beginning of the run, and lacks {} later calls and items: it would be too large",
                 hooks.trace->left_out());
  run.reset();
  write_report(directory.path());
  if (code == exit_failed && outcome != "finished") spdlog::error("{}", outcome);
  if (code == exit_cancelled) spdlog::warn("cancelled; what was finished lies in {}", directory.path().string());
  if (code == exit_ok || code == exit_quarantined) spdlog::info("finished; results in {}", directory.path().string());
  spdlog::default_logger()->flush();
  return code;
} catch (const std::exception& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return exit_wrong_input;  // nothing was started yet
}

}  // namespace tivit
