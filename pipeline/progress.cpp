#include <tivit/progress.hpp>

#include <unistd.h>

#include <algorithm>
#include <cstdio>

namespace tivit {

ProgressLine::ProgressLine(const Plan& plan, bool quiet) : plan_(plan), quiet_(quiet), terminal_(::isatty(STDERR_FILENO)) {}

void ProgressLine::tick(const RunProgress& progress, const RunContext& context) {
  const auto now = std::chrono::steady_clock::now();
  if (quiet_ || now - last_ < (terminal_ ? std::chrono::milliseconds(200) : std::chrono::seconds(15))) return;
  last_ = now;
  const std::string line = text(progress, context, std::chrono::duration<double>(now - began_).count());
  std::fprintf(stderr, terminal_ ? "\r\033[K%s" : "%s\n", line.c_str());
  std::fflush(stderr);
}

void ProgressLine::end() {
  if (!quiet_ && terminal_) std::fprintf(stderr, "\r\033[K");
}

std::string ProgressLine::text(const RunProgress& progress, const RunContext& context, double elapsed_s) const {
  char buffer[160];
  std::string line;
  // The fullest inbox waits for the slowest stage.
  const StageProgress *fullest = nullptr, *last = nullptr;
  for (const auto& stage : progress.stages) {
    if (!fullest || stage.queued > fullest->queued) fullest = &stage;
    if (stage.in) last = &stage;
  }
  const auto source =
      std::find_if(plan_.stages.begin(), plan_.stages.end(), [](const auto& stage) { return stage.spec->kind == Kind::source; });
  const auto& first = progress.stages[static_cast<std::size_t>(source - plan_.stages.begin()) % progress.stages.size()];
  std::snprintf(buffer, sizeof buffer, "%.0f s  %s %llu (%.1f/s)", elapsed_s, first.stage.c_str(),
                static_cast<unsigned long long>(first.in), static_cast<double>(first.in) / elapsed_s);
  line += buffer;
  if (last && last != &first) {
    std::snprintf(buffer, sizeof buffer, "  %s %llu (%.1f/s)", last->stage.c_str(), static_cast<unsigned long long>(last->in),
                  static_cast<double>(last->in) / elapsed_s);
    line += buffer;
  }
  if (fullest && fullest->queued) line += "  waiting for " + fullest->stage + ": " + std::to_string(fullest->queued);
  std::snprintf(buffer, sizeof buffer, "  %.0f MiB", static_cast<double>(progress.bytes_in_flight) / 1048576);
  line += buffer;
  if (progress.share) {
    std::snprintf(buffer, sizeof buffer, "  %.0f %%", 100 * *progress.share);
    line += buffer;
    if (*progress.share > 0) {
      const int left_s = static_cast<int>(elapsed_s * (1 / *progress.share - 1));
      std::snprintf(buffer, sizeof buffer, ", %d:%02d left", left_s / 60, left_s % 60);
      line += buffer;
    }
  }
  for (const auto& [event, values] : context.last_metrics())
    for (std::size_t i = 0; i < values.size() && i < 4; ++i) {
      std::snprintf(buffer, sizeof buffer, "  %s %.4g", values[i].first.c_str(), values[i].second);
      line += buffer;
    }
  return line;
}

}  // namespace tivit
