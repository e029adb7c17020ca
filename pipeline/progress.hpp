#pragma once
// The progress line: on a terminal one line that is rewritten, elsewhere a plain line now and then.
#include <chrono>
#include <string>
#include <tivit/run.hpp>

namespace tivit {

class ProgressLine {
 public:
  ProgressLine(const Plan& plan, bool quiet);
  void tick(const RunProgress& progress, const RunContext& context);
  void end();

 private:
  std::string text(const RunProgress& progress, const RunContext& context, double elapsed_s) const;

  const Plan& plan_;
  bool quiet_, terminal_;
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now(), last_ = began_;
};

}  // namespace tivit
