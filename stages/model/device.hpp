#pragma once
// Where tensors are computed, by name: "cpu", "cuda", "cuda:1". Nothing here needs a device's headers or libraries to build.
#include <ATen/core/Generator.h>
#include <c10/core/Device.h>

#include <string>

namespace tivit::model {

/// The device of that name, its libraries loaded; an Error that says what is missing where it cannot be used.
at::Device open_device(const std::string& name);
/// A generator of random numbers on that device that nobody else draws from.
at::Generator new_generator(at::Device device);

}  // namespace tivit::model
