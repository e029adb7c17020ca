#include <stages/video/area_sums.hpp>

#include <algorithm>
#include <cstring>
#include <stages/video/wide.hpp>
#include <tivit/error.hpp>

namespace tivit::video {
namespace {

constexpr std::size_t most_words = 8;

/// total += the rows, N at a time, so that the total passes through the cache once for all of them.
template <class T, int N, bool Counted>
TIVIT_WITHIN_WIDE void add_some(const std::uint8_t* from, std::ptrdiff_t stride, const std::uint32_t* counts, std::int64_t width,
                                bool first, T* __restrict total) {
  const std::uint8_t* rows[N];
  T times[N];
  for (int j = 0; j < N; ++j) rows[j] = from + j * stride, times[j] = static_cast<T>(counts[j]);
  for (std::int64_t x = 0; x < width; ++x) {
    T sum = first ? T{0} : total[x];
    for (int j = 0; j < N; ++j) sum = static_cast<T>(sum + (Counted ? static_cast<T>(rows[j][x] * times[j]) : rows[j][x]));
    total[x] = sum;
  }
}

template <class T, bool Counted>
TIVIT_WITHIN_WIDE void add(const std::uint8_t* from, std::ptrdiff_t stride, const std::uint32_t* counts, std::int64_t count,
                           std::int64_t width, T* __restrict total) {
  std::int64_t j = 0;
  for (; j + 4 <= count; j += 4) add_some<T, 4, Counted>(from + j * stride, stride, counts + j, width, j == 0, total);
  if (j + 2 <= count) add_some<T, 2, Counted>(from + j * stride, stride, counts + j, width, j == 0, total), j += 2;
  if (j < count) add_some<T, 1, Counted>(from + j * stride, stride, counts + j, width, j == 0, total);
}

TIVIT_WIDE void add_once(const std::uint8_t* from, std::ptrdiff_t stride, const std::uint32_t* counts, std::int64_t count,
                         std::int64_t width, std::uint16_t* __restrict total) {
  add<std::uint16_t, false>(from, stride, counts, count, width, total);
}
TIVIT_WIDE void add_counted(const std::uint8_t* from, std::ptrdiff_t stride, const std::uint32_t* counts, std::int64_t count,
                            std::int64_t width, std::uint16_t* __restrict total) {
  add<std::uint16_t, true>(from, stride, counts, count, width, total);
}

TIVIT_WIDE void divide(const std::int32_t* __restrict sums, const float* __restrict areas, std::int64_t count,
                       std::uint8_t* __restrict means) {
  for (std::int64_t x = 0; x < count; ++x) means[x] = rounded_byte(static_cast<float>(sums[x]) / areas[x]);
}

}  // namespace

std::vector<CellAxis::Cell> CellAxis::cells() const {
  std::vector<Cell> all(static_cast<std::size_t>(to));
  for (std::int64_t j = 0; j < to; ++j) {
    const auto begin = j * from / to + offset, end = ((j + 1) * from + to - 1) / to + offset;
    auto& cell = all[static_cast<std::size_t>(j)];
    cell.first = begin >> shift;
    cell.sum = static_cast<std::uint32_t>(end - begin);
    cell.counts.assign(static_cast<std::size_t>(((end - 1) >> shift) - cell.first + 1), 0);
    for (auto x = begin; x < end; ++x) ++cell.counts[static_cast<std::size_t>((x >> shift) - cell.first)];
  }
  return all;
}

AreaSums::AreaSums(const CellAxis& columns, const CellAxis& rows) : rows_(rows.cells()), columns_(columns.cells()), sums_(columns_.size()) {
  first_ = columns_.front().first;
  std::uint32_t tallest = 0, widest = 0;
  std::size_t longest = 0;
  for (const auto& cell : rows_) {
    tallest = std::max(tallest, cell.sum);
    auto& areas = areas_[cell.sum];
    if (!areas.empty()) continue;
    for (const auto& column : columns_) {
      areas.push_back(static_cast<float>(cell.sum * column.sum));
      shares_[cell.sum].push_back(1 / areas.back());
    }
  }
  for (const auto& cell : columns_) {
    widest = std::max(widest, cell.sum), longest = std::max(longest, cell.counts.size());
    width_ = std::max(width_, cell.first + static_cast<std::int64_t>(cell.counts.size()) - first_);
  }
  if (std::uint64_t{255} * tallest * widest > INT32_MAX) throw Error("so large a picture cannot become so small", "give a larger size");
  const auto words = (longest + lanes - 1) / lanes;
  if (std::uint64_t{255} * tallest > INT16_MAX || words > most_words) {
    wide_.resize(static_cast<std::size_t>(width_));
    return;
  }
  words_ = words;
  narrow_.resize(static_cast<std::size_t>(width_ + lanes * static_cast<std::int64_t>(most_words)));  // words may reach beyond the row
  const auto padded = (columns_.size() + 7) / 8 * 8;
  begins_.assign(padded, 0);
  counts_.assign(padded * words * lanes, 0);
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    begins_[i] = static_cast<std::int32_t>(columns_[i].first - first_);
    // Two cells stand side by side, word by word.
    for (std::size_t k = 0; k < columns_[i].counts.size(); ++k)
      counts_[((i / 2 * words + k / lanes) * 2 + i % 2) * lanes + k % lanes] = static_cast<std::int16_t>(columns_[i].counts[k]);
  }
  find_places();
}

void AreaSums::add(const std::uint8_t* plane, std::ptrdiff_t stride, std::int64_t y) {
  const auto& cell = rows_[index(y)];
  const auto* from = plane + cell.first * stride + first_;
  const auto count = static_cast<std::int64_t>(cell.counts.size());
  if (words_ == 0) return video::add<std::uint32_t, true>(from, stride, cell.counts.data(), count, width_, wide_.data());
  const bool once = static_cast<std::int64_t>(cell.sum) == count;
  (once ? add_once : add_counted)(from, stride, cell.counts.data(), count, width_, narrow_.data());
}

void AreaSums::sums(std::int32_t* sums) const {
  if (words_) return add_columns(sums);
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    std::uint32_t sum = 0;
    const auto* column = wide_.data() + (columns_[i].first - first_);
    for (std::size_t k = 0; k < columns_[i].counts.size(); ++k) sum += column[k] * columns_[i].counts[k];
    sums[i] = static_cast<std::int32_t>(sum);
  }
}

void AreaSums::means(const std::uint8_t* plane, std::ptrdiff_t stride, std::int64_t y, std::uint8_t* means) {
  add(plane, stride, y);
  sums(sums_.data());
  divide(sums_.data(), areas(y), static_cast<std::int64_t>(sums_.size()), means);
}

}  // namespace tivit::video
