#pragma once
// What an author writes against: one class, its contract beside it.
//
//   struct Threshold {
//     double onset = 0.5;
//     static void contract(tivit::Contract<Threshold>& c) {
//       c.map("active where the probability reaches the threshold").parallel();
//       c.param("onset", &Threshold::onset).range(0, 1).unit("probability").doc("lowest value that counts as an onset");
//       c.in("roll", "f32[T,88]");
//       c.out("active", "bool[T,88]");
//     }
//     at::Tensor operator()(const at::Tensor& roll) const { return roll.ge(onset); }
//   };
//   TIVIT_STAGE("notes/threshold", Threshold)
//
// The calls an author writes, by kind (a `tivit::Context&` may follow the inputs of every one):
//   source   std::optional<Out> next()                   called until it returns nothing, again in every epoch; optional
//            std::int64_t expected() const               how many items an epoch has, for the progress line
//   map      Out operator()(const In&...) const
//   expand   void operator()(const In&..., tivit::Emit&)
//   gather   void add(const In&..., tivit::Emit&), void finish(tivit::Emit&)
//   sink     void operator()(const In&...), optional void scope_end(Context&)
// Any of them may have `void check(tivit::Faults&) const`, called when a graph is checked and before open(): it names the
// parameters that cannot work, such as files that are not there, quickly and leaving no trace. Any may have
// `void open(tivit::RunContext&)`, and with state `std::string save_state() const` and `void load_state(std::string_view)`. `const In*` is
// an optional port, `const tivit::Inputs&` a port that stands for many, `std::tuple<A, B>` several outputs, `tivit::Payload` a value of any
// type.
#include <tivit/detail/signature.hpp>
#include <tivit/registry.hpp>
#include <tivit/stage.hpp>

namespace tivit {

/// Refines a parameter that was just declared.
class ParameterBuilder {
 public:
  explicit ParameterBuilder(ParameterSpec& spec) : spec_(spec) {}
  ParameterBuilder& range(double low, double high) { return spec_.low = low, spec_.high = high, *this; }
  ParameterBuilder& at_least(double low) { return spec_.low = low, *this; }
  ParameterBuilder& unit(std::string unit) { return spec_.unit = std::move(unit), *this; }
  ParameterBuilder& doc(std::string text) { return spec_.doc = std::move(text), *this; }
  ParameterBuilder& one_of(std::vector<std::string> choices) { return spec_.choices = std::move(choices), *this; }
  /// The choice decides how large the ports' dimension `symbol` is: one size for each choice, in their order.
  ParameterBuilder& sizes(std::string symbol, std::vector<std::int64_t> sizes) {
    return spec_.symbol = std::move(symbol), spec_.sizes = std::move(sizes), *this;
  }
  ParameterBuilder& must_exist() { return spec_.path_rule = "exists", *this; }
  ParameterBuilder& required() { return spec_.required = true, spec_.default_value = {}, *this; }

 private:
  ParameterSpec& spec_;
};

class PortBuilder {
 public:
  explicit PortBuilder(PortSpec& spec) : spec_(spec) {}
  PortBuilder& doc(std::string text) { return spec_.doc = std::move(text), *this; }
  PortBuilder& optional() { return spec_.optional = true, *this; }

 private:
  PortSpec& spec_;
};

template <class T>
class Contract {
 public:
  explicit Contract(StageSpec& spec) : spec_(spec) {}

  Contract& source(std::string doc) { return kind(Kind::source, std::move(doc)); }
  Contract& map(std::string doc) { return kind(Kind::map, std::move(doc)); }
  Contract& sink(std::string doc) { return kind(Kind::sink, std::move(doc)); }
  /// `opens`: the kind of scope that every input becomes, such as "recording".
  Contract& expand(std::string doc, std::string opens) { return spec_.scope = std::move(opens), kind(Kind::expand, std::move(doc)); }
  /// `listens`: the kind of scope whose end calls `finish`: "run", "epoch", one that an expand opens, or "$name" of a parameter.
  Contract& gather(std::string doc, std::string listens) { return spec_.scope = std::move(listens), kind(Kind::gather, std::move(doc)); }
  /// Declares a resource, not a stage: T derives from Resource and can stand for `interface`.
  Contract& resource(std::string interface, std::string doc) {
    return spec_.interface = std::move(interface), kind(Kind::resource, std::move(doc));
  }

  /// map: calls may overlap; they must be const.
  Contract& parallel() { return spec_.parallel = true, *this; }
  /// Runs on a thread of its own, because it waits for something that is not a pipeline worker.
  Contract& own_thread() { return spec_.own_thread = true, *this; }
  /// gather: exactly one item a scope, emitted in `finish`; it takes the place of the item that opened the scope.
  Contract& one_per_scope() { return spec_.one_per_scope = true, *this; }
  /// expand: emits once for each living member of the gathered input, in their order; ids and scopes come back.
  Contract& restores_members() { return spec_.restores_members = true, *this; }
  template <class A>
  Contract& attaches() {
    return spec_.attaches.push_back(typeid(A)), *this;
  }
  /// A TOML snippet that shows the stage in use; a test runs it.
  Contract& example(std::string toml) { return spec_.example = std::move(toml), *this; }

  /// A parameter kept in a member; the member's initial value is the default.
  template <class V>
  ParameterBuilder param(const std::string& name, V T::*member) {
    ParameterSpec parameter;
    parameter.name = name;
    parameter.type = ParameterTraits<V>::name();
    parameter.wide = ParameterTraits<V>::wide;
    parameter.default_value = ParameterTraits<V>::to(T{}.*member);
    spec_.parameters.push_back(std::move(parameter));
    if (setters_) (*setters_)[name] = [member](T& self, const ParameterValue& value) { self.*member = ParameterTraits<V>::from(value); };
    return ParameterBuilder(spec_.parameters.back());
  }
  /// A parameter that names a resource of the graph; `lease` takes it exclusively for each item.
  template <class R>
  Contract& uses(const std::string& name, std::shared_ptr<R> T::*member, std::string interface, bool lease = false) {
    spec_.resources.push_back({name, std::move(interface), lease});
    if (binders_)
      (*binders_)[name] = [member, name](T& self, const std::shared_ptr<Resource>& resource) {
        self.*member = std::dynamic_pointer_cast<R>(resource);
        if (!(self.*member)) throw Error("resource \"" + name + "\" is of another type than this stage was built for");
      };
    return *this;
  }
  /// The same, but the graph may leave it unset; the member is then null.
  template <class R>
  Contract& may_use(const std::string& name, std::shared_ptr<R> T::*member, std::string interface) {
    uses(name, member, std::move(interface));
    spec_.resources.back().optional = true;
    return *this;
  }
  PortBuilder in(std::string name, const std::string& type) { return port(spec_.inputs, std::move(name), type, false); }
  PortBuilder in_many(std::string name, const std::string& type) { return port(spec_.inputs, std::move(name), type, true); }
  PortBuilder out(std::string name, const std::string& type) { return port(spec_.outputs, std::move(name), type, false); }

  using Setters = std::map<std::string, std::function<void(T&, const ParameterValue&)>>;
  using Binders = std::map<std::string, std::function<void(T&, const std::shared_ptr<Resource>&)>>;
  Contract(StageSpec& spec, Setters* setters, Binders* binders) : spec_(spec), setters_(setters), binders_(binders) {}

 private:
  Contract& kind(Kind kind, std::string doc) {
    if (kinds_++) spec_.problems.push_back("the contract names its kind more than once");
    spec_.kind = kind;
    spec_.doc = std::move(doc);
    return *this;
  }
  PortBuilder port(std::vector<PortSpec>& ports, std::string name, const std::string& type, bool many) {
    for (const auto& other : ports)
      if (other.name == name) spec_.problems.push_back("port \"" + name + "\" is declared twice");
    if (!ports.empty() && ports.back().many)
      spec_.problems.push_back("port \"" + name + "\" follows one that stands for many; let that be the last");
    ports.push_back({std::move(name), PortType::parse(type), "", false, many});
    return PortBuilder(ports.back());
  }

  StageSpec& spec_;
  Setters* setters_ = nullptr;
  Binders* binders_ = nullptr;
  int kinds_ = 0;
};

}  // namespace tivit

#include <tivit/detail/adapter.hpp>

#define TIVIT_DETAIL_JOIN2(a, b) a##b
#define TIVIT_DETAIL_JOIN(a, b) TIVIT_DETAIL_JOIN2(a, b)
/// Registers a stage under its name. A registration that contradicts itself is reported by every use of it.
#define TIVIT_STAGE(NAME, TYPE)                                         \
  static const bool TIVIT_DETAIL_JOIN(tivit_registered_, __COUNTER__) = \
      ::tivit::Registry::instance().add(::tivit::detail::describe<TYPE>(NAME));
#define TIVIT_RESOURCE(NAME, TYPE) TIVIT_STAGE(NAME, TYPE)
