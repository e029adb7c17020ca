#pragma once
// How long each member of a batch is; travels with the batch so that it can be taken apart again.
#include <cstdint>
#include <vector>

namespace tivit::batch {

struct Ragged {
  std::vector<std::int64_t> lengths;  ///< rows of each member
  std::int64_t padded = 0;            ///< rows of the batch: the longest member
};

}  // namespace tivit::batch
