#pragma once
// What every model is to the stages that use it: a resource with named parameters, a mode, dropout and averaged weights.
#include <filesystem>
#include <functional>
#include <optional>
#include <stages/model/parameters.hpp>
#include <stages/model/row_rate.hpp>
#include <tivit/faults.hpp>
#include <tivit/resource.hpp>

namespace tivit::model {

/// A network that several stages share. The lease says the mode (training or not) and seeds dropout; a graph called by
/// `[[after]]` (`Lease::shared_run`) sees the averaged weights where there are any, and the buffers as they are.
class Model : public Resource {
 public:
  /// Logits of one batch. Differentiable where gradients are recorded.
  virtual Fields forward(const Fields& batch) = 0;
  /// Rows of the input that one step of the logits covers; a rest that fills no step is left out. 0: it says one thing of
  /// the whole window.
  virtual std::int64_t rows_per_step() const { return 1; }

  Parameters& parameters() { return parameters_; }
  RowRate& row_rate() { return row_rate_; }
  bool training() const { return training_; }
  at::Device device() const { return device_; }

  /// Moves the average towards the parameters: average += (1 - d) (parameter - average), d = decay, but less in the first
  /// calls (at most (1 + n) / (10 + n) in call n), so that a short run's average forgets where it began.
  void average(double decay);
  /// Undoes what the batch of this lease did to the buffers: a batch of no numbers would stay in running means for good.
  void forget_batch();
  /// The weights that one would use or keep: averaged where there is an average; buffers as they are.
  Fields best_known_weights() const;

  void open(RunContext& run) override;
  void lease_begins(const Lease& lease) override;
  void lease_ends() override;
  /// Parameters, buffers, average, gradients gathered so far, and the rate of what was learned from.
  std::string save_state() const override;
  void load_state(std::string_view state) override;

  std::optional<std::filesystem::path> weights;  ///< parameter: a checkpoint to start from
  /// Called when a graph called by `[[after]]` takes the model, before it sees the weights; empty: nobody trains.
  std::function<void()> before_scoring;

 protected:
  /// For `check`: whether `weights` can be read, and fit a model of this configuration. `made` is a copy that is built for it.
  static void check_weights(Model&& made, Faults& faults);
  /// Checks the configuration and adds every parameter.
  virtual void build(Initialiser& initial) = 0;
  /// What is done to fresh weights only, after `build`.
  virtual void start_fresh() {}
  at::Tensor dropout(const at::Tensor& x, double probability);

  Parameters parameters_;

 private:
  void copy_in(const Fields& values);

  RowRate row_rate_;
  bool training_ = false;
  at::Device device_ = at::kCPU;
  at::Generator generator_;         ///< of dropout on other devices than the CPU
  std::uint64_t dropout_seed_ = 0;  ///< of the next one on the CPU
  Fields average_;                  ///< empty: none
  std::int64_t averaged_ = 0;       ///< calls of `average` so far
  Fields buffers_before_;           ///< as this lease found them, in training
  Fields set_aside_;                ///< the trained values while the averaged ones are in use
};

}  // namespace tivit::model
