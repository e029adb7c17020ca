#include <ATen/ops/_fused_adamw.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>
#include <c10/core/GradMode.h>
#include <stages/train/optimizer.hpp>

#include <algorithm>
#include <cmath>
#include <map>
#include <tivit/error.hpp>

namespace tivit::train {

bool name_has(const std::string& name, const std::vector<std::string>& parts) {
  for (const auto& part : parts)
    if (name.find(part) != std::string::npos) return true;
  return false;
}

void must_be_found(const std::string& what, const std::vector<std::string>& parts, const model::Parameters& parameters) {
  std::vector<std::string> names;
  for (const auto& [name, value, trained] : parameters)
    if (trained) names.push_back(name);
  for (const auto& part : parts)
    if (std::ranges::none_of(names, [&](const auto& name) { return name_has(name, {part}); }))
      throw Error(what + ": no parameter of the model has \"" + part + "\" in its name", "there is " + quoted_list(names));
}

AdamW::AdamW(const model::Parameters& parameters, AdamWOptions options) : options_(std::move(options)) {
  for (const auto& [name, value, trained] : parameters) {
    if (!trained) continue;
    const auto zero = at::zeros_like(value.detach());
    const bool decays = !options_.decay_matrices_only || value.dim() > 1;
    trained_.push_back({name, value, zero, zero.clone(), at::zeros({}, value.options().requires_grad(false)),
                        name_has(name, options_.faster_names) ? options_.faster : 1, decays ? options_.weight_decay : 0});
  }
}

double AdamW::step(double learning_rate, const std::vector<std::string>& only) {
  const c10::NoGradGuard no_grad;
  std::vector<Trained*> active;
  std::vector<at::Tensor> norms;
  for (auto& one : trained_) {
    if (!one.value.grad().defined() || (!only.empty() && !name_has(one.name, only))) continue;
    active.push_back(&one);
    norms.push_back(one.value.grad().norm());
  }
  if (active.empty())
    throw Error("there is no gradient to step along", "check that the loss depends on the model's logits and that something is trained");
  const double norm = at::stack(norms).norm().item<double>();
  if (!std::isfinite(norm)) {
    zero_gradients();  // not to be added to those of the next batch
    throw Error("the gradient's norm is " + std::to_string(norm) + ": no step was made", "lower learning_rate or set clip_norm");
  }
  if (options_.clip_norm > 0) {
    const double scale = options_.clip_norm / (norm + 1e-6);
    if (scale < 1)
      for (auto* one : active) one->value.mutable_grad().mul_(scale);
  }
  struct Lists {
    std::vector<at::Tensor> values, gradients, averages, squares, none, steps;
  };
  std::map<std::pair<double, double>, Lists> groups;  // one kernel call for each rate and decay
  for (auto* one : active) {
    auto& group = groups[{one->rate, one->decay}];
    one->steps.add_(1);
    group.values.push_back(one->value.detach());
    group.gradients.push_back(one->value.grad().contiguous());
    group.averages.push_back(one->average);
    group.squares.push_back(one->square);
    group.steps.push_back(one->steps);
  }
  for (auto& [key, g] : groups)
    at::_fused_adamw_(g.values, g.gradients, g.averages, g.squares, g.none, g.steps, learning_rate * key.first, options_.beta1,
                      options_.beta2, key.second, options_.epsilon,
                      /*amsgrad=*/false, /*maximize=*/false);
  return norm;
}

void AdamW::zero_gradients() {
  for (auto& one : trained_) one.value.mutable_grad() = at::Tensor();
}

Fields AdamW::state() const {
  Fields out;
  for (const auto& one : trained_) {
    out.set("average." + one.name, one.average);
    out.set("square." + one.name, one.square);
    out.set("steps." + one.name, one.steps);
  }
  return out;
}

void AdamW::load(const Fields& state) {
  for (auto& one : trained_) {
    one.average.copy_(state.at("average." + one.name));
    one.square.copy_(state.at("square." + one.name));
    one.steps.copy_(state.at("steps." + one.name));
  }
}

}  // namespace tivit::train
