#pragma once
// For stages that work on tensors. Operators come from narrow ATen headers: <ATen/ops/….h> or <ATen/TensorOperators.h>.
#include <tivit/contract.hpp>
#include <tivit/tensor/fields.hpp>
