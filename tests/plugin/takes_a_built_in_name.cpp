// A plugin whose stage has the name of a built-in one.
#include <tivit/tensor/stage.hpp>

namespace {

struct Threshold {
  static void contract(tivit::Contract<Threshold>& c) {
    c.map("another threshold").parallel();
    c.in("values", "f32[N]");
    c.out("values", "f32[N]");
  }
  at::Tensor operator()(const at::Tensor& values) const { return values; }
};
TIVIT_STAGE("notes/threshold", Threshold)

}  // namespace
