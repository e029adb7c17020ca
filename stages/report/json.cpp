// report/json: a JSON value -> a file, indented, replaced in one step.
//
//   [stages.save]
//   use = "report/json"
//   in = "scores"
//   to = "scores.json"        # without it, <stage>.json in the run directory
//
// A later value replaces the one before. Fails when the file cannot be written.
#include <stages/report/json_value.hpp>
#include <tivit/atomic_file.hpp>
#include <tivit/contract.hpp>
#include <tivit/writable.hpp>

namespace tivit::report {
namespace {

struct WriteJson {
  std::filesystem::path to;

  static void contract(Contract<WriteJson>& c) {
    c.sink("writes a JSON value to a file");
    c.param("to", &WriteJson::to).doc("the file; empty: <stage>.json in the run directory");
    c.in("value", "json");
    c.example("[stages.save]\nuse = \"report/json\"\nin = \"scores\"\nto = \"scores.json\"\n");
  }
  void check(Faults& faults) const { check_file(faults, "to", to); }
  void operator()(const nlohmann::json& value, Context& context) const {
    write_file(to.empty() ? context.run().directory / (context.stage() + ".json") : to, value.dump(2) + "\n");
  }
};
TIVIT_STAGE("report/json", WriteJson)

}  // namespace
}  // namespace tivit::report
