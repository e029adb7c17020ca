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
#include <ATen/ops/empty.h>

#include <algorithm>
#include <stages/video/tile_columns.hpp>
#include <stages/video/wide.hpp>
#include <tivit/tensor/stage.hpp>

namespace tivit::video {

namespace {

/// Every value is read and written once: a batch of floats is larger than any cache.
template <class T>
TIVIT_WITHIN_WIDE void cut(const T* from, float scale, const TileColumns& columns, std::int64_t frames, std::int64_t rows,
                           std::int64_t width, std::int64_t widest, float* __restrict to) {
  for (std::int64_t t = 0; t < frames; ++t, from += rows * width)
    for (const auto& [begin, end] : columns)
      for (std::int64_t row = 0; row < rows; ++row, to += widest) {
        const T* source = from + row * width + begin;
        for (std::int64_t x = 0; x < end - begin; ++x) to[x] = static_cast<float>(source[x]) * scale;
        std::fill(to + (end - begin), to + widest, 0.f);
      }
}
TIVIT_WIDE void cut_bytes(const std::uint8_t* from, const TileColumns& columns, std::int64_t frames, std::int64_t rows, std::int64_t width,
                          std::int64_t widest, float* to) {
  cut(from, 1.f / 255, columns, frames, rows, width, widest, to);
}

}  // namespace

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
    const auto width = frames.size(3), rows = frames.size(1) * frames.size(2);
    const auto columns = align == "floor" ? even_tiles(width, tiles) : token_tiles(width, tiles, patch_width, split, overlap);
    std::int64_t widest = 0;
    for (const auto& [begin, end] : columns) widest = std::max(widest, end - begin);
    const at::Tensor whole = frames.contiguous();
    at::Tensor out = at::empty({frames.size(0), tiles, frames.size(1), frames.size(2), widest}, at::kFloat);
    if (whole.scalar_type() == at::kByte)
      cut_bytes(whole.const_data_ptr<std::uint8_t>(), columns, frames.size(0), rows, width, widest, out.mutable_data_ptr<float>());
    else
      cut(whole.const_data_ptr<float>(), 1.f, columns, frames.size(0), rows, width, widest, out.mutable_data_ptr<float>());
    return out;
  }
};
TIVIT_STAGE("video/tiles", Tiles)

}  // namespace tivit::video
