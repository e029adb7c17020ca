#include <tivit/run.hpp>

#include <algorithm>
#include <tivit/detail/collected_metrics.hpp>
#include <tivit/detail/engine.hpp>
#include <tivit/detail/foreign.hpp>
#include <tivit/execution_context.hpp>

namespace tivit {
namespace {

/// A training run's figures are looked at while it goes on, and come from stages that take turns.
std::unique_ptr<detail::CollectedMetrics> collector(const Plan& plan, RunContext& context) {
  if (!context.cancel_flag) context.cancel_flag = std::make_shared<std::atomic<bool>>(false);
  return plan.training ? nullptr : std::make_unique<detail::CollectedMetrics>(context);
}

}  // namespace

void take_settings(RunContext& context, const Plan& plan) {
  context.name = plan.name;
  context.seed = plan.seed;
  context.epochs = plan.epochs;
  context.training = plan.training;
  context.device = plan.device;
  context.precision = plan.precision;
  context.threads = plan.threads;
}

std::unique_ptr<RunContext> context_of_call(RunContext& run, const PlanAfter& after, std::uint32_t epoch) {
  auto context = run.nested(after.name, run.first_epoch + epoch);
  context->training = after.plan->training;
  context->epochs = after.plan->epochs;
  return context;
}

namespace {

/// Whether a stage here, or a graph that is called, needs the resource: what is only offered to choose from is not made.
bool is_used(const Plan& plan, std::size_t resource) {
  const auto is = [&](const auto& use) { return use.second == static_cast<int>(resource); };
  const auto shared = [&](const auto& use) { return use.first == static_cast<int>(resource); };
  return std::any_of(plan.stages.begin(), plan.stages.end(),
                     [&](const auto& stage) { return std::any_of(stage.resources.begin(), stage.resources.end(), is); }) ||
         std::any_of(plan.after.begin(), plan.after.end(),
                     [&](const auto& after) { return std::any_of(after.share.begin(), after.share.end(), shared); });
}

}  // namespace

Run::Run(const Plan& plan, RunContext& context, RunHooks hooks, std::vector<std::shared_ptr<Resource>> shared)
    : plan_(plan), collected_(collector(plan, context)), context_(collected_ ? *collected_ : context) {
  start_runtime(context_);
  for (std::size_t i = 0; i < plan.resources.size(); ++i) {
    if (context_.cancelled()) throw Cancelled();
    if (i < shared.size() && shared[i]) {
      resources_.push_back(shared[i]);
      continue;
    }
    if (!is_used(plan, i)) {
      resources_.push_back(nullptr);
      continue;
    }
    const PlanResource& planned = plan.resources[i];
    detail::located("resource \"" + planned.name + "\"", [&] {
      resources_.push_back(planned.spec->make_resource([&](const std::function<void(const std::string&, const ParameterValue&)>& set) {
        for (const auto& [name, value] : planned.parameters) set(name, value);
      }));
      resources_.back()->open(context_);
    });
  }
  engine_ = std::make_unique<detail::Engine>(plan, context_, resources_, hooks);
  // What a called graph lacks (a data set, a file) is found now, not when an epoch's work is done.
  for (const auto& after : plan.after) {
    std::vector<std::shared_ptr<Resource>> theirs(after.plan->resources.size());
    for (const auto& [here, there] : after.share) theirs[static_cast<std::size_t>(there)] = resources_[static_cast<std::size_t>(here)];
    const auto nested = context_of_call(context_, after, 0);
    try {
      Run(*after.plan, *nested, {}, std::move(theirs));
    } catch (const Error& error) {
      throw Error(error.problem(), error.remedy(), "graph \"" + after.name + "\", " + error.where());
    }
  }
}

Run::~Run() = default;

void Run::restore(const Snapshot& from) { engine_->restore(from); }

void Run::execute(const std::function<void()>& tick) {
  try {
    engine_->run(tick);
  } catch (...) {
    if (collected_) collected_->report();
    throw;
  }
  if (collected_) collected_->report();
  engine_->settle();
}

void Run::cancel() { engine_->cancel(std::make_exception_ptr(Cancelled())); }
RunAccount Run::account() const { return engine_->account(); }
std::exception_ptr Run::cause() const { return engine_->cause(); }
RunProgress Run::progress() const { return engine_->progress(); }
double Run::quiet_s() const { return engine_->quiet_s(); }
std::vector<StageWait> Run::waits() const { return engine_->waits(); }

}  // namespace tivit
