#include <stages/train/kept_checkpoints.hpp>

#include <spdlog/spdlog.h>

#include <tivit/tensor/finite.hpp>
#include <utility>

namespace tivit::train {
namespace {

std::string not_a_number(const Fields& all) {
  for (const auto& [name, weights] : all)
    if (const auto found = not_finite(weights)) return name + *found;
  return {};
}

}  // namespace

void KeptCheckpoints::end_epoch(Checkpoint held, const std::string& doubt) {
  held_ = std::move(held);
  const auto odd = not_a_number(held_.weights);
  if (!odd.empty() || !doubt.empty()) {
    const std::string kept = "last and best are kept as they were, these weights are in suspect.safetensors",
                      remedy = "go on from checkpoints/last with a lower learning_rate, or set clip_norm",
                      where = "epoch " + std::to_string(held_.epoch);
    write_checkpoint(folder_, "suspect", std::exchange(held_, {}));
    if (!odd.empty()) throw Error("weights " + odd + ": " + kept, remedy, where);
    spdlog::warn("{}: {}: {}; {}", where, doubt, kept, remedy);
    return;
  }
  write_checkpoint(folder_, "last", held_);
  if (options_.keep_every > 0 && (held_.epoch + 1) % static_cast<std::uint32_t>(options_.keep_every) == 0)
    write_checkpoint(folder_, epoch_name(held_.epoch + 1), held_);
  if (!best_.judged()) write_checkpoint(folder_, "best", held_);
}

void KeptCheckpoints::consider(RunContext& run) {
  const auto figures = run.last_metrics(options_.best_event);
  if (held_.weights.empty()) return best_.pass_over(figures, options_.best_metric);
  if (!best_.judge(figures, options_.best_metric, options_.best_is_lowest)) return;
  auto best = held_;
  best.figures.emplace_back(options_.best_metric, best_.value());
  write_checkpoint(folder_, "best", best);
}

void KeptCheckpoints::restore(Checkpoint held, std::optional<double> best) {
  held_ = std::move(held);
  best_.restore(best);
}

}  // namespace tivit::train
