#pragma once
// How long each member of a batch is; travels with the batch so that it can be taken apart again.
#include <cstdint>
#include <vector>

namespace tivit::batch {

struct Ragged {
  std::vector<std::int64_t> lengths;  ///< rows of each member
  std::int64_t padded = 0;            ///< rows of the batch: the longest member
  std::int64_t rows_per_step = 1;     ///< rows that one step of what a model made of the batch covers; 0: it has no steps
};

}  // namespace tivit::batch
