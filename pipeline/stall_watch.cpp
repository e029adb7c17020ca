#include <tivit/stall_watch.hpp>

#include <spdlog/spdlog.h>

#include <algorithm>
#include <tivit/text_format.hpp>

namespace tivit {

std::string waits_text(double quiet_s, const std::vector<StageWait>& waits) {
  const StageWait* longest = nullptr;
  std::size_t width = 0;
  for (const auto& wait : waits) {
    width = std::max(width, wait.stage.size());
    // Of two that began together the later stage: what comes before it may be waiting for room.
    if (wait.works && (!longest || wait.since_s >= longest->since_s)) longest = &wait;
  }
  std::string text = format("no call has ended for %.1f s; ", quiet_s);
  text += longest ? "longest at work: " + longest->stage + ", " + longest->text : std::string("no stage is at work");
  for (const auto& wait : waits) text += "\n  " + wait.stage + std::string(width - wait.stage.size() + 2, ' ') + wait.text;
  return text;
}

void StallWatch::tick(const Run& run, bool asked) {
  const double quiet_s = run.quiet_s();
  if (quiet_s < after_s_) next_s_ = after_s_;
  const bool stalled = after_s_ > 0 && quiet_s >= next_s_;
  if (stalled) next_s_ = 2 * quiet_s;
  if (stalled) return spdlog::warn("the run stalls: {}", waits_text(quiet_s, run.waits()));
  if (asked) spdlog::info("{}", waits_text(quiet_s, run.waits()));
}

}  // namespace tivit
