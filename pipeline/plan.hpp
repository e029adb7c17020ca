#pragma once
// A checked graph: plain, immutable data that the executor runs. Made by make_plan() from the graph text, or by hand in tests.
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tivit/run_context.hpp>
#include <tivit/stage.hpp>
#include <vector>

namespace tivit {

/// What happens to the run when a stage fails on an item.
struct OnError {
  enum class Do { fail, skip, retry } action = Do::fail;
  int times = 0;                             ///< retry: further attempts before the item counts as failed
  double wait_s = 0.01;                      ///< retry: before the first of them; twice as long before each that follows, at most 30 s
  double budget = 1.0;                       ///< skip, retry: share of the stage's items that may fail ...
  std::optional<std::int64_t> budget_items;  ///< ... or their number
};

/// Where an input port gets its items from.
struct PlanInput {
  std::string port;   ///< name of the port (for many-ports: the name the graph gives)
  int producer = -1;  ///< index into Plan::stages; -1: an optional port left open
  int output = 0;     ///< output port of the producer
  std::string field;  ///< "" for the whole payload
  PortType type;      ///< what flows, as far as the whole graph tells
};

/// A stream of items with ids of one depth. Maps stay in their input's domain; expands and gathers open new ones.
/// The first two are the run itself (one item, depth 0) and the epochs (depth 1): a gather of one item a scope may land there.
struct PlanDomain {
  int depth = 2;      ///< of its item ids: a source's items are epoch/number
  int parent = -1;    ///< expand: the domain whose items became scopes here; plain gather: the domain of the scope's items, or -1
  std::string opens;  ///< expand: kind of the scope that each parent item became
  int gathered = -1;  ///< plain gather: the domain its members come from
  int opener = -1;    ///< stage that opened it
};

constexpr int run_domain = 0, epoch_domain = 1;

struct PlanStage {
  std::string name;
  const StageSpec* spec = nullptr;
  std::vector<std::pair<std::string, ParameterValue>> parameters;  ///< checked, defaults filled in; unset ones left out
  std::vector<PlanInput> inputs;                                   ///< in port order
  std::vector<std::pair<std::string, int>> resources;              ///< parameter -> index into Plan::resources
  std::string scope;                                               ///< resolved: what an expand opens or a gather listens to
  int scope_depth = 0;    ///< gather: depth of the ids of the scopes it listens to (run 0, epoch 1, ...)
  int domain = -1;        ///< of its outputs; of its inputs' deepest one for sinks
  int input_domain = -1;  ///< the deepest domain among its inputs; -1 for a source
  OnError on_error;
  int concurrency = 0;  ///< upper limit of parallel calls; 0: as many as there are workers
};

struct PlanResource {
  std::string name;
  const StageSpec* spec = nullptr;
  std::vector<std::pair<std::string, ParameterValue>> parameters;
};

/// A graph that is called when a scope ends.
struct PlanAfter {
  std::string every;                       ///< "epoch" or "run"
  std::string name;                        ///< file stem of the graph called: "eval"
  std::vector<std::pair<int, int>> share;  ///< resource here -> resource there
  std::shared_ptr<const struct Plan> plan;
};

/// A replay: the part of a run that is wanted again. See replay_plan.hpp.
struct OnlyItems {
  std::vector<ItemId> items;  ///< these, what leads to them and what is made of them; empty: everything
  ItemId target;              ///< what the last stage is to work on
  std::uint32_t first_epoch = 0, end_epoch = 1;
  std::vector<bool> selects;                 ///< by stage: sources and expands that make wanted items alone
  std::vector<std::uint32_t> first_numbers;  ///< by stage: what a gather calls its first item
  bool wants(const ItemId& id) const;
  bool past(const ItemId& id) const;  ///< no wanted item comes any more
};

struct Plan {
  std::string title;
  std::string name;               ///< file stem of the graph: "train"
  std::vector<PlanStage> stages;  ///< producers before consumers
  std::vector<PlanResource> resources;
  std::vector<PlanDomain> domains;
  std::vector<PlanAfter> after;

  std::uint64_t seed = 0;
  int epochs = 1;
  bool training = false;
  std::uint64_t memory_bytes = std::uint64_t{2} << 30;  ///< bytes in flight
  double stalled_after_s = 30;                          ///< without a call that ends, the run says what waits for what; 0: never
  std::string device = "cpu";
  std::string precision = "fp32";
  ThreadBudget threads;
  std::vector<std::filesystem::path> plugins;  ///< files and folders that `[run] plugins` names, from the root
  std::filesystem::path directory = "runs";    ///< where run directories are made
  std::string file;                            ///< the graph's path as it was asked for
  std::vector<std::string> warnings;           ///< unused variables and the like
  std::string resolved_text;                   ///< the whole graph as TOML, each value with its origin
  std::optional<OnlyItems> only;               ///< nothing: all items
};

}  // namespace tivit
