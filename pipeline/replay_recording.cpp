#include <tivit/replay_recording.hpp>

#include <algorithm>
#include <tivit/detail/stage_named.hpp>
#include <tivit/execution_context.hpp>
#include <tivit/recording_stage.hpp>

namespace tivit {
namespace {

/// Takes what is emitted, but for what the run did not take then.
class Nowhere final : public Emit {
 public:
  explicit Nowhere(const RecordedCall& before) : before_(before) {}
  void put(std::vector<Payload>) override {
    const std::size_t number = emitted_++;
    if (number < before_.outputs.size() && !before_.outputs[number].refused.empty()) throw Error(before_.outputs[number].refused);
  }

 private:
  const RecordedCall& before_;
  std::size_t emitted_ = 0;
};

std::string outcome_text(const RecordedCall& call) {
  switch (call.outcome) {
    case RecordedCall::Outcome::failed: return "failed (" + call.cause + ")";
    case RecordedCall::Outcome::dropped: return "dropped (" + call.cause + ")";
    case RecordedCall::Outcome::ended: return "no more items";
    case RecordedCall::Outcome::done: break;
  }
  return "done";
}

struct Made {
  std::unique_ptr<Stage> stage;
  std::vector<std::shared_ptr<Resource>> leased;
};

/// What the stage did in a call, or what kept that from being told.
struct Heard {
  RecordedCall call;
  std::exception_ptr trouble;
};

Made make(const Plan& plan, const PlanStage& planned, const Recording& recording, RunContext& context, Heard& heard) {
  Made made{told_stage(
                planned.spec->make(), [&heard](RecordedCall call) { heard.call = std::move(call); },
                [&heard](const std::exception& error) { heard.trouble = std::make_exception_ptr(Error(error.what())); }),
            {}};
  const Snapshot states = recording.state();
  for (const auto& [name, value] : planned.parameters) made.stage->set(name, value);
  for (const auto& [parameter, index] : planned.resources) {
    const PlanResource& used = plan.resources[static_cast<std::size_t>(index)];
    auto resource = used.spec->make_resource([&](const std::function<void(const std::string&, const ParameterValue&)>& set) {
      for (const auto& [name, value] : used.parameters) set(name, value);
    });
    resource->open(context);
    if (const auto state = states.resources.find(parameter); state != states.resources.end()) resource->load_state(state->second);
    made.stage->bind(parameter, resource);
    for (const auto& use : planned.spec->resources)
      if (use.parameter == parameter && use.lease) made.leased.push_back(resource);
  }
  made.stage->open(context);
  if (const auto state = states.stages.find("stage"); state != states.stages.end()) made.stage->load_state(state->second);
  return made;
}

void make_call(Stage& stage, const RecordedCall& before, const Inputs& inputs, Kind kind, Context& context) {
  Nowhere emit(before);
  switch (before.what) {
    case RecordedCall::What::next: stage.next(context); break;
    case RecordedCall::What::item: kind == Kind::expand ? stage.expand(inputs, emit, context) : void(stage.call(inputs, context)); break;
    case RecordedCall::What::add: stage.add(inputs, emit, context); break;
    case RecordedCall::What::finish: stage.finish(emit, context); break;
    case RecordedCall::What::scope_end: stage.scope_end(context); break;
  }
}

}  // namespace

std::optional<std::string> first_difference(const RecordedCall& before, const RecordedCall& now, const StageSpec& spec) {
  const std::string name = before.name();
  const auto port_name = [&](std::size_t port) {  // a stage may have emitted more values than it has ports
    return port < spec.outputs.size() ? spec.outputs[port].name : std::to_string(port);
  };
  if (before.outcome != now.outcome || before.cause != now.cause) return name + ": " + outcome_text(before) + ", now " + outcome_text(now);
  for (std::size_t i = 0; i < std::min(before.outputs.size(), now.outputs.size()); ++i) {
    const auto &a = before.outputs[i], &b = now.outputs[i];
    const std::string number = before.outputs.size() > 1 ? " of item " + std::to_string(i) + " made from it" : "";
    for (std::size_t port = 0; port < std::min(a.values.size(), b.values.size()); ++port)
      if (const auto where = difference(a.values[port], b.values[port]))
        return name + ", output \"" + port_name(port) + "\"" + number + *where;
    if (const auto where = difference(a.set, b.set)) return name + number + ", its " + *where;
  }
  if (before.outputs.size() != now.outputs.size())
    return name + ": " + std::to_string(before.outputs.size()) + " items were made, now " + std::to_string(now.outputs.size());
  return std::nullopt;
}

ReplayVerdict replay_recording(const Plan& plan, Recording& recording, RunContext& run) {
  const PlanStage* planned = &plan.stages[detail::stage_named(plan, recording.stage(), plan.file)];
  start_runtime(run);
  Heard now;
  Made made = make(plan, *planned, recording, run, now);
  ReplayVerdict verdict;
  while (auto before = recording.next()) {
    if (run.cancelled()) throw Cancelled();
    Context context;
    context.id_ = before->id;
    context.epoch_ = before->epoch;
    context.scope_ = before->scope;
    context.run_ = &run;
    context.stage_ = planned->name;
    context.spec_ = planned->spec;
    context.in_ = attachments_of(before->beside);
    if (before->members) context.members_ = std::make_shared<const Members>(*before->members);
    Inputs inputs;
    for (const auto& [port, value] : before->inputs) inputs.emplace_back(port, value.payload());
    const Surroundings surroundings({&run, run.training});
    for (const auto& resource : made.leased) resource->lease_begins({run.training, context.seed(), before->id, run.shares_resources});
    try {
      make_call(*made.stage, *before, inputs, planned->spec->kind, context);
    } catch (const std::exception&) {
      // `now` says so.
    }
    for (const auto& resource : made.leased) resource->lease_ends();
    if (now.trouble) std::rethrow_exception(now.trouble);
    ++verdict.calls;
    verdict.first_difference = first_difference(*before, now.call, *planned->spec);
    if (verdict.first_difference) break;
  }
  return verdict;
}

}  // namespace tivit
