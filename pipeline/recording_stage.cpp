#include <tivit/recording_stage.hpp>

#include <atomic>
#include <mutex>
#include <tivit/codec.hpp>
#include <tivit/detail/foreign.hpp>
#include <tivit/detail/forwarding_stage.hpp>
#include <tivit/detail/recording_text.hpp>
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
  using Telling = std::function<void(const std::function<void()>&)>;
  HeardEmit(Emit& inner, RecordedCall& call, const Context& context, Telling telling)
      : inner_(inner), call_(call), context_(context), telling_(std::move(telling)) {}
  void put(std::vector<Payload> outputs) override {
    call_.outputs.emplace_back();
    telling_([&] { call_.outputs.back() = output_of(outputs, context_); });
    try {
      inner_.put(std::move(outputs));
    } catch (const Cancelled&) {
      throw;
    } catch (const std::exception& error) {
      call_.outputs.back().refused = detail::as_written(detail::short_text(error));
      throw;
    }
  }

 private:
  Emit& inner_;
  RecordedCall& call_;
  const Context& context_;
  const Telling telling_;
};

class ToldStage final : public detail::ForwardingStage {
 public:
  ToldStage(std::unique_ptr<Stage> inner, HearCall hear, HearTrouble trouble,
            std::function<void(const Stage&, const BoundResources&)> before_first)
      : ForwardingStage(std::move(inner)), hear_(std::move(hear)), trouble_(std::move(trouble)), before_first_(std::move(before_first)) {}

  void bind(const std::string& parameter, const std::shared_ptr<Resource>& resource) override {
    resources_[parameter] = resource;
    inner().bind(parameter, resource);
  }

  std::optional<std::vector<Payload>> next(Context& context) override {
    return told(RecordedCall::What::next, {}, context, [&](RecordedCall& call) {
      auto made = inner().next(context);
      if (made)
        note(call, *made, context);
      else
        call.outcome = RecordedCall::Outcome::ended;
      return made;
    });
  }
  std::vector<Payload> call(const Inputs& inputs, Context& context) override {
    return told(RecordedCall::What::item, inputs, context, [&](RecordedCall& call) {
      auto made = inner().call(inputs, context);
      note(call, made, context);
      return made;
    });
  }
  void expand(const Inputs& inputs, Emit& emit, Context& context) override {
    told(RecordedCall::What::item, inputs, context, [&](RecordedCall& call) {
      HeardEmit heard(emit, call, context, telling());
      inner().expand(inputs, heard, context);
    });
  }
  void add(const Inputs& inputs, Emit& emit, Context& context) override {
    told(RecordedCall::What::add, inputs, context, [&](RecordedCall& call) {
      HeardEmit heard(emit, call, context, telling());
      inner().add(inputs, heard, context);
    });
  }
  void finish(Emit& emit, Context& context) override {
    told(RecordedCall::What::finish, {}, context, [&](RecordedCall& call) {
      HeardEmit heard(emit, call, context, telling());
      inner().finish(heard, context);
    });
  }
  void scope_end(Context& context) override {
    told(RecordedCall::What::scope_end, {}, context, [&](RecordedCall&) { inner().scope_end(context); });
  }

 private:
  /// The recorder's own work, which is none of the stage: where it fails once, there is no more of it.
  void tell(const std::function<void()>& work) {
    if (silent_) return;
    try {
      detail::native(work);
    } catch (const std::exception& error) {
      const std::lock_guard lock(mutex_);
      if (!silent_.exchange(true)) trouble_(error);
    }
  }
  HeardEmit::Telling telling() {
    return [this](const std::function<void()>& work) { tell(work); };
  }
  void note(RecordedCall& call, const std::vector<Payload>& made, const Context& context) {
    tell([&] { call.outputs.push_back(output_of(made, context)); });
  }
  void hear(RecordedCall&& call) {
    tell([&] {
      const std::lock_guard lock(mutex_);
      hear_(std::move(call));
    });
  }
  RecordedCall begun(RecordedCall::What what, const Inputs& inputs, const Context& context) {
    tell([&] {
      const std::lock_guard lock(mutex_);
      if (before_first_) std::exchange(before_first_, nullptr)(inner(), resources_);
    });
    RecordedCall call;
    call.what = what;
    call.id = context.id();
    call.epoch = context.epoch();
    if (what == RecordedCall::What::finish || what == RecordedCall::What::scope_end) call.scope = context.scope();
    tell([&] {
      for (const auto& [port, payload] : inputs) call.inputs.emplace_back(port, written(payload));
      call.beside = written_attachments(context.in_);
      if (context.members()) call.members = *context.members();
    });
    return call;
  }
  template <class Call>
  auto told(RecordedCall::What what, const Inputs& inputs, Context& context, const Call& make)
      -> decltype(make(std::declval<RecordedCall&>())) {
    RecordedCall call = begun(what, inputs, context);
    const auto ended_badly = [&](RecordedCall::Outcome outcome, const std::exception& error) {
      call.outcome = outcome;
      call.cause = detail::as_written(detail::short_text(error));
      hear(std::move(call));
    };
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
  HearTrouble trouble_;
  std::atomic<bool> silent_{false};
  std::function<void(const Stage&, const BoundResources&)> before_first_;
  BoundResources resources_;
  std::mutex mutex_;
};

}  // namespace

std::unique_ptr<Stage> told_stage(std::unique_ptr<Stage> inner, HearCall hear, HearTrouble trouble,
                                  std::function<void(const Stage&, const BoundResources&)> before_first) {
  return std::make_unique<ToldStage>(std::move(inner), std::move(hear), std::move(trouble), std::move(before_first));
}

}  // namespace tivit
