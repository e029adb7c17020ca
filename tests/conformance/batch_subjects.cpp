#include <stages/batch/ragged.hpp>
#include <tivit/tensor/fields.hpp>

#include "subjects.hpp"

namespace tivit::tests {
namespace {

/// Of a group of three, the second was lost.
Given batch(std::size_t n) {
  Given batch = given({{"batch", made("{onset: f32[2,T,4]}", n)}}, n);
  Members members;
  for (std::uint32_t i = 0; i < 3; ++i) {
    members.push_back({ItemId{static_cast<std::uint32_t>(n / 4), static_cast<std::uint32_t>(3 * (n % 4)) + i}, batch.beside, {}, {}});
    if (i == 1) members.back().lost = Tombstone{"before", "it was noise"};
  }
  batch.members = std::make_shared<Members>(members);
  batch.beside.set(batch::Ragged{{12, 7}, 12});
  return batch;
}

/// Windows of 8 rows, a new one every 6: four in each recording of the first epoch, three in those of the second.
Given window(std::size_t n) {
  Given window = given({{"window", made("{onset: f32[8,4]}", n)}}, n);
  const auto place = static_cast<std::int64_t>(n < 8 ? n % 4 : (n - 8) % 3);
  window.beside.set(TimeGrid::from_rate(20).from_row(6 * place));
  return window;
}

[[maybe_unused]] const bool added = [] {
  Subject stack{"batch/stack", {{"size", {std::int64_t{3}}}}};
  stack.refused = given({{"first", made("f32[4,5]", 1)}, {"second", made("f32[4]", 2)}}, 1);  // of another shape than its neighbours
  Subject stitch{"batch/stitch", {}, window};
  Subject split{"batch/split", {}, batch};
  split.refused = given({{"batch", made("{onset: f32[2,T,4]}", 1)}}, 1);  // not from batch/stack
  return add(stack) && add(stitch) && add(split);
}();

}  // namespace
}  // namespace tivit::tests
