// AreaSums: from sums of rows to sums of cells, by multiply-and-add. Whole numbers: every way gives the same.
#include <stages/video/area_sums.hpp>

#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace tivit::video {
namespace {

#if defined(__x86_64__)
/// Samples that one load reaches.
constexpr std::int32_t reach = 32;

/// Eight cells of up to four samples at a time. (The masks take all; without them the compiler warns of its own headers.)
__attribute__((target("avx512bw"))) void add_eights(const std::uint16_t* total, const std::int32_t* begins, const std::uint16_t* places,
                                                    const std::int16_t* counts, std::size_t cells, std::int32_t* sums) {
  for (std::size_t i = 0; i < cells; i += 8) {
    const __m512i four =
        _mm512_maskz_permutexvar_epi16(~__mmask32{0}, _mm512_loadu_si512(places + 4 * i), _mm512_loadu_si512(total + begins[i]));
    const __m512i two = _mm512_madd_epi16(four, _mm512_loadu_si512(counts + 4 * i));
    const __m256i one = _mm512_maskz_cvtepi64_epi32(0xff, _mm512_add_epi32(two, _mm512_maskz_srli_epi64(0xff, two, 32)));
    if (i + 8 <= cells)
      _mm256_storeu_si256(reinterpret_cast<__m256i*>(sums + i), one);
    else
      std::memcpy(sums + i, &one, sizeof(std::int32_t) * (cells - i));
  }
}

/// Four samples from each of two places.
__m128i pair(const std::uint16_t* a, const std::uint16_t* b) {
  const __m128i low = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(a));
  return _mm_unpacklo_epi64(low, _mm_loadl_epi64(reinterpret_cast<const __m128i*>(b)));
}
#endif

}  // namespace

void AreaSums::find_places() {
#if defined(__x86_64__)
  if (words_ != 1 || !__builtin_cpu_supports("avx512bw")) return;
  places_.assign(counts_.size(), 0);
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const auto from = begins_[i] - begins_[i / 8 * 8];
    if (from + lanes > reach) return places_.clear();
    for (std::int32_t k = 0; k < lanes; ++k) places_[i * lanes + static_cast<std::size_t>(k)] = static_cast<std::uint16_t>(from + k);
  }
#endif
}

void AreaSums::add_columns(std::int32_t* sums) const {
  const auto* total = narrow_.data();
  const auto cells = columns_.size();
#if defined(__x86_64__)
  if (!places_.empty()) return add_eights(total, begins_.data(), places_.data(), counts_.data(), cells, sums);
  const auto* counts = reinterpret_cast<const __m128i*>(counts_.data());
  for (std::size_t i = 0; i < cells; i += 4) {
    __m128i low = _mm_setzero_si128(), high = low;
    for (std::size_t k = 0; k < words_; ++k) {
      const auto* from = total + k * lanes;
      low = _mm_add_epi32(low, _mm_madd_epi16(pair(from + begins_[i], from + begins_[i + 1]), _mm_loadu_si128(counts + k)));
      high = _mm_add_epi32(high, _mm_madd_epi16(pair(from + begins_[i + 2], from + begins_[i + 3]), _mm_loadu_si128(counts + words_ + k)));
    }
    counts += 2 * words_;
    const __m128 a = _mm_castsi128_ps(low), b = _mm_castsi128_ps(high);
    const __m128i four = _mm_add_epi32(_mm_castps_si128(_mm_shuffle_ps(a, b, _MM_SHUFFLE(2, 0, 2, 0))),
                                       _mm_castps_si128(_mm_shuffle_ps(a, b, _MM_SHUFFLE(3, 1, 3, 1))));
    if (i + 4 <= cells)
      _mm_storeu_si128(reinterpret_cast<__m128i*>(sums + i), four);
    else
      std::memcpy(sums + i, &four, sizeof(std::int32_t) * (cells - i));
  }
#else
  for (std::size_t i = 0; i < cells; ++i) {
    sums[i] = 0;
    for (std::size_t k = 0; k < columns_[i].counts.size(); ++k)
      sums[i] += total[static_cast<std::size_t>(begins_[i]) + k] * static_cast<std::int32_t>(columns_[i].counts[k]);
  }
#endif
}

}  // namespace tivit::video
