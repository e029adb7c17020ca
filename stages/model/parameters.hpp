#pragma once
// The numbers a network is made of: trained parameters and the buffers beside them, by name and in a fixed order.
#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>

#include <string>
#include <tivit/tensor/fields.hpp>
#include <vector>

namespace tivit::model {

class Parameters {
 public:
  struct Entry {
    std::string name;
    at::Tensor value;
    bool trained;  ///< false: a buffer, such as a running mean
  };

  /// Both give back a handle that stays the parameter's for good: values are only ever changed in place.
  at::Tensor add(std::string name, at::Tensor value);
  at::Tensor add_buffer(std::string name, at::Tensor value);

  auto begin() const { return entries_.begin(); }
  auto end() const { return entries_.end(); }
  std::size_t size() const { return entries_.size(); }
  bool empty() const { return entries_.empty(); }
  const at::Tensor& at(const std::string& name) const;
  std::int64_t trained_numbers() const;

  /// Copies on the CPU, as they are now.
  Fields values() const;
  /// Overwrites every value. Strict: the Error names what is missing, what is too much and which shapes differ.
  void load(const Fields& given, const std::string& where);
  void move_to(at::Device device);

 private:
  std::vector<Entry> entries_;
};

/// Fresh values as PyTorch's own modules draw them, from one generator in the order asked.
class Initialiser {
 public:
  explicit Initialiser(std::uint64_t seed);
  /// Uniform in ±1/sqrt(fan_in): weights and biases of linear and convolution layers.
  at::Tensor uniform(at::IntArrayRef sizes, std::int64_t fan_in);
  /// Xavier uniform of a matrix: the input projection of attention.
  at::Tensor xavier(std::int64_t rows, std::int64_t columns);
  at::Tensor normal(at::IntArrayRef sizes);
  static at::Tensor constant(at::IntArrayRef sizes, double value);

 private:
  at::Generator generator_;
};

}  // namespace tivit::model
