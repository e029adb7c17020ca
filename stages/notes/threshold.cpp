// notes/threshold: keeps cells of a roll whose value reaches a threshold.
//
//   [stages.active]
//   use = "notes/threshold"
//   in = "rolls.onset"        # f32[T,88]
//   onset = 0.5
//
// Values that are not a number are below every threshold.
#include <ATen/ops/ge.h>

#include <tivit/tensor/stage.hpp>

namespace tivit::notes {
namespace {

struct Threshold {
  double onset = 0.5;
  static void contract(Contract<Threshold>& c) {
    c.map("active where the probability reaches the threshold").parallel();
    c.param("onset", &Threshold::onset).range(0, 1).unit("probability").doc("lowest value that counts as an onset");
    c.in("roll", "f32[T,88]");
    c.out("active", "bool[T,88]");
    c.example("[stages.active]\nuse = \"notes/threshold\"\nin = \"rolls.onset\"\nonset = 0.5\n");
  }
  at::Tensor operator()(const at::Tensor& roll) const { return roll.ge(onset); }
};
TIVIT_STAGE("notes/threshold", Threshold)

}  // namespace
}  // namespace tivit::notes
