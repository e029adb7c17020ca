#include <tivit/run_context.hpp>

namespace tivit {

void RunContext::metrics(const std::string& event, std::uint32_t, const Values& values) {
  const std::lock_guard lock(mutex_);
  last_metrics_[event] = values;
}

RunContext::Values RunContext::last_metrics(const std::string& event) const {
  const std::lock_guard lock(mutex_);
  const auto found = last_metrics_.find(event);
  return found == last_metrics_.end() ? Values{} : found->second;
}

}  // namespace tivit
