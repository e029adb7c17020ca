#pragma once
// What stages report of a run, which goes to metrics.jsonl in a run of the program.
#include <tivit/run_context.hpp>

namespace tivit::testing {

/// By event, in the order in which it was reported: `epoch 0: loss 0.25, notes 12`.
using Figures = std::map<std::string, std::vector<std::string>>;
/// The first report in which two runs differ, in words; "" for none.
std::string difference(const Figures& expected, const Figures& got);

/// Keeps all of them.
class FigureContext final : public RunContext {
 public:
  void metrics(const std::string& event, std::uint32_t epoch, const Values& values) override;
  Figures figures() const;

 private:
  Figures figures_;
};

}  // namespace tivit::testing
