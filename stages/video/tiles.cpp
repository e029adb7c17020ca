// video/tiles: cuts every frame into tiles side by side, as the TiViT model reads them.
//
//   in   frames: u8|f32[T,C,H,W]     u8 is scaled to 0..1; f32 is taken as it is
//   out  tiles: f32[T,M,C,H,W']
//
// align = "floor": M tiles of floor(W / M) columns; what is left over on the right is lost.
// align = "token": tiles of whole tokens of `patch_width` columns, the rest of the tokens around the centre, or as `split` says, each
// widened by `overlap` tokens. Tiles narrower than the widest are filled with 0 on the right.
//
//   [stages.tiles]
//   use = "video/tiles"
//   in = "frames"
//   tiles = 3
//   align = "token"
//
// Fails where the picture is too narrow or the split does not add up.
#include <ATen/ops/zeros.h>
#include <algorithm>
#include <stages/video/tile_columns.hpp>
#include <tivit/tensor/stage.hpp>

namespace tivit::video {

struct Tiles {
  std::int64_t tiles = 3;
  std::string align = "floor";
  std::int64_t patch_width = 16;
  std::vector<std::int64_t> split;
  std::int64_t overlap = 0;

  static void contract(Contract<Tiles>& c) {
    c.map("cuts frames into tiles side by side").parallel();
    c.param("tiles", &Tiles::tiles).range(1, 64).doc("number of tiles, M");
    c.param("align", &Tiles::align).one_of({"floor", "token"}).doc("\"floor\": equal widths; \"token\": whole tokens");
    c.param("patch_width", &Tiles::patch_width).range(1, 1024).unit("px").doc("width of a token; align = \"token\"");
    c.param("split", &Tiles::split).at_least(0).unit("tokens").doc("tokens of each tile; empty: as equal as may be; align = \"token\"");
    c.param("overlap", &Tiles::overlap).range(0, 1024).unit("tokens").doc("how far a tile reaches into its neighbours; align = \"token\"");
    c.in("frames", "u8|f32[T,C,H,W]");
    c.out("tiles", "f32[T,M,C,H,V]");
    c.example("[stages.tiles]\nuse = \"video/tiles\"\nin = \"frames\"\ntiles = 3\nalign = \"token\"\n");
  }

  at::Tensor operator()(const at::Tensor& frames) const {
    const auto width = frames.size(3);
    const auto columns = align == "floor" ? even_tiles(width, tiles) : token_tiles(width, tiles, patch_width, split, overlap);
    std::int64_t widest = 0;
    for (const auto& [begin, end] : columns) widest = std::max(widest, end - begin);
    at::Tensor out = at::zeros({frames.size(0), tiles, frames.size(1), frames.size(2), widest}, at::kFloat);
    for (std::int64_t i = 0; i < tiles; ++i) {
      const auto [begin, end] = columns[static_cast<std::size_t>(i)];
      out.select(1, i).narrow(3, 0, end - begin).copy_(frames.narrow(3, begin, end - begin));
    }
    return frames.scalar_type() == at::kByte ? out.mul_(1.0 / 255) : out;
  }
};
TIVIT_STAGE("video/tiles", Tiles)

}  // namespace tivit::video
