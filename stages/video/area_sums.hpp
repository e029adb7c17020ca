#pragma once
// Sums over the cells of a plane of bytes: what area averaging is made of.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

namespace tivit::video {

/// Cells along one axis: cell j covers source pixels [floor(j from / to), ceil((j + 1) from / to)), as in adaptive average pooling;
/// neighbours may share a pixel. A plane that holds one sample for 2^shift pixels counts each sample as often as pixels show it.
struct CellAxis {
  std::int64_t from = 0, to = 0;  ///< pixels, cells
  std::int64_t offset = 0;        ///< the first pixel's place in the picture
  int shift = 0;

  struct Cell {
    std::int64_t first = 0;             ///< sample of the plane
    std::vector<std::uint32_t> counts;  ///< how often this one and those after it count
    std::uint32_t sum = 0;
  };
  std::vector<Cell> cells() const;
  bool operator==(const CellAxis&) const = default;
};

/// For a series of planes of one kind. Not thread-safe.
class AreaSums {
 public:
  AreaSums(const CellAxis& columns, const CellAxis& rows);

  /// Takes up the pixels of one row of cells; `plane` is the picture's, from its corner.
  void add(const std::uint8_t* plane, std::ptrdiff_t stride, std::int64_t y);
  /// Their sums. Best a while after add(): what was just written is read best once it has reached the cache.
  void sums(std::int32_t* sums) const;
  /// Both, divided by what the cells hold.
  void means(const std::uint8_t* plane, std::ptrdiff_t stride, std::int64_t y, std::uint8_t* means);
  /// How many pixels each cell of row `y` holds.
  const float* areas(std::int64_t y) const { return areas_.at(rows_[index(y)].sum).data(); }
  /// What part of its cell each pixel of row `y` is.
  const float* shares(std::int64_t y) const { return shares_.at(rows_[index(y)].sum).data(); }

 private:
  static constexpr int lanes = 4;  ///< samples that are multiplied at once
  static std::size_t index(std::int64_t i) { return static_cast<std::size_t>(i); }
  void find_places();
  void add_columns(std::int32_t* sums) const;

  std::vector<CellAxis::Cell> rows_, columns_;
  std::int64_t first_ = 0, width_ = 0;  ///< samples of a row that any cell needs
  std::size_t words_ = 0;               ///< of four samples a cell; 0: sums of rows outgrow 15 bits
  std::vector<std::int32_t> begins_;    ///< per cell: its first sample, from first_
  std::vector<std::uint16_t>
      places_;                        ///< eight cells at a time: each one's four samples, from the first of the eight; empty: too far apart
  std::vector<std::int16_t> counts_;  ///< per two cells and word: how often each sample counts
  std::map<std::uint32_t, std::vector<float>> areas_, shares_;  ///< of a row of cells, by the rows' height
  std::vector<std::uint16_t> narrow_;
  std::vector<std::uint32_t> wide_;
  std::vector<std::int32_t> sums_;
};

/// To the nearest whole number, halves to even; what lies outside 0 to 255 is clipped.
inline std::uint8_t rounded_byte(float value) {
  constexpr float magic = 12582912;  // 1.5 * 2^23: what is added to it becomes a whole number
  return static_cast<std::uint8_t>(static_cast<std::int32_t>(std::min(std::max(value, 0.f), 255.f) + magic - magic));
}

}  // namespace tivit::video
