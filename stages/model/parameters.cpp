#include <ATen/CPUGeneratorImpl.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/full.h>
#include <c10/core/GradMode.h>
#include <stages/model/parameters.hpp>

#include <algorithm>
#include <cmath>
#include <sstream>
#include <tivit/error.hpp>

namespace tivit::model {

at::Tensor Parameters::add(std::string name, at::Tensor value) {
  value.set_requires_grad(true);
  entries_.push_back({std::move(name), value, true});
  return value;
}

at::Tensor Parameters::add_buffer(std::string name, at::Tensor value) {
  entries_.push_back({std::move(name), value, false});
  return value;
}

const at::Tensor& Parameters::at(const std::string& name) const {
  for (const auto& entry : entries_)
    if (entry.name == name) return entry.value;
  throw Error("the model has no parameter \"" + name + "\"");
}

std::int64_t Parameters::trained_numbers() const {
  std::int64_t count = 0;
  for (const auto& entry : entries_) count += entry.trained ? entry.value.numel() : 0;
  return count;
}

Fields Parameters::values() const {
  Fields out;
  for (const auto& [name, value, trained] : entries_) out.set(name, value.detach().to(at::kCPU).clone().contiguous());
  return out;
}

void Parameters::load(const Fields& given, const std::string& where) {
  std::vector<std::string> missing, unexpected, shapes;
  for (const auto& [name, value, trained] : entries_) {
    const auto* found = given.find(name);
    std::ostringstream shape;
    if (!found)
      missing.push_back(name);
    else if (found->sizes() != value.sizes())
      shape << name << " is " << found->sizes() << ", not " << value.sizes(), shapes.push_back(shape.str());
  }
  for (const auto& [name, value] : given)
    if (std::none_of(entries_.begin(), entries_.end(), [&](const Entry& entry) { return entry.name == name; })) unexpected.push_back(name);
  std::string problem;
  const auto say = [&](const char* what, const std::vector<std::string>& names) {
    if (names.empty()) return;
    const std::vector<std::string> some(names.begin(),
                                        names.begin() + std::min<std::ptrdiff_t>(3, static_cast<std::ptrdiff_t>(names.size())));
    problem += (problem.empty() ? "" : "; ") + std::string(what) + " " + quoted_list(some);
    if (names.size() > some.size()) problem += " and " + std::to_string(names.size() - some.size()) + " more";
  };
  say("missing:", missing);
  say("unexpected:", unexpected);
  say("of another shape:", shapes);
  if (!problem.empty())
    throw Error("these weights do not fit the model: " + problem,
                "give the model the configuration that the weights were trained with, or another (--set model=)", where);
  const c10::NoGradGuard no_grad;
  for (auto& entry : entries_) entry.value.copy_(given.at(entry.name));
}

void Parameters::move_to(at::Device device) {
  for (auto& entry : entries_) entry.value.set_data(entry.value.detach().to(device));
}

Initialiser::Initialiser(std::uint64_t seed) : generator_(at::make_generator<at::CPUGeneratorImpl>(seed)) {}

at::Tensor Initialiser::uniform(at::IntArrayRef sizes, std::int64_t fan_in) {
  const double bound = 1 / std::sqrt(static_cast<double>(fan_in));
  return at::empty(sizes).uniform_(-bound, bound, generator_);
}

at::Tensor Initialiser::xavier(std::int64_t rows, std::int64_t columns) {
  const double bound = std::sqrt(6.0 / static_cast<double>(rows + columns));
  return at::empty({rows, columns}).uniform_(-bound, bound, generator_);
}

at::Tensor Initialiser::normal(at::IntArrayRef sizes) { return at::empty(sizes).normal_(0, 1, generator_); }

at::Tensor Initialiser::constant(at::IntArrayRef sizes, double value) { return at::full(sizes, value); }

}  // namespace tivit::model
