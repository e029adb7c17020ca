#include "tests/bench/memory_graph.hpp"
#include "tests/folders.hpp"

#include <fstream>
#include <tivit/make_plan.hpp>
#include <tivit/run.hpp>
#include <tivit/tensor/stage.hpp>

namespace tivit::bench {
namespace {

struct Records {
  std::int64_t sent = 0;

  static void contract(Contract<Records>& c) {
    c.source("records that lie in memory").attaches<TimeGrid>().attaches<SourceName>().attaches<keyboard::KeyGeometry>();
    c.out("record", "{...}");
    c.example("[stages.records]\nuse = \"bench/records\"\n");
  }
  std::optional<Fields> next(Context& context) {
    if (sent == records_an_epoch) {
      sent = 0;
      return std::nullopt;
    }
    context.set(TimeGrid::from_rate(20));
    context.set(SourceName{"record " + std::to_string(sent)});
    if (geometry) context.set(*geometry);
    return records[static_cast<std::size_t>(sent++) % records.size()];
  }
};
TIVIT_STAGE("bench/records", Records)

}  // namespace

std::shared_ptr<model::Model> make_model(const std::string& use, const std::vector<std::pair<std::string, ParameterValue>>& settings) {
  const auto& spec = Registry::instance().find(use);
  auto made = std::dynamic_pointer_cast<model::Model>(spec.make_resource([&](const auto& set) {
    for (const auto& [name, value] : settings) set(name, spec.parameter(name)->checked(value));
  }));
  RunContext run;
  made->open(run);
  return made;
}

void run_graph(const std::string& name, const std::string& text, bool training, const std::string& precision) {
  const auto folder = tests::build_folder() / "bench" / name;
  std::filesystem::create_directories(folder);
  const auto file = folder / "graph.toml";
  std::ofstream(file) << text;
  const Plan plan = make_plan(GraphRequest{file, {}, {}});
  RunContext context;
  context.directory = folder;
  context.seed = plan.seed;
  context.training = training;
  context.precision = precision;
  Run run(plan, context);
  run.execute();
}

std::string best_precision() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512bf16")) return "bf16";
#endif
  return "fp32";
}

}  // namespace tivit::bench
