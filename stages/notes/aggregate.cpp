// notes/aggregate: a roll -> the steps in which something happens, and the keys that it concerns.
//
//   [stages.active]
//   use = "notes/aggregate"
//   in = "split.onset"        # f32[T,K], logits
//   mode = "k_of_p"
//   k = 3
//
// mode "any": a key reaches the threshold; "k_of_p": at least `k` do; "sum_prob": the probabilities of all keys add up to `tau_sum` (0: as
// "any"); "top_k_cap": as "any", of the `top_k` most probable keys alone (0: of all). `cap` keeps the most probable keys of a step in
// `keys` and `kept`, in every mode. Values that are not numbers reach no threshold.
#include <ATen/ops/sigmoid.h>
#include <ATen/ops/zeros_like.h>
#include <ATen/TensorOperators.h>
#include <algorithm>
#include <tivit/tensor/stage.hpp>

namespace tivit::notes {
namespace {

struct Aggregate {
  std::string input = "logits", mode = "any";
  double temperature = 1, bias = 0, threshold = 0.5, tau_sum = 0;
  std::int64_t k = 1, top_k = 0, cap = 0;

  static void contract(Contract<Aggregate>& c) {
    c.map("active steps of a roll, by a rule over its keys").parallel();
    c.param("input", &Aggregate::input).one_of({"logits", "probabilities"}).doc("what the roll holds");
    c.param("temperature", &Aggregate::temperature).range(1e-6, 1e6).doc("logits are divided by it");
    c.param("bias", &Aggregate::bias).doc("then added to them");
    c.param("threshold", &Aggregate::threshold).range(0, 1).unit("probability").doc("lowest that counts");
    c.param("mode", &Aggregate::mode).one_of({"any", "k_of_p", "sum_prob", "top_k_cap"}).doc("the rule");
    c.param("k", &Aggregate::k).at_least(1).unit("keys").doc("k_of_p: how many must reach the threshold");
    c.param("tau_sum", &Aggregate::tau_sum).at_least(0).doc("sum_prob: what the probabilities must add up to; 0: as \"any\"");
    c.param("top_k", &Aggregate::top_k).at_least(0).unit("keys").doc("top_k_cap: how many of the most probable count; 0: all");
    c.param("cap", &Aggregate::cap).at_least(0).unit("keys").doc("how many of the most probable are kept; 0: all");
    c.in("roll", "f32[T,K]");
    c.out("active", "bool[T]");
    c.out("keys", "bool[T,K]").doc("at the threshold and within the caps");
    c.out("kept", "f32[T,K]").doc("probabilities of those keys, 0 elsewhere: for notes/hysteresis");
    c.example("[stages.active]\nuse = \"notes/aggregate\"\nin = \"split.onset\"\nmode = \"k_of_p\"\nk = 3\n");
  }

  std::tuple<at::Tensor, at::Tensor, at::Tensor> operator()(const at::Tensor& roll) const {
    const at::Tensor p = input == "logits" ? at::sigmoid(roll.div(temperature).add(bias)) : roll;
    const at::Tensor reached = p.ge(threshold);
    at::Tensor keys = mode == "top_k_cap" ? most_probable(p, reached, top_k) : reached;
    at::Tensor active = keys.any(1);
    if (mode == "k_of_p") active = reached.sum(1).ge(k);
    if (mode == "sum_prob" && tau_sum > 0) active = p.sum(1).ge(tau_sum);
    keys = most_probable(p, keys, cap);
    return {active, keys, p.where(keys, at::zeros_like(p))};
  }

  static at::Tensor most_probable(const at::Tensor& p, const at::Tensor& keys, std::int64_t count) {
    if (count <= 0 || count >= p.size(1)) return keys;
    const auto best = std::get<1>(p.masked_fill(p.isnan(), -1).topk(count, 1));
    return keys.logical_and(at::zeros_like(keys).scatter(1, best, true));
  }
};
TIVIT_STAGE("notes/aggregate", Aggregate)

}  // namespace
}  // namespace tivit::notes
