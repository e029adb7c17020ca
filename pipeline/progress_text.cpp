#include <algorithm>
#include <tivit/explanation.hpp>
#include <tivit/progress.hpp>
#include <tivit/text_format.hpp>

namespace tivit {
namespace {

using Pieces = std::vector<std::string>;

std::string clock_text(double seconds) {
  const auto s = static_cast<long>(seconds);
  return s < 3600 ? format("%ld:%02ld", s / 60, s % 60) : format("%ld:%02ld:%02ld", s / 3600, s / 60 % 60, s % 60);
}

/// Share of the window in which a stage worked, of all it could have at once.
double busy(const ProgressView& view, std::size_t stage) {
  const StageProgress& now = view.now.stages[stage];
  return (now.busy_s - view.before.stages[stage].busy_s) / (view.window_s * std::max(1, now.limit));
}

/// Shares from which memory and the workers are called the limit: a window of a second reaches the whole of neither.
constexpr double full_share = 0.9, workers_share = 0.8;

/// The stage that could not do more holds up all others; else memory may, or that there are no more workers.
std::string limit_text(const ProgressView& view) {
  std::size_t busiest = 0, costliest = 0;
  double total = 0, most = 0;
  for (std::size_t i = 0; i < view.now.stages.size(); ++i) {
    const double cost = busy(view, i) * std::max(1, view.now.stages[i].limit);
    total += cost;
    if (cost > most) most = cost, costliest = i;
    if (busy(view, i) > busy(view, busiest)) busiest = i;
  }
  const double share = busy(view, busiest);
  const auto percent = [](double part) { return format("%.0f %%", 100 * std::clamp(part, 0.0, 1.0)); };
  if (share >= limiting_share) return "limited by " + view.now.stages[busiest].stage + ", busy " + percent(share);
  if (view.now.bytes_in_flight >= full_share * view.now.memory) return "limited by memory";
  if (total >= workers_share * view.plan.threads.pipeline)
    return format("limited by %d pipeline threads, most for ", view.plan.threads.pipeline) + view.now.stages[costliest].stage;
  return "busiest: " + view.now.stages[busiest].stage + " " + percent(share);
}

Pieces first_line(const ProgressView& view) {
  Pieces pieces{clock_text(view.elapsed_s)};
  if (view.plan.epochs > 1) {
    const int epoch = std::min(static_cast<int>(view.now.epoch) + 1, view.plan.epochs);
    pieces.push_back(format("epoch %d of %d", epoch, view.plan.epochs));
  }
  if (view.now.share) {
    pieces.push_back(format("%.0f %%", 100 * *view.now.share));
    if (*view.now.share > 0) pieces.push_back(clock_text(view.elapsed_s * (1 / *view.now.share - 1)) + " left");
  }
  constexpr double mebibyte = 1 << 20;
  pieces.push_back(format("%.0f of %.0f MiB", static_cast<double>(view.now.bytes_in_flight) / mebibyte,
                          static_cast<double>(view.now.memory) / mebibyte));
  pieces.push_back(view.now.called.empty() ? limit_text(view) : "waits for " + view.now.called);
  return pieces;
}

Pieces stages_line(const ProgressView& view) {
  Pieces pieces;
  for (std::size_t i = 0; i < view.now.stages.size(); ++i) {
    const StageProgress& stage = view.now.stages[i];
    const double rate = static_cast<double>(stage.in - view.before.stages[i].in) / view.window_s;
    pieces.push_back(stage.stage + format(rate < 99.5 ? " %.1f/s" : " %.0f/s", rate) +
                     (stage.queued ? format(" %zu/%zu", stage.queued, stage.room) : ""));
  }
  return pieces;
}

Pieces metrics_line(const ProgressView& view) {
  Pieces pieces;
  for (const auto& [event, values] : view.metrics)
    for (std::size_t i = 0; i < values.size() && i < 4; ++i)
      pieces.push_back((i ? "" : event + ": ") + values[i].first + format(" %.4g", values[i].second));
  return pieces;
}

}  // namespace

std::vector<std::vector<std::string>> progress_pieces(const ProgressView& view) {
  return {first_line(view), stages_line(view), metrics_line(view)};
}

std::vector<std::string> progress_lines(const std::vector<std::vector<std::string>>& pieces, std::size_t width) {
  std::vector<std::string> lines;
  for (const auto& group : pieces) {
    bool fresh = width > 0 || lines.empty();
    for (const auto& piece : group) {
      if (!fresh && (!width || lines.back().size() + 2 + piece.size() <= width))
        lines.back() += "  " + piece;
      else
        lines.push_back(width ? piece.substr(0, width) : piece);
      fresh = false;
    }
  }
  return lines;
}

}  // namespace tivit
