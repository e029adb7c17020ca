#pragma once
// The small graph in which one stage is tested: what feeds it any items, tombstones and ends of scopes, and what reads all that it sends
// on.
#include <tivit/account.hpp>
#include <tivit/plan.hpp>
#include <tivit/testing/watched.hpp>

namespace tivit::testing {

/// What a stage is given, in this order. Ids are kept, whatever they are; epochs and the run end by themselves.
struct Script {
  std::vector<Event> events;
  std::vector<std::string> ports;  ///< that are fed: names of an item's values, in their order
  std::string stage = "tested";    ///< name of the stage in the graph: what it draws depends on it
  bool leased = false;             ///< items carry the lease of a resource that holds nothing
};

/// What came out, in order.
struct Readings {
  std::vector<Event> events;
  std::function<void(Event&)> each;  ///< sees an item as it comes
};

class SmallPlan {
 public:
  SmallPlan(std::shared_ptr<Watch> watch, const StageSpec& spec, const Settings& settings, Script script);

  Plan plan;
  std::uint32_t first_epoch = 0;
  std::shared_ptr<Readings> readings = std::make_shared<Readings>();
  PlanStage& tested() { return plan.stages[static_cast<std::size_t>(stage_)]; }
  std::vector<std::shared_ptr<Resource>> resources;  ///< of the plan
  /// What this parameter of the stage names.
  void bind(const std::string& parameter, std::shared_ptr<Resource> resource);
  /// After a run: adds what only the account tells, the loss of an item that stands for the whole run.
  void complete(const RunAccount& account);

 private:
  int add(const std::string& name, std::unique_ptr<StageSpec> spec, int producer, int domain);
  void make_domains(const Script& script, const std::string& scope, bool gathers);
  void feed(Script script);
  void test(const std::shared_ptr<Watch>& watch, const StageSpec& spec, const std::string& name, const Settings& settings,
            const std::vector<std::string>& ports);
  void read();
  int hold(const std::string& name, std::shared_ptr<Resource> resource);
  int output_domain(const PlanStage& stage);

  std::vector<std::unique_ptr<StageSpec>> specs_;
  std::vector<int> by_depth_;                   ///< domains of items with ids of this depth
  int items_ = -1, members_ = -1, stage_ = -1;  ///< domains, and a stage
};

/// As a graph gives them to the stage: checked, defaults filled in. Throws Error for those that it refuses or lacks.
Settings parameters_of(const StageSpec& spec, const Settings& settings);
/// The scope that an expand opens or a gather listens to, given these settings.
std::string scope_of(const StageSpec& spec, const Settings& settings);

}  // namespace tivit::testing
