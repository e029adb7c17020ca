#pragma once
// How a picture is cut into tiles side by side.
#include <cstdint>
#include <optional>
#include <tivit/error.hpp>
#include <utility>
#include <vector>

namespace tivit::video {

/// Columns [first, second) of every tile.
using TileColumns = std::vector<std::pair<std::int64_t, std::int64_t>>;

/// `tiles` of floor(width / tiles) columns each; columns left over on the right are lost.
TileColumns even_tiles(std::int64_t width, std::int64_t tiles);

/// How many tokens each tile gets: as equal as may be, what is left over to the tiles around the centre.
std::vector<std::int64_t> split_tokens(std::int64_t tokens, std::int64_t tiles);

/// What is wrong with a split of that many tiles before a picture is known; empty stands for split_tokens.
std::optional<Error> split_fault(const std::vector<std::int64_t>& split, std::int64_t tiles);

/// Tiles of whole tokens (`patch_width` columns each): `split` tokens a tile (empty: split_tokens), each tile widened by `overlap`
/// tokens into its neighbours. Columns that fill no token are lost. Throws Error for a split that does not fit.
TileColumns token_tiles(std::int64_t width, std::int64_t tiles, std::int64_t patch_width, std::vector<std::int64_t> split = {},
                        std::int64_t overlap = 0);

}  // namespace tivit::video
