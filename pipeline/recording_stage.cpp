#include <tivit/recording_stage.hpp>

#include <mutex>
#include <tivit/codec.hpp>
#include <tivit/detail/foreign.hpp>
#include <tivit/detail/forwarding_stage.hpp>
#include <utility>

namespace tivit {
namespace {

RecordedCall::Output output_of(const std::vector<Payload>& made, const Context& context) {
  RecordedCall::Output output;
  for (const auto& one : made) output.values.push_back(written(one));
  output.set = written_attachments(context.out_);
  return output;
}

class HeardEmit final : public Emit {
 public:
  HeardEmit(Emit& inner, RecordedCall& call, const Context& context) : inner_(inner), call_(call), context_(context) {}
  void put(std::vector<Payload> outputs) override {
    call_.outputs.push_back(output_of(outputs, context_));
    inner_.put(std::move(outputs));
  }

 private:
  Emit& inner_;
  RecordedCall& call_;
  const Context& context_;
};

class ToldStage final : public detail::ForwardingStage {
 public:
  ToldStage(std::unique_ptr<Stage> inner, HearCall hear, std::function<void(const Stage&, const BoundResources&)> before_first)
      : ForwardingStage(std::move(inner)), hear_(std::move(hear)), before_first_(std::move(before_first)) {}

  void bind(const std::string& parameter, const std::shared_ptr<Resource>& resource) override {
    resources_[parameter] = resource;
    inner().bind(parameter, resource);
  }

  std::optional<std::vector<Payload>> next(Context& context) override {
    return told(RecordedCall::What::next, {}, context, [&](RecordedCall& call) {
      auto made = inner().next(context);
      if (made)
        call.outputs.push_back(output_of(*made, context));
      else
        call.outcome = RecordedCall::Outcome::ended;
      return made;
    });
  }
  std::vector<Payload> call(const Inputs& inputs, Context& context) override {
    return told(RecordedCall::What::item, inputs, context, [&](RecordedCall& call) {
      auto made = inner().call(inputs, context);
      call.outputs.push_back(output_of(made, context));
      return made;
    });
  }
  void expand(const Inputs& inputs, Emit& emit, Context& context) override {
    told(RecordedCall::What::item, inputs, context, [&](RecordedCall& call) {
      HeardEmit heard(emit, call, context);
      inner().expand(inputs, heard, context);
    });
  }
  void add(const Inputs& inputs, Emit& emit, Context& context) override {
    told(RecordedCall::What::add, inputs, context, [&](RecordedCall& call) {
      HeardEmit heard(emit, call, context);
      inner().add(inputs, heard, context);
    });
  }
  void finish(Emit& emit, Context& context) override {
    told(RecordedCall::What::finish, {}, context, [&](RecordedCall& call) {
      HeardEmit heard(emit, call, context);
      inner().finish(heard, context);
    });
  }
  void scope_end(Context& context) override {
    told(RecordedCall::What::scope_end, {}, context, [&](RecordedCall&) { inner().scope_end(context); });
  }

 private:
  void hear(RecordedCall&& call) {
    const std::lock_guard lock(mutex_);
    hear_(std::move(call));
  }
  RecordedCall begun(RecordedCall::What what, const Inputs& inputs, const Context& context) {
    {
      const std::lock_guard lock(mutex_);
      if (before_first_) std::exchange(before_first_, nullptr)(inner(), resources_);
    }
    RecordedCall call;
    call.what = what;
    call.id = context.id();
    call.epoch = context.epoch();
    if (what == RecordedCall::What::finish || what == RecordedCall::What::scope_end) call.scope = context.scope();
    for (const auto& [port, payload] : inputs) call.inputs.emplace_back(port, written(payload));
    call.beside = written_attachments(context.in_);
    if (context.members()) call.members = *context.members();
    return call;
  }
  template <class Call>
  auto told(RecordedCall::What what, const Inputs& inputs, Context& context, const Call& make)
      -> decltype(make(std::declval<RecordedCall&>())) {
    RecordedCall call = begun(what, inputs, context);
    const auto ended_badly = [&](RecordedCall::Outcome outcome, const std::exception& error) {
      call.outcome = outcome;
      call.cause = detail::short_text(error);
      hear(std::move(call));
    };
    // What goes well is heard outside: a recorder that fails there is not recorded as a failure of the stage.
    const auto made = [&]() -> decltype(auto) {
      try {
        return detail::native([&] { return make(call); });
      } catch (const Cancelled&) {
        throw;
      } catch (const Dropped& dropped) {
        ended_badly(RecordedCall::Outcome::dropped, dropped);
        throw;
      } catch (const std::exception& error) {
        ended_badly(RecordedCall::Outcome::failed, error);
        throw;
      }
    };
    if constexpr (std::is_void_v<decltype(make(call))>) {
      made();
      hear(std::move(call));
    } else {
      auto values = made();
      hear(std::move(call));
      return values;
    }
  }

  HearCall hear_;
  std::function<void(const Stage&, const BoundResources&)> before_first_;
  BoundResources resources_;
  std::mutex mutex_;
};

}  // namespace

std::unique_ptr<Stage> told_stage(std::unique_ptr<Stage> inner, HearCall hear,
                                  std::function<void(const Stage&, const BoundResources&)> before_first) {
  return std::make_unique<ToldStage>(std::move(inner), std::move(hear), std::move(before_first));
}

}  // namespace tivit
