// A plugin whose stage does to a batch what the graph asks for.
#include <ATen/ops/full_like.h>
#include <ATen/TensorOperators.h>
#include <unistd.h>

#include <map>
#include <tivit/tensor/stage.hpp>

namespace {

struct Misbehave {
  std::string how = "throw", item;
  std::int64_t at = 0, times = 1000000;

  static void contract(tivit::Contract<Misbehave>& c) {
    c.map("hands a batch on, except for one");
    c.param("how", &Misbehave::how)
        .one_of({"throw", "throw_int", "stall", "spin", "wrong_shape", "nothing", "nan"})
        .doc("what becomes of that one");
    c.param("item", &Misbehave::item).doc("its id; empty: the batch number `at`");
    c.param("at", &Misbehave::at).at_least(0).unit("batches").doc("which one, in the order of the calls");
    c.param("times", &Misbehave::times).at_least(0).doc("how often the same one is met like this before it is handed on");
    c.in("batch", "{mask: bool[B,T], ...}");
    c.out("batch", "{mask: bool[B,T], ...}");
  }

  tivit::Fields operator()(const tivit::Fields& batch, tivit::Context& context) {
    const std::string id = context.id().text();
    const bool this_one = item.empty() ? calls_.emplace(id, static_cast<std::int64_t>(calls_.size())).first->second == at : id == item;
    if (!this_one || met_++ >= times) return batch;
    tivit::Fields out = batch;
    if (how == "throw") throw tivit::Error("this batch is not liked", "take another", "misbehave");
    if (how == "throw_int") throw 13;
    if (how == "stall")
      while (true) ::pause();
    for (volatile bool always = true; how == "spin" && always;) {
    }
    if (how == "wrong_shape") out.set("mask", batch.at("mask").flatten());
    if (how == "nothing") return {};
    if (how == "nan")
      for (const auto& [name, tensor] : batch)
        if (tensor.is_floating_point()) out.set(name, at::full_like(tensor, std::numeric_limits<double>::quiet_NaN()));
    return out;
  }

 private:
  std::map<std::string, std::int64_t> calls_;
  std::int64_t met_ = 0;
};
TIVIT_STAGE("faults/misbehave", Misbehave)

}  // namespace
