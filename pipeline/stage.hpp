#pragma once
// The stage contract as plain data, and the interface the executor sees. Authors write neither: see contract.hpp.
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <tivit/error.hpp>
#include <tivit/faults.hpp>
#include <tivit/item.hpp>
#include <tivit/parameter.hpp>
#include <tivit/port.hpp>
#include <tivit/resource.hpp>
#include <tivit/run_context.hpp>
#include <vector>

namespace tivit {

/// The five kinds of stage. (`resource` marks the description of a shared resource, which is no stage.)
enum class Kind { source, map, expand, gather, sink, resource };
std::string_view kind_name(Kind kind);

struct PortSpec {
  std::string name;
  PortType type;
  std::string doc;
  bool optional = false;  ///< may stay unconnected
  bool many = false;      ///< stands for any number of ports, named by the graph
  bool parts = true;      ///< parts of its value can be asked for by name; known where the stage's call has its C++ type
};

/// A parameter that names a resource of the graph.
struct ResourceUse {
  std::string parameter;
  std::string interface;  ///< what the resource must be: "model"
  bool lease = false;     ///< takes the exclusive lease; it then travels with the item
  bool optional = false;  ///< may stay unset; nothing is bound then
};

class Stage;

/// Calls back with every parameter and its value.
using EachParameter = std::function<void(const std::function<void(const std::string&, const ParameterValue&)>&)>;

/// Everything that is known about a stage without making one.
struct StageSpec {
  std::string name;  ///< "area/name"
  Kind kind = Kind::map;
  std::string doc;
  std::string example;    ///< a TOML snippet that works
  std::string interface;  ///< resource: what it can stand for
  std::vector<ParameterSpec> parameters;
  std::vector<PortSpec> inputs, outputs;
  std::vector<ResourceUse> resources;
  std::string scope;                      ///< expand: the scope it opens; gather: the scope it listens to; "$name": a parameter tells
  bool one_per_scope = false;             ///< gather: emits exactly one item a scope, which stands for the scope's own item
  bool restores_members = false;          ///< expand: gives back the members of a gathered item, ids and scopes included
  bool parallel = false;                  ///< map: calls may run at the same time
  bool own_thread = false;                ///< runs outside the pool because it waits for others (device, files)
  bool stateful = false;                  ///< has save_state and load_state
  std::vector<std::type_index> attaches;  ///< attachment types it may set
  std::vector<std::string> problems;      ///< contradictions found when the contract was declared
  std::string origin = "built in";        ///< or the plugin's file
  std::function<std::unique_ptr<Stage>()> make;
  std::function<std::shared_ptr<Resource>(const EachParameter&)> make_resource;
  /// What is wrong with these values, added to the Faults that are given; empty: the stage has nothing to say.
  std::function<Faults(const EachParameter&, Faults)> faults;

  const ParameterSpec* parameter(const std::string& name) const;
};

/// Thrown by a stage to drop an item on purpose: it becomes a counted tombstone, not a failure.
struct Dropped : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// One item inside a gathered item, or the end of a scope that came between two of them.
struct Member {
  ItemId id;
  Attachments attachments;
  std::optional<Tombstone> lost;   ///< it failed or was dropped before it could be added
  std::optional<Scope> scope_end;  ///< not an item: this scope ended here
  bool alive() const { return !lost && !scope_end; }
};
using Members = std::vector<Member>;

/// What one call of a stage may see and say beside its arguments.
class Context {
 public:
  /// The item being worked on; in `finish`, the scope's id.
  const ItemId& id() const { return id_; }
  std::uint32_t epoch() const { return epoch_; }
  /// In `finish` and `scope_end`: the scope that ended.
  const Scope& scope() const { return scope_; }
  /// 64 bits that are a function of (run seed, stage, item id): the only source of randomness a stage may use.
  std::uint64_t seed() const;
  RunContext& run() const;
  const std::string& stage() const { return stage_; }
  bool cancelled() const { return run().cancelled(); }

  /// What travels beside the inputs; where several inputs carry one type, the first port wins.
  template <class T>
  const T* find() const {
    const T* set = out_.find<T>();
    return set ? set : in_.find<T>();
  }
  template <class T>
  const T& get(const char* what) const {
    if (const T* found = find<T>()) return *found;
    throw Error(std::string("the item carries no ") + what, "put a stage in front that adds it");
  }
  /// Sets what the outputs of this call carry; the contract must declare it with `attaches<T>()`.
  template <class T>
  void set(T value) {
    must_declare(std::type_index(typeid(T)));
    out_.set(std::move(value));
  }
  /// The members of the first input, when it was gathered from others; in `finish`, those of the scope since the last emission.
  const Members* members() const { return members_.get(); }
  /// How messages name the item: clip and time range where known, and the id.
  std::string name() const;

  // Filled in by the executor and by the test harness.
  ItemId id_;
  std::uint32_t epoch_ = 0;
  Scope scope_;
  RunContext* run_ = nullptr;
  std::string stage_;
  const StageSpec* spec_ = nullptr;
  Attachments in_, out_;
  std::shared_ptr<const Members> members_;

 private:
  void must_declare(std::type_index type) const;
};

/// Hands on what an expand or gather stage makes: `emit(value)` or, with several output ports, `emit(first, second)`.
class Emit {
 public:
  virtual ~Emit() = default;
  template <class... T>
  void operator()(T... values) {
    put({wrap(std::move(values))...});
  }
  /// Throws Cancelled when the run ends early. May wait for room downstream.
  virtual void put(std::vector<Payload> outputs) = 0;

 private:
  static Payload wrap(Payload payload) { return payload; }
  template <class T>
  static Payload wrap(T value) {
    return Payload::of(std::move(value));
  }
};

/// Inputs of a port that stands for many, in the order of the graph text.
using Inputs = std::vector<std::pair<std::string, Payload>>;

/// A made stage. Only the calls of its kind are used; calls of a stage that is not parallel never overlap.
class Stage {
 public:
  virtual ~Stage() = default;
  virtual void set(const std::string& parameter, const ParameterValue& value) = 0;
  virtual void bind(const std::string& parameter, const std::shared_ptr<Resource>& resource) = 0;
  virtual void open(RunContext&) {}
  virtual std::optional<std::vector<Payload>> next(Context&);                    ///< source
  virtual std::optional<std::int64_t> expected() const { return std::nullopt; }  ///< source, optional: items in an epoch
  virtual std::vector<Payload> call(const Inputs&, Context&);                    ///< map, sink
  virtual void expand(const Inputs&, Emit&, Context&);                           ///< expand
  virtual void add(const Inputs&, Emit&, Context&);                              ///< gather
  virtual void finish(Emit&, Context&);                                          ///< gather: a scope it listens to ended
  virtual void scope_end(Context&) {}                                            ///< sink, optional: a scope ended
  virtual std::string save_state() const { return {}; }
  virtual void load_state(std::string_view) {}
};

}  // namespace tivit
