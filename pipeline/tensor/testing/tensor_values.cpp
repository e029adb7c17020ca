// Tensors and records of tensors, made up from a port's type.
#include <ATen/core/Generator.h>
#include <ATen/CPUGeneratorImpl.h>
#include <ATen/ops/rand.h>
#include <ATen/TensorOperators.h>

#include <tivit/error.hpp>
#include <tivit/mix.hpp>
#include <tivit/tensor/fields.hpp>
#include <tivit/testing/values.hpp>

namespace tivit::testing {
namespace {

at::ScalarType scalar_type(const std::string& name) {
  for (const auto type :
       {at::kBool, at::kByte, at::kChar, at::kShort, at::kInt, at::kLong, at::kHalf, at::kBFloat16, at::kFloat, at::kDouble})
    if (dtype_name(type) == name) return type;
  throw Error("\"" + name + "\" is no element type");
}

std::int64_t size_of(const Dim& dim, Symbols& symbols) {
  if (dim.symbol.empty()) return dim.number;
  // Of every small divisor a multiple, so that T/2 and T/3 are whole.
  const std::int64_t size = symbols.try_emplace(dim.symbol, 12).first->second;
  return dim.number * size / dim.divisor;
}

/// Real numbers between 0 and 1, bytes over their range, small whole numbers.
at::Tensor tensor_of(const PortType& type, Symbols& symbols, std::uint64_t seed) {
  std::vector<std::int64_t> sizes{4};
  if (type.shape) {
    sizes.clear();
    for (const auto& dim : *type.shape) sizes.push_back(size_of(dim, symbols));
  }
  const auto dtype = type.dtypes.empty() ? at::kFloat : scalar_type(type.dtypes.front());
  auto generator = at::detail::createCPUGenerator(seed);
  const at::Tensor drawn = at::rand(sizes, generator, at::TensorOptions(at::kFloat));
  if (dtype == at::kBool) return drawn.gt(0.5);
  if (at::isFloatingType(dtype)) return drawn.to(dtype);
  return drawn.mul(dtype == at::kByte ? 256 : 4).floor().to(dtype);
}

void add_fields(Fields& into, const std::string& prefix, const PortType& type, Symbols& symbols, std::uint64_t seed) {
  for (const auto& field : type.fields) {
    seed = mixed(seed);
    if (field.type.kind == "record")
      add_fields(into, prefix + field.name + ".", field.type, symbols, seed);
    else
      into.set(prefix + field.name, tensor_of(field.type, symbols, seed));
  }
}

[[maybe_unused]] const bool known = [] {
  make_by("tensor", [](Draw& draw) { return Payload::of(tensor_of(draw.type, draw.symbols, draw.seed)); });
  make_by("record", [](Draw& draw) {
    if (draw.type.fields.empty())
      throw Error("the type " + draw.type.text() + " does not say which tensors a record has", "give the items");
    Fields fields;
    add_fields(fields, "", draw.type, draw.symbols, draw.seed);
    return Payload::of(std::move(fields));
  });
  return true;
}();

}  // namespace
}  // namespace tivit::testing
