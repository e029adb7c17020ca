#pragma once
// Cuts a window out of the picture for every key, and makes numbers of it by the matrix of the key's colour.
#include <stages/model/layers.hpp>

namespace tivit::model {

class KeyWindows {
 public:
  /// `keys.centre` f32[B,K] (px) and `keys.black` bool[B,K] of `batch`; a picture has `columns` of `cell` px, a window `width` of them.
  KeyWindows(const Fields& batch, std::int64_t columns, std::int64_t cell, std::int64_t width);
  /// grid [samples·T,C,R,columns] of the samples from `first` on: [samples·K,T,D], D numbers for each key and frame.
  at::Tensor operator()(const at::Tensor& grid, std::int64_t first, std::int64_t samples, const Linear& white, const Linear& black) const;

 private:
  std::int64_t columns_, width_;
  at::Tensor left_;   ///< i64[B,K]: first column of each key's window, in a picture padded by half a window
  at::Tensor black_;  ///< bool[B,K]
};

}  // namespace tivit::model
