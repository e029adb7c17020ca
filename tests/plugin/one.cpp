// A plugin with two stages: example/keep is in two.cpp too.
#include <tivit/tensor/stage.hpp>

namespace {

struct Keep {
  double least = 0.5;
  static void contract(tivit::Contract<Keep>& c) {
    c.map("one's: active where a value reaches the least").parallel();
    c.param("least", &Keep::least).range(0, 1).doc("lowest value that counts");
    c.in("values", "f32[N]");
    c.out("active", "bool[N]");
  }
  at::Tensor operator()(const at::Tensor& values) const { return values.ge(least); }
};
TIVIT_STAGE("example/keep", Keep)

struct Twice {
  static void contract(tivit::Contract<Twice>& c) {
    c.map("twice as much").parallel();
    c.in("values", "f32[N]");
    c.out("values", "f32[N]");
  }
  at::Tensor operator()(const at::Tensor& values) const { return values.mul(2); }
};
TIVIT_STAGE("example/twice", Twice)

}  // namespace
