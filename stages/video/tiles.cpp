// video/tiles: cuts every frame into tiles side by side, as the TiViT model reads them.
//
//   in   frames: u8|f32[T,C,H,W]
//   out  tiles: u8|f32[T,M,C,H,W']
//
// Bytes become floats of 0..1, or with floats = false stay bytes, a quarter of the memory: a model that takes bytes scales them. Floats are
// taken as they are.
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
#include <ATen/ops/from_blob.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <cstring>
#include <stages/video/spare_blocks.hpp>
#include <stages/video/tile_columns.hpp>
#include <stages/video/wide.hpp>
#include <tivit/tensor/stage.hpp>

#if defined(__SSE2__)
#include <xmmintrin.h>
#endif

namespace tivit::video {

namespace {

at::Tensor floats_of(std::vector<std::int64_t> sizes) {
  static auto* const spare = new SpareBlocks(128u << 20);  // never destroyed: tensors may outlive what is
  auto size = sizeof(float);
  for (const auto one : sizes) size *= static_cast<std::size_t>(one);
  if (size == 0) return at::empty(sizes, at::kFloat);  // a clip of no rows is none of memory's
  void* const bytes = spare->take(size);
  if (!bytes) throw Error("no memory for " + std::to_string(size) + " bytes of tiles", "make windows shorter, or leave tiles as bytes");
  return at::from_blob(
      bytes, sizes, [size](void* block) { spare->give(block, size); }, at::kFloat);
}

/// A batch of floats is larger than any cache and is read much later: it is written past the caches, which would read it first.
void put(const float* row, std::int64_t count, float* to) {
#if defined(__SSE2__)
  if (count % 4 == 0 && reinterpret_cast<std::uintptr_t>(to) % 16 == 0) {
    for (std::int64_t x = 0; x < count; x += 4) _mm_stream_ps(to + x, _mm_loadu_ps(row + x));
    return;
  }
#endif
  std::memcpy(to, row, sizeof(float) * static_cast<std::size_t>(count));
}

template <class T>
TIVIT_WITHIN_WIDE void cut(const T* from, float scale, const TileColumns& columns, std::int64_t frames, std::int64_t rows,
                           std::int64_t width, float* __restrict tile, std::int64_t widest, float* to) {
  for (std::int64_t t = 0; t < frames; ++t, from += rows * width)
    for (const auto& [begin, end] : columns) {
      std::fill(tile + (end - begin), tile + widest, 0.f);
      for (std::int64_t row = 0; row < rows; ++row, to += widest) {
        const T* source = from + row * width + begin;
        for (std::int64_t x = 0; x < end - begin; ++x) tile[x] = static_cast<float>(source[x]) * scale;
        put(tile, widest, to);
      }
    }
#if defined(__SSE2__)
  _mm_sfence();
#endif
}
TIVIT_WIDE void cut_bytes(const std::uint8_t* from, const TileColumns& columns, std::int64_t frames, std::int64_t rows, std::int64_t width,
                          float* tile, std::int64_t widest, float* to) {
  cut(from, 1.f / 255, columns, frames, rows, width, tile, widest, to);
}

}  // namespace

struct Tiles {
  std::int64_t tiles = 3;
  std::string align = "floor";
  std::int64_t patch_width = 16;
  std::vector<std::int64_t> split;
  std::int64_t overlap = 0;
  bool floats = true;

  static void contract(Contract<Tiles>& c) {
    c.map("cuts frames into tiles side by side").parallel();
    c.param("tiles", &Tiles::tiles).range(1, 64).doc("number of tiles, M");
    c.param("align", &Tiles::align).one_of({"floor", "token"}).doc("\"floor\": equal widths; \"token\": whole tokens");
    c.param("patch_width", &Tiles::patch_width).range(1, 1024).unit("px").doc("width of a token; align = \"token\"");
    c.param("split", &Tiles::split).at_least(0).unit("tokens").doc("tokens of each tile; empty: as equal as may be; align = \"token\"");
    c.param("overlap", &Tiles::overlap).range(0, 1024).unit("tokens").doc("how far a tile reaches into its neighbours; align = \"token\"");
    c.param("floats", &Tiles::floats).doc("bytes become floats of 0 to 1; false: they stay bytes");
    c.in("frames", "u8|f32[T,C,H,W]");
    c.out("tiles", "u8|f32[T,M,C,H,V]");
    c.example("[stages.tiles]\nuse = \"video/tiles\"\nin = \"frames\"\ntiles = 3\nalign = \"token\"\n");
  }
  void check(Faults& faults) const {
    if (const auto error = split_fault(split, tiles); error && align == "token") faults.add("split", *error);
  }

  at::Tensor operator()(const at::Tensor& frames) const {
    const auto width = frames.size(3), rows = frames.size(1) * frames.size(2);
    const auto columns = align == "floor" ? even_tiles(width, tiles) : token_tiles(width, tiles, patch_width, split, overlap);
    std::int64_t widest = 0;
    for (const auto& [begin, end] : columns) widest = std::max(widest, end - begin);
    if (!floats && frames.scalar_type() == at::kByte) return bytes(frames, columns, widest);
    const at::Tensor whole = frames.contiguous();
    at::Tensor out = floats_of({frames.size(0), tiles, frames.size(1), frames.size(2), widest});
    std::vector<float> row(static_cast<std::size_t>(widest));
    auto* to = out.mutable_data_ptr<float>();
    if (whole.scalar_type() == at::kByte)
      cut_bytes(whole.const_data_ptr<std::uint8_t>(), columns, frames.size(0), rows, width, row.data(), widest, to);
    else
      cut(whole.const_data_ptr<float>(), 1.f, columns, frames.size(0), rows, width, row.data(), widest, to);
    return out;
  }

 private:
  at::Tensor bytes(const at::Tensor& frames, const TileColumns& columns, std::int64_t widest) const {
    // Equal tiles side by side are there already, seen in another order: nothing is copied before the batch is made.
    if (align == "floor") return frames.narrow(3, 0, tiles * widest).unflatten(3, {tiles, widest}).permute({0, 3, 1, 2, 4});
    const at::Tensor out = at::zeros({frames.size(0), tiles, frames.size(1), frames.size(2), widest}, at::kByte);
    for (std::size_t m = 0; m < columns.size(); ++m) {
      const auto [begin, end] = columns[m];
      out.select(1, static_cast<std::int64_t>(m)).narrow(3, 0, end - begin).copy_(frames.narrow(3, begin, end - begin));
    }
    return out;
  }
};
TIVIT_STAGE("video/tiles", Tiles)

}  // namespace tivit::video
