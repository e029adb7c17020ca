#include <tivit/progress.hpp>

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

namespace tivit {
namespace {

constexpr std::chrono::seconds rate_window{10}, plain_pause{15};
constexpr std::chrono::milliseconds redraw_pause{200};

struct Size {
  std::size_t rows = 24, columns = 80;
};
Size terminal_size(std::FILE* terminal) {
  winsize size{};
  if (::ioctl(::fileno(terminal), TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0) return {};
  return {size.ws_row, size.ws_col};
}

}  // namespace

ProgressLine::ProgressLine(const Plan& plan, bool quiet, std::shared_ptr<const Clock> clock, std::FILE* to)
    : plan_(plan), clock_(std::move(clock)), to_(to), quiet_(quiet), terminal_(::isatty(::fileno(to))) {}

void ProgressLine::tick(const RunProgress& progress, const RunContext& context) {
  const auto now = clock_->now();
  if (quiet_ || now - last_ < (terminal_ ? Clock::Time::duration(redraw_pause) : Clock::Time::duration(plain_pause))) return;
  last_ = now;
  if (looks_.empty()) {
    RunProgress nothing = progress;
    for (auto& stage : nothing.stages) stage.in = stage.out = 0, stage.busy_s = 0;
    looks_.emplace_back(began_, std::move(nothing));
  }
  looks_.emplace_back(now, progress);
  while (looks_.size() > 2 && now - looks_[1].first >= rate_window) looks_.pop_front();
  const auto seconds = [&](Clock::Time since) { return std::chrono::duration<double>(now - since).count(); };
  draw(progress_pieces({plan_, looks_.front().second, progress, seconds(looks_.front().first), seconds(began_), context.last_metrics()}));
}

void ProgressLine::draw(const std::vector<std::vector<std::string>>& pieces) const {
  const Size size = terminal_size(to_);
  auto lines = progress_lines(pieces, terminal_ ? size.columns - 1 : 0);
  if (terminal_ && lines.size() >= size.rows) lines.resize(size.rows - 1);
  std::string text = terminal_ ? "\r\033[J" : "";
  for (std::size_t i = 0; i < lines.size(); ++i) text += (i ? "\n" : "") + lines[i];
  // The cursor goes back to the first line, so that the next log line or redrawing takes their place.
  if (terminal_)
    text += (lines.size() > 1 ? "\033[" + std::to_string(lines.size() - 1) + "A" : "") + "\r";
  else
    text += "\n";
  std::fputs(text.c_str(), to_);
  std::fflush(to_);
}

void ProgressLine::end() {
  if (!quiet_ && terminal_) std::fputs("\r\033[J", to_);
}

}  // namespace tivit
