#pragma once
#include <optional>
#include <span>

namespace tivit::labels {

/// Cosine of the angle between two curves of one length, each less its mean: -1..1. Nothing where one of them is constant.
std::optional<double> centred_correlation(std::span<const float> x, std::span<const float> y);

}  // namespace tivit::labels
