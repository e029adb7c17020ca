#include <stages/video/tile_columns.hpp>

#include <algorithm>
#include <numeric>
#include <string>

namespace tivit::video {
namespace {

void must_be_positive(std::int64_t tiles) {
  if (tiles < 1) throw Error(std::to_string(tiles) + " tiles are not possible", "give 1 or more");
}

}  // namespace

TileColumns even_tiles(std::int64_t width, std::int64_t tiles) {
  must_be_positive(tiles);
  const auto each = width / tiles;
  if (each < 1)
    throw Error(std::to_string(width) + " columns do not make " + std::to_string(tiles) + " tiles", "give fewer tiles or a wider picture");
  TileColumns columns;
  for (std::int64_t i = 0; i < tiles; ++i) columns.emplace_back(i * each, (i + 1) * each);
  return columns;
}

std::vector<std::int64_t> split_tokens(std::int64_t tokens, std::int64_t tiles) {
  must_be_positive(tiles);
  std::vector<std::int64_t> split(static_cast<std::size_t>(tiles), tokens / tiles);
  const auto rest = tokens % tiles;
  // An odd number of tiles has one in the centre; of an even number, the left one of the middle pair takes an odd rest.
  const auto left = (tiles - 1) / 2, right = tiles / 2;
  for (std::int64_t o = 0; o < rest / 2; ++o) {
    const auto step = tiles % 2 ? o + 1 : o;
    ++split[static_cast<std::size_t>(left - step)];
    ++split[static_cast<std::size_t>(right + step)];
  }
  if (rest % 2) ++split[static_cast<std::size_t>(left)];
  return split;
}

std::optional<Error> split_fault(const std::vector<std::int64_t>& split, std::int64_t tiles) {
  if (split.empty() || static_cast<std::int64_t>(split.size()) == tiles) return std::nullopt;
  return Error("the split names " + std::to_string(split.size()) + " tiles, there are " + std::to_string(tiles),
               "give one number of tokens for each tile");
}

TileColumns token_tiles(std::int64_t width, std::int64_t tiles, std::int64_t patch_width, std::vector<std::int64_t> split,
                        std::int64_t overlap) {
  must_be_positive(tiles);
  const auto tokens = width / patch_width;
  if (tokens < 1)
    throw Error(std::to_string(width) + " columns are less than one token of " + std::to_string(patch_width), "give a wider picture");
  if (split.empty()) split = split_tokens(tokens, tiles);
  const auto sum = std::accumulate(split.begin(), split.end(), std::int64_t{0});
  if (const auto error = split_fault(split, tiles)) throw Error(*error);
  if (sum != tokens)
    throw Error("the split gives away " + std::to_string(sum) + " tokens, a picture of " + std::to_string(width) + " columns has " +
                    std::to_string(tokens),
                "make the numbers add up");
  TileColumns columns;
  std::int64_t at = 0;
  for (const auto own : split) {
    columns.emplace_back(std::max<std::int64_t>(0, at - overlap) * patch_width, std::min(tokens, at + own + overlap) * patch_width);
    at += own;
  }
  return columns;
}

}  // namespace tivit::video
