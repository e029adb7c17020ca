#include <tivit/detail/of_epoch.hpp>
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

std::map<std::string, RunContext::Values> RunContext::last_metrics() const {
  const std::lock_guard lock(mutex_);
  return last_metrics_;
}

namespace {
class NestedContext final : public RunContext {
 public:
  explicit NestedContext(RunContext& outer) : outer_(outer) {}
  void metrics(const std::string& event, std::uint32_t epoch, const Values& values) override {
    RunContext::metrics(event, epoch, values);
    Values told = values;
    std::erase_if(told, [](const auto& one) { return one.first == detail::of_epoch; });
    if (epoch != first_epoch) told.emplace_back(detail::of_epoch, first_epoch);
    outer_.metrics(event, epoch, told);
  }

 private:
  RunContext& outer_;
};
}  // namespace

std::unique_ptr<RunContext> RunContext::nested(const std::string& called, std::uint32_t epoch) {
  auto context = std::make_unique<NestedContext>(*this);
  context->directory = directory / called / ("epoch-" + std::to_string(epoch));
  context->name = name + "/" + called;
  context->seed = seed;
  context->device = device;
  context->precision = precision;
  context->threads = threads;
  context->shares_resources = true;
  context->first_epoch = epoch;
  return context;
}

}  // namespace tivit
