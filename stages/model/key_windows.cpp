#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/constant_pad_nd.h>
#include <ATen/TensorOperators.h>
#include <stages/model/key_windows.hpp>

namespace tivit::model {

KeyWindows::KeyWindows(const Fields& batch, std::int64_t columns, std::int64_t cell, std::int64_t width)
    : columns_(columns),
      width_(width),
      left_((batch.at("keys.centre") - 0.5).div(cell).round().to(at::kLong).clamp(0, columns - 1)),
      black_(batch.at("keys.black")) {}

at::Tensor KeyWindows::operator()(const at::Tensor& grid, std::int64_t first, std::int64_t samples, const Linear& white,
                                  const Linear& black) const {
  const auto t = grid.size(0) / samples, numbers = grid.size(1) * grid.size(2), half = width_ / 2, padded = columns_ + 2 * half;
  // Rows of [B·column, T·row·channel]: a key's window is a few long rows, cheap to gather and to scatter back.
  const auto rows = at::constant_pad_nd(grid.view({samples, t, grid.size(1), grid.size(2), columns_}).permute({0, 4, 1, 3, 2}),
                                        {0, 0, 0, 0, 0, 0, half, half})
                        .reshape({samples * padded, t * numbers});
  const auto options = left_.options();
  const auto left = (left_.narrow(0, first, samples) + at::arange(samples, options).unsqueeze(1) * padded).flatten();
  const auto is_black = black_.narrow(0, first, samples).flatten();
  const auto whites = is_black.logical_not().nonzero().flatten(), blacks = is_black.nonzero().flatten();
  const auto seen = [&](const at::Tensor& which, const Linear& matrix) {
    const auto index = (left.index_select(0, which).unsqueeze(1) + at::arange(width_, options)).flatten();
    const auto windows = rows.index_select(0, index).view({which.size(0), width_, t, numbers});
    return matrix(windows.transpose(1, 2).reshape({which.size(0), t, width_ * numbers}));
  };
  const auto by_colour = at::cat({seen(whites, white), seen(blacks, black)});
  return by_colour.index_select(0, at::cat({whites, blacks}).argsort());
}

}  // namespace tivit::model
