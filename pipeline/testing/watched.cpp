#include <tivit/testing/watched.hpp>

namespace tivit::testing {
namespace {

/// Sees a cancellation go by: a stage has to let it through.
struct WatchedEmit final : Emit {
  WatchedEmit(Emit& emit, Watch& seen, const Call& by) : to(emit), watch(seen), call(by) {}
  void put(std::vector<Payload> outputs) override;
  Emit& to;
  Watch& watch;
  const Call call;
  int emitted = 0;
  bool cancelled = false;
  int more = 0;  ///< emitted after it was told of the cancellation
};

void keep(Watch& watch, const std::vector<Payload>& outputs) {
  if (!watch.keeps) return;
  const std::lock_guard lock(watch.mutex);
  for (const auto& output : outputs)
    if (output) watch.made.try_emplace(output.share().get(), output);
}

void WatchedEmit::put(std::vector<Payload> outputs) {
  more += cancelled ? 1 : 0;
  if (watch.emits) watch.emits(call, emitted++);
  keep(watch, outputs);
  try {
    to.put(std::move(outputs));
  } catch (const Cancelled&) {
    cancelled = true;
    throw;
  }
}

class Watched final : public Stage {
 public:
  explicit Watched(std::shared_ptr<Watch> watch) : watch_(std::move(watch)) {}

  void set(const std::string& parameter, const ParameterValue& value) override { watch_->stage->set(parameter, value); }
  void bind(const std::string& parameter, const std::shared_ptr<Resource>& resource) override { watch_->stage->bind(parameter, resource); }
  void open(RunContext& run) override {
    if (!watch_->opened) watch_->stage->open(run);
    watch_->opened = true;
  }
  std::optional<std::vector<Payload>> next(Context& context) override {
    std::optional<std::vector<Payload>> made;
    watched("next", context, [&](Stage& stage) { made = stage.next(context); });
    if (made) keep(*watch_, *made);
    return made;
  }
  std::optional<std::int64_t> expected() const override { return watch_->stage->expected(); }
  std::vector<Payload> call(const Inputs& inputs, Context& context) override {
    std::vector<Payload> made;
    watched("call", context, [&](Stage& stage) { made = stage.call(inputs, context); });
    keep(*watch_, made);
    return made;
  }
  void expand(const Inputs& inputs, Emit& emit, Context& context) override {
    emitting("expand", emit, context, [&](Stage& stage, Emit& to) { stage.expand(inputs, to, context); });
  }
  void add(const Inputs& inputs, Emit& emit, Context& context) override {
    emitting("add", emit, context, [&](Stage& stage, Emit& to) { stage.add(inputs, to, context); });
  }
  void finish(Emit& emit, Context& context) override {
    if (told(context)) emitting("finish", emit, context, [&](Stage& stage, Emit& to) { stage.finish(to, context); });
  }
  void scope_end(Context& context) override {
    if (told(context)) watched("scope_end", context, [&](Stage& stage) { stage.scope_end(context); });
  }

 private:
  bool told(const Context& context) const {
    return !watch_->calls_finish || watch_->calls_finish({"", context.id(), context.scope().kind, nullptr});
  }
  void odd(std::string text) {
    const std::lock_guard lock(watch_->mutex);
    watch_->odd.push_back(std::move(text));
  }
  template <class F>
  void watched(const char* what, Context& context, const F& run) {
    Call call{what, context.id(), context.scope().kind, nullptr};
    std::size_t number = 0;
    {
      const std::lock_guard lock(watch_->mutex);
      number = watch_->calls.size();
      watch_->calls.push_back(call);
    }
    if (watch_->before) watch_->before(call, context);
    const std::shared_ptr<Stage> stage = watch_->stage;
    try {
      run(*stage);
    } catch (const std::exception&) {
      threw(number);
      throw;
    } catch (...) {
      threw(number);
      odd("threw something that is no std::exception on " + context.name());
      throw Error("the stage threw something that is no std::exception", "throw tivit::Error");
    }
  }
  template <class F>
  void emitting(const char* what, Emit& emit, Context& context, const F& run) {
    WatchedEmit to(emit, *watch_, {what, context.id(), context.scope().kind, nullptr});
    watched(what, context, [&](Stage& stage) { run(stage, to); });
    if (to.cancelled)
      odd("swallowed the cancellation that emit() threw on " + context.name() +
          (to.more > 0 ? ", and emitted " + std::to_string(to.more) + " more" : ""));
  }
  void threw(std::size_t number) {
    const std::lock_guard lock(watch_->mutex);
    watch_->calls[number].threw = std::current_exception();
  }

  std::shared_ptr<Watch> watch_;
};

}  // namespace

StageSpec watched(const StageSpec& spec, const std::shared_ptr<Watch>& watch) {
  StageSpec copy = spec;
  copy.stateful = false;  // the state is `watch->stage`'s, and stays there
  copy.make = [watch] { return std::make_unique<Watched>(watch); };
  return copy;
}

}  // namespace tivit::testing
