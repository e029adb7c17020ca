// labels/lags: what labels/lag found, recording by recording -> one report.
//
//   [stages.lags]
//   use = "labels/lags"
//   in = "lag.lag"
//
// report/scores prints it, report/json keeps it, report/tsv makes the file that data/clips takes as `label_shifts`. Recordings that
// failed are counted.
#include <algorithm>
#include <stages/report/json_value.hpp>
#include <tivit/contract.hpp>

namespace tivit::labels {
namespace {

class Lags {
 public:
  static void contract(Contract<Lags>& c) {
    c.gather("the lags of all recordings as one report", "run");
    c.in("lag", "json").doc("of labels/lag");
    c.out("report", "json");
    c.example("[stages.lags]\nuse = \"labels/lags\"\nin = \"lag.lag\"\n");
  }
  void add(const nlohmann::json& lag, Emit&) { recordings_.push_back(lag); }
  void finish(Emit& emit, Context& context) {
    nlohmann::json report{{"kind", "lags"}, {"recordings", std::exchange(recordings_, nlohmann::json::array())}, {"failed", 0}};
    if (const Members* members = context.members())
      report["failed"] = std::count_if(members->begin(), members->end(), [](const Member& member) { return member.lost.has_value(); });
    emit(std::move(report));
  }
  std::string save_state() const { return recordings_.dump(); }
  void load_state(std::string_view state) { recordings_ = nlohmann::json::parse(state); }

 private:
  nlohmann::json recordings_ = nlohmann::json::array();
};
TIVIT_STAGE("labels/lags", Lags)

}  // namespace
}  // namespace tivit::labels
