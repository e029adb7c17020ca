#pragma once
// Says what a run waits for: when it is asked, and by itself where no call has ended for a while.
#include <string>
#include <tivit/run.hpp>
#include <vector>

namespace tivit {

/// A line for the whole, then one for each stage that is not through.
std::string waits_text(double quiet_s, const std::vector<StageWait>& waits);

class StallWatch {
 public:
  /// `after_s` = 0: only when asked.
  explicit StallWatch(double after_s) : after_s_(after_s), next_s_(after_s) {}
  /// Now and then; writes to the log when there is something to say. A stall that lasts is named again each time it has doubled.
  void tick(const Run& run, bool asked);

 private:
  double after_s_, next_s_;
};

}  // namespace tivit
