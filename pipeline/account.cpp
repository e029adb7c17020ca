#include <tivit/account.hpp>

namespace tivit {

std::uint64_t RunAccount::failed() const {
  std::uint64_t total = 0;
  for (const auto& stage : stages) total += stage.failed;
  return total;
}

}  // namespace tivit
