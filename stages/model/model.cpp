#include <ATen/ops/empty_like.h>
#include <ATen/ops/full.h>
#include <c10/core/GradMode.h>
#include <spdlog/spdlog.h>
#include <stages/model/device.hpp>
#include <stages/model/dropout.hpp>
#include <stages/model/model.hpp>
#include <stages/model/tensor_bytes.hpp>
#include <stages/model/weights.hpp>

#include <algorithm>
#include <tivit/error.hpp>

namespace tivit::model {

void Model::check_weights(Model&& made, Faults& faults) {
  if (!made.weights) return;
  try {
    const auto read = read_weights(*made.weights);
    if (!faults.list().empty()) return;  // the configuration is wrong already: there is nothing to fit
    Initialiser initial(0);
    made.build(initial);
    made.parameters_.load(read.tensors, made.weights->string());
  } catch (const Error& error) {
    faults.add("weights", error);
  }
}

void Model::open(RunContext& run) {
  if (!parameters_.empty()) return;  // shared by a graph and the graphs it calls
  device_ = open_device(run.device);
  generator_ = new_generator(device_);
  Initialiser initial(run.seed);
  build(initial);
  if (!weights && !run.training) spdlog::warn("this model's weights are random, and so is what it makes: give `weights`");
  if (weights) {
    const auto read = read_weights(*weights);
    parameters_.load(read.tensors, weights->string());
    row_rate_ = RowRate(read.rows_per_s);
  } else {
    start_fresh();
  }
  parameters_.move_to(device_);
}

void Model::lease_begins(const Lease& lease) {
  training_ = lease.training;
  generator_.set_current_seed(lease.seed);
  dropout_seed_ = lease.seed;
  if (training_)
    for (const auto& [name, value, trained] : parameters_)
      if (!trained) buffers_before_.set(name, value.detach().clone());
  if (lease.shared_run && before_scoring) before_scoring();
  if (!lease.shared_run || average_.empty()) return;
  for (const auto& [name, value, trained] : parameters_)
    if (trained) set_aside_.set(name, value.detach().clone());
  copy_in(average_);
}

void Model::lease_ends() {
  training_ = false;
  if (set_aside_.empty()) return;
  copy_in(set_aside_);
  set_aside_ = {};
}

void Model::forget_batch() { copy_in(buffers_before_); }

void Model::copy_in(const Fields& values) {
  const c10::NoGradGuard no_grad;
  for (const auto& [name, value] : values) parameters_.at(name).detach().copy_(value);
}

void Model::average(double decay) {
  const c10::NoGradGuard no_grad;
  const bool first = average_.empty();
  const auto calls = static_cast<double>(averaged_++);
  const double kept = std::min(decay, (1 + calls) / (10 + calls));
  for (const auto& [name, value, trained] : parameters_) {
    if (!trained) continue;
    if (first)
      average_.set(name, value.detach().clone());
    else
      average_.find(name)->lerp_(value.detach(), 1 - kept);
  }
}

Fields Model::best_known_weights() const {
  Fields out = parameters_.values();
  const Fields& trained = average_.empty() ? set_aside_ : average_;
  for (const auto& [name, value] : trained) out.set(name, value.to(at::kCPU).clone());
  return out;
}

at::Tensor Model::dropout(const at::Tensor& x, double probability) {
  if (!training_ || probability <= 0) return x;
  if (x.is_cpu()) return x.mul(dropout_factors(x.detach(), 1 - probability, dropout_seed_ += 0x9e3779b97f4a7c15U));
  const auto kept = at::empty_like(x.detach()).bernoulli_(1 - probability, generator_);
  return x.mul(kept.mul_(1 / (1 - probability)));
}

std::string Model::save_state() const {
  Fields all;
  for (const auto& [name, value, trained] : parameters_) {
    const auto* aside = set_aside_.find(name);
    all.set("value." + name, (aside ? *aside : value.detach()).to(at::kCPU));
    if (trained && value.grad().defined()) all.set("gradient." + name, value.grad().to(at::kCPU));
  }
  for (const auto& [name, value] : average_) all.set("average." + name, value.to(at::kCPU));
  all.set("averaged", at::full({}, averaged_, at::kLong));
  if (row_rate_.learned()) all.set("rows_per_s", at::full({}, row_rate_.known().value_or(0), at::kDouble));
  return to_bytes(all);
}

void Model::load_state(std::string_view state) {
  const Fields all = from_bytes(state);
  parameters_.load(all.sub("value"), "saved state of the model");
  average_ = {};
  averaged_ = all.at("averaged").item<std::int64_t>();
  for (const auto& [name, value] : all.sub("average")) average_.set(name, value.to(device_).clone());
  if (const auto* rate = all.find("rows_per_s")) {
    const double known = rate->item<double>();
    row_rate_.restore(known > 0 ? std::optional(known) : std::nullopt, true);
  }
  const Fields gradients = all.sub("gradient");
  for (const auto& [name, value, trained] : parameters_) {
    if (!trained) continue;
    const auto* gradient = gradients.find(name);
    value.mutable_grad() = gradient ? gradient->to(device_).clone() : at::Tensor();
  }
}

}  // namespace tivit::model
