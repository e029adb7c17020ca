// model/tivit_input: tiles, and targets where there are any, as one record for a batch.
#include <tivit/tensor/stage.hpp>

namespace tivit::model {

/// Ports: tiles u8|f32[T,M,C,H,W]; targets (record, may be left out) → record of `frames` and `targets.…`.
///   [stages.sample]
///   use = "model/tivit_input"
///   in = { tiles = "tiles", targets = "targets" }
/// Fails where the targets have another number of rows than the tiles.
struct TiVitInput {
  static void contract(Contract<TiVitInput>& c) {
    c.map("tiles and their targets as one record, the way model/tivit and train/loss want it").parallel();
    c.example("[stages.sample]\nuse = \"model/tivit_input\"\nin = { tiles = \"tiles\", targets = \"targets\" }\n");
    c.in("tiles", "u8|f32[T,M,C,H,W]");
    c.in("targets", "{onset: f32[T,P], offset: f32[T,P], ...}").optional();
    c.out("input", "{frames: u8|f32[T,M,C,H,W], ...}");
  }
  Fields operator()(const at::Tensor& tiles, const Fields* targets) const {
    Fields out{{"frames", tiles}};
    if (targets)
      for (const auto& [name, target] : *targets) out.set("targets." + name, target);
    return out;
  }
};
TIVIT_STAGE("model/tivit_input", TiVitInput)

}  // namespace tivit::model
