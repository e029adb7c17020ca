#include <ATen/ops/empty.h>
#include <stages/model/tensor_bytes.hpp>
#include <stages/train/step_state.hpp>

#include <cmath>

namespace tivit::train {
namespace {

at::Tensor numbers(const std::vector<double>& values) {
  auto out = at::empty({static_cast<std::int64_t>(values.size())}, at::kDouble);
  std::copy(values.begin(), values.end(), out.data_ptr<double>());
  return out;
}

void put(Fields& out, const std::string& group, const RunningMeans& means) {
  for (const auto& sum : means.sums()) out.set(group + "." + sum.name, numbers({sum.sum, sum.count}));
}

RunningMeans means_of(const Fields& all, const std::string& group) {
  std::vector<RunningMeans::Sum> sums;
  for (const auto& [name, pair] : all.sub(group)) sums.push_back({name, pair[0].item<double>(), pair[1].item<double>()});
  RunningMeans means;
  means.restore(std::move(sums));
  return means;
}

void put(Fields& out, const std::string& group, const Fields& fields) {
  for (const auto& [name, tensor] : fields) out.set(group + "." + name, tensor);
}

}  // namespace

std::string write_state(const StepState& state) {
  Fields out{{"counters", numbers({static_cast<double>(state.at.steps), static_cast<double>(state.at.gathered),
                                   static_cast<double>(state.at.batches_of_epoch), static_cast<double>(state.held.epoch),
                                   static_cast<double>(state.held.step), state.best.value_or(std::nan(""))})}};
  put(out, "means", state.means);
  put(out, "epoch_means", state.epoch_means);
  put(out, "optimizer", state.optimizer);
  put(out, "held", state.held.weights);
  for (const auto& [name, value] : state.held.figures) out.set("figures." + name, numbers({value}));
  return model::to_bytes(out);
}

StepState read_state(std::string_view bytes) {
  const Fields all = model::from_bytes(bytes);
  const auto& counters = all.at("counters");
  const auto count = [&](std::int64_t i) { return static_cast<std::int64_t>(counters[i].item<double>()); };
  StepState state;
  state.at = {count(0), count(1), count(2)};
  if (const double best = counters[5].item<double>(); !std::isnan(best)) state.best = best;
  state.means = means_of(all, "means");
  state.epoch_means = means_of(all, "epoch_means");
  state.optimizer = all.sub("optimizer");
  state.held.weights = all.sub("held");
  state.held.epoch = static_cast<std::uint32_t>(count(3));
  state.held.step = count(4);
  for (const auto& [name, value] : all.sub("figures")) state.held.figures.emplace_back(name, value[0].item<double>());
  return state;
}

}  // namespace tivit::train
