#pragma once
// Figures the way TensorBoard reads them: records of a file `*tfevents*` (TFRecord framing around `tensorflow.Event` messages).
// Encoded here and not by libprotobuf: LibTorch carries a copy of its own, and two in one process clash. Four fields are needed.
#include <cstdint>
#include <string>
#include <string_view>
#include <tivit/run_context.hpp>

namespace tivit {

/// The record that a file begins with.
std::string version_record(double wall_s);
/// One record with a scalar `group/name` for each figure. TensorBoard keeps them as float32.
std::string scalars_record(double wall_s, std::int64_t step, std::string_view group, const RunContext::Values& values);

}  // namespace tivit
