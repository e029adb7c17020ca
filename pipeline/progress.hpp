#pragma once
// What a person sees while a run goes on: where it is, how fast each stage is, what limits it.
//
//   2:31  epoch 3 of 5  62 %  1:32 left  310 of 1024 MiB  limited by strips, busy 96 %
//   clips 12.1/s  strips 12.0/s 4/4  background 12.1/s 1/4  sample 12.0/s  batch 12.0/s  forward 1.5/s  loss 1.5/s  step 1.5/s
//   train: loss 0.0312  eval: note_onset_f1_50ms 0.931
//
// A stage stands with the items it took in a second and, where some wait, how full its inbox is. On a terminal these lines are
// redrawn in place; elsewhere they are one plain line now and then.
#include <cstdio>
#include <deque>
#include <map>
#include <string>
#include <tivit/clock.hpp>
#include <tivit/run.hpp>

namespace tivit {

/// Two looks at a run, `window_s` apart; the second one `elapsed_s` after it began.
struct ProgressView {
  const Plan& plan;
  const RunProgress &before, &now;
  double window_s = 1, elapsed_s = 1;
  std::map<std::string, RunContext::Values> metrics;
};
/// The three lines, each as the pieces between which it may break.
std::vector<std::vector<std::string>> progress_pieces(const ProgressView& view);
/// Pieces put into lines of at most `width` characters; 0: one line for all.
std::vector<std::string> progress_lines(const std::vector<std::vector<std::string>>& pieces, std::size_t width);

class ProgressLine {
 public:
  ProgressLine(const Plan& plan, bool quiet, std::shared_ptr<const Clock> clock = std::make_shared<Clock>(), std::FILE* to = stderr);
  void tick(const RunProgress& progress, const RunContext& context);
  void end();

 private:
  void draw(const std::vector<std::vector<std::string>>& pieces) const;

  const Plan& plan_;
  std::shared_ptr<const Clock> clock_;
  std::FILE* to_;
  bool quiet_, terminal_;
  Clock::Time began_ = clock_->now(), last_ = began_;
  std::deque<std::pair<Clock::Time, RunProgress>> looks_;  ///< the last seconds, for rates
};

}  // namespace tivit
