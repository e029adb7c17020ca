#pragma once
// A stage in a shell: all that is asked of it is asked of the one inside. Shells override what they care about.
#include <memory>
#include <tivit/stage.hpp>
#include <utility>

namespace tivit::detail {

class ForwardingStage : public Stage {
 public:
  explicit ForwardingStage(std::unique_ptr<Stage> inner) : inner_(std::move(inner)) {}

  void set(const std::string& parameter, const ParameterValue& value) override { inner_->set(parameter, value); }
  void bind(const std::string& parameter, const std::shared_ptr<Resource>& resource) override { inner_->bind(parameter, resource); }
  void open(RunContext& run) override { inner_->open(run); }
  std::optional<std::int64_t> expected() const override { return inner_->expected(); }
  std::string save_state() const override { return inner_->save_state(); }
  void load_state(std::string_view state) override { inner_->load_state(state); }
  std::optional<std::vector<Payload>> next(Context& context) override { return inner_->next(context); }
  std::vector<Payload> call(const Inputs& inputs, Context& context) override { return inner_->call(inputs, context); }
  void expand(const Inputs& inputs, Emit& emit, Context& context) override { inner_->expand(inputs, emit, context); }
  void add(const Inputs& inputs, Emit& emit, Context& context) override { inner_->add(inputs, emit, context); }
  void finish(Emit& emit, Context& context) override { inner_->finish(emit, context); }
  void scope_end(Context& context) override { inner_->scope_end(context); }

 protected:
  Stage& inner() { return *inner_; }

 private:
  std::unique_ptr<Stage> inner_;
};

}  // namespace tivit::detail
