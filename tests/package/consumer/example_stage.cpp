#include <tivit/tensor/stage.hpp>

struct Scale {
  double factor = 1;
  static void contract(tivit::Contract<Scale>& c) {
    c.map("multiplies by a factor").parallel();
    c.param("factor", &Scale::factor).doc("what to multiply by");
    c.in("x", "f32[N]");
    c.out("y", "f32[N]");
  }
  at::Tensor operator()(const at::Tensor& x) const { return x.mul(factor); }
};
TIVIT_STAGE("example/scale", Scale)
