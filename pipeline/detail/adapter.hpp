#pragma once
// Makes a Stage of an author's class, and checks the class against its contract when it registers.
#include <map>
#include <tivit/contract.hpp>

namespace tivit::detail {

template <class V>
struct OptionalValue;
template <class V>
struct OptionalValue<std::optional<V>> {
  using type = V;
};

template <class T>
concept HasCall = requires { &T::operator(); };
template <class T>
concept HasNext = requires { &T::next; };
template <class T>
concept HasAdd = requires {
  &T::add;
  &T::finish;
};

template <class T>
concept HasCheck = requires(const T& self, Faults& faults) { self.check(faults); };
template <class T>
Faults faults_of(const T& self, Faults faults = {}) {
  self.check(faults);
  return faults;
}

template <class T>
struct Wiring {
  typename Contract<T>::Setters setters;
  typename Contract<T>::Binders binders;
};
template <class T>
std::shared_ptr<const Wiring<T>> wiring() {
  static const auto shared = [] {
    auto made = std::make_shared<Wiring<T>>();
    StageSpec scratch;
    Contract<T> contract(scratch, &made->setters, &made->binders);
    T::contract(contract);
    return std::shared_ptr<const Wiring<T>>(made);
  }();
  return shared;
}

template <class T>
class Adapter final : public Stage {
 public:
  void set(const std::string& parameter, const ParameterValue& value) override { wiring_->setters.at(parameter)(self_, value); }
  void bind(const std::string& parameter, const std::shared_ptr<Resource>& resource) override {
    wiring_->binders.at(parameter)(self_, resource);
  }
  void open(RunContext& run) override {
    if constexpr (HasCheck<T>) faults_of(self_).raise();
    if constexpr (requires { self_.open(run); }) self_.open(run);
  }
  std::optional<std::vector<Payload>> next(Context& context) override {
    if constexpr (HasNext<T>) {
      auto made = invoke(self_, &T::next, {}, nullptr, context);
      if (!made) return std::nullopt;
      return Outputs<typename decltype(made)::value_type>::pack(std::move(*made));
    } else {
      return Stage::next(context);
    }
  }
  std::optional<std::int64_t> expected() const override {
    if constexpr (requires { self_.expected(); })
      return self_.expected();
    else
      return std::nullopt;
  }
  std::vector<Payload> call(const Inputs& inputs, Context& context) override {
    if constexpr (HasCall<T>) {
      using S = Signature<decltype(&T::operator())>;
      if constexpr (std::is_void_v<typename S::Result>) {
        invoke(self_, &T::operator(), inputs, nullptr, context);
        return {};
      } else {
        return Outputs<typename S::Result>::pack(invoke(self_, &T::operator(), inputs, nullptr, context));
      }
    } else {
      return Stage::call(inputs, context);
    }
  }
  void expand(const Inputs& inputs, Emit& emit, Context& context) override {
    if constexpr (HasCall<T>)
      invoke(self_, &T::operator(), inputs, &emit, context);
    else
      Stage::expand(inputs, emit, context);
  }
  void add(const Inputs& inputs, Emit& emit, Context& context) override {
    if constexpr (HasAdd<T>)
      invoke(self_, &T::add, inputs, &emit, context);
    else
      Stage::add(inputs, emit, context);
  }
  void finish(Emit& emit, Context& context) override {
    if constexpr (HasAdd<T>)
      invoke(self_, &T::finish, {}, &emit, context);
    else
      Stage::finish(emit, context);
  }
  void scope_end(Context& context) override {
    if constexpr (requires { self_.scope_end(context); }) self_.scope_end(context);
  }
  std::string save_state() const override {
    if constexpr (requires { self_.save_state(); })
      return self_.save_state();
    else
      return {};
  }
  void load_state(std::string_view state) override {
    if constexpr (requires { self_.load_state(state); }) self_.load_state(state);
  }

 private:
  T self_{};
  std::shared_ptr<const Wiring<T>> wiring_ = wiring<T>();
};

/// Compares the declared ports with what the call takes or gives, and notes in them what only its C++ types tell.
void check_kinds(StageSpec& spec, const char* side, std::vector<PortSpec>& ports, const std::vector<ValueKind>& kinds);

/// A parameter that decides a size needs one for each of its choices.
void check_sizes(StageSpec& spec);

template <class T>
void check_call(StageSpec& spec) {
  const auto check = [&]<class F>(F, bool outputs_returned) {
    check_kinds(spec, "input", spec.inputs, argument_kinds<typename Signature<F>::Arguments>());
    if (outputs_returned) check_kinds(spec, "output", spec.outputs, Outputs<typename Signature<F>::Result>::kinds());
  };
  switch (spec.kind) {
    case Kind::source:
      if constexpr (HasNext<T>)
        check_kinds(spec, "output", spec.outputs,
                    Outputs<typename OptionalValue<typename Signature<decltype(&T::next)>::Result>::type>::kinds());
      else
        spec.problems.push_back("a source needs next()");
      break;
    case Kind::gather:
      if constexpr (HasAdd<T>)
        check(&T::add, false);
      else
        spec.problems.push_back("a gather needs add(…) and finish(…)");
      break;
    case Kind::map:
    case Kind::expand:
    case Kind::sink:
      if constexpr (HasCall<T>) {
        check(&T::operator(), spec.kind != Kind::expand);
        if (spec.parallel && !Signature<decltype(&T::operator())>::is_const)
          spec.problems.push_back("a parallel map needs a const operator()");
      } else {
        spec.problems.push_back("a " + std::string(kind_name(spec.kind)) + " needs operator()");
      }
      break;
    case Kind::resource: break;
  }
}

template <class T>
StageSpec describe(std::string name) {
  StageSpec spec;
  spec.name = std::move(name);
  try {
    Contract<T> contract(spec);
    T::contract(contract);
    check_sizes(spec);
    if constexpr (!std::is_base_of_v<Resource, T>) check_call<T>(spec);
  } catch (const std::exception& error) {
    spec.problems.push_back(error.what());
  } catch (...) {
    spec.problems.push_back("its contract threw something that is no std::exception");
  }
  if constexpr (HasCheck<T>)
    spec.faults = [](const EachParameter& each, Faults faults) {
      T made;
      each([&](const std::string& parameter, const ParameterValue& value) { wiring<T>()->setters.at(parameter)(made, value); });
      return faults_of(made, std::move(faults));
    };
  if constexpr (std::is_base_of_v<Resource, T>) {
    if (spec.kind != Kind::resource) spec.problems.push_back("a class derived from Resource declares itself with c.resource(…)");
    spec.make_resource = [](const EachParameter& each) -> std::shared_ptr<Resource> {
      auto made = std::make_shared<T>();
      each([&](const std::string& parameter, const ParameterValue& value) { wiring<T>()->setters.at(parameter)(*made, value); });
      return made;
    };
  } else {
    if (spec.kind == Kind::resource) spec.problems.push_back("a resource derives from tivit::Resource");
    spec.stateful = requires(const T& stage) { stage.save_state(); };
    spec.make = [] { return std::make_unique<Adapter<T>>(); };
  }
  return spec;
}

}  // namespace tivit::detail
