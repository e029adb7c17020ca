#pragma once
// How long recordings are and how many notes they have, which random windows need to know.
#include <stages/data/clip.hpp>
#include <stages/data/draws.hpp>

namespace tivit::data {

/// Fills in durations that are unknown from the ends of the last labelled notes. Throws Error naming a recording that has
/// neither, and on labels that cannot be read.
std::vector<Recording> measure(std::vector<Clip>& clips, double rows_per_second);

}  // namespace tivit::data
