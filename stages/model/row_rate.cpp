#include <stages/model/row_rate.hpp>

#include <spdlog/spdlog.h>

#include <cmath>
#include <tivit/time.hpp>

namespace tivit::model {
namespace {

/// Rates of videos are told in a thousandth: 29.97, not 29.970029970029969.
std::optional<double> rate_of(const TimeGrid* grid) {
  if (!grid || !(grid->hop_ns > 0)) return std::nullopt;
  return std::round(1e12 / grid->hop_ns) / 1e3;
}

}  // namespace

std::optional<double> rows_per_s(const Context& context) {
  if (!context.members()) return rate_of(context.find<TimeGrid>());
  std::optional<double> common;
  for (const auto& member : *context.members()) {
    if (!member.alive()) continue;
    const auto rate = rate_of(member.attachments.find<TimeGrid>());
    if (!rate || (common && *common != *rate)) return std::nullopt;
    common = rate;
  }
  return common;
}

void RowRate::learn(std::optional<double> rows_per_s) {
  if (!learned_)
    known_ = rows_per_s;
  else if (known_ != rows_per_s)
    known_.reset();
  learned_ = true;
}

void RowRate::compare(std::optional<double> rows_per_s, const std::string& name) {
  if (warned_ || !known_ || !rows_per_s || std::abs(*rows_per_s / *known_ - 1) <= 0.05) return;
  warned_ = true;
  spdlog::warn("{}: {:g} rows a second, but the weights have learned from {:g}; where notes are missed, set clips.frame_times.rate = {:g}",
               name, *rows_per_s, *known_, *known_);
}

}  // namespace tivit::model
