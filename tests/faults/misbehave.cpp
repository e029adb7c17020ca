// A plugin whose stage does to a batch what the graph asks for.
#include <ATen/ops/full.h>
#include <ATen/TensorOperators.h>
#include <unistd.h>

#include <fstream>
#include <limits>
#include <map>
#include <tivit/tensor/stage.hpp>

namespace {

struct Misbehave {
  std::string how = "throw", item, mark;
  std::int64_t at = 0, times = 1000000;

  static void contract(tivit::Contract<Misbehave>& c) {
    c.map("hands a batch on, except for one");
    c.param("how", &Misbehave::how)
        .one_of({"throw", "throw_int", "stall", "spin", "wrong_shape", "nothing", "nan", "infinite"})
        .doc("what becomes of that one");
    c.param("item", &Misbehave::item).doc("its id; empty: the batch number `at`");
    c.param("at", &Misbehave::at).at_least(0).unit("batches").doc("which one, in the order of the calls");
    c.param("times", &Misbehave::times).at_least(0).doc("how often the same one is met like this before it is handed on");
    c.param("mark", &Misbehave::mark).doc("a file that is written when it happens; empty: none");
    c.in("batch", "{mask: bool[B,T], ...}");
    c.out("batch", "{mask: bool[B,T], ...}");
  }

  tivit::Fields operator()(const tivit::Fields& batch, tivit::Context& context) {
    const std::string id = context.id().text();
    const bool this_one = item.empty() ? calls_.emplace(id, static_cast<std::int64_t>(calls_.size())).first->second == at : id == item;
    if (!this_one || met_++ >= times) return batch;
    if (!mark.empty()) std::ofstream(mark) << id;
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
      for (const char* name : {"frames", "background"})
        if (const auto* tensor = batch.find(name)) out.set(name, at::full(tensor->sizes(), std::numeric_limits<double>::quiet_NaN()));
    if (how == "infinite") out.set("targets.onset", at::full(batch.at("targets.onset").sizes(), std::numeric_limits<double>::infinity()));
    return out;
  }

 private:
  std::map<std::string, std::int64_t> calls_;
  std::int64_t met_ = 0;
};
TIVIT_STAGE("faults/misbehave", Misbehave)

}  // namespace
