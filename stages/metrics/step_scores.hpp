#pragma once
// How a model's steps compare with their targets, cell by cell and as events.
#include <ATen/core/Tensor.h>

#include <cstdint>

namespace tivit::metrics {

/// Hits, false alarms, misses. The ratios have the 1e-8 in their denominators that the earlier Python system had: with nothing to
/// find and nothing found they are 0.
struct StepCounts {
  std::int64_t tp = 0, fp = 0, fn = 0;
  double precision() const;
  double recall() const;
  double f1() const;
  StepCounts& operator+=(const StepCounts& more) { return tp += more.tp, fp += more.fp, fn += more.fn, *this; }
};

/// bool tensors of one shape, compared cell by cell.
StepCounts cell_counts(const at::Tensor& predicted, const at::Tensor& target);

/// Every active cell of bool[B,T,K] is an event of its member and key. Predictions in order of their step take the nearest event of
/// the target that is left (of two equally near the earlier), if it lies within `tolerance_steps`.
StepCounts event_counts(const at::Tensor& predicted, const at::Tensor& target, double tolerance_steps);

}  // namespace tivit::metrics
