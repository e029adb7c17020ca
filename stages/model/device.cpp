#include <ATen/Context.h>
#include <ATen/CPUGeneratorImpl.h>
#include <dlfcn.h>
#include <stages/model/device.hpp>

#include <tivit/error.hpp>

namespace tivit::model {

at::Device open_device(const std::string& name) {
  std::optional<at::Device> device;
  try {
    device.emplace(name);
  } catch (const c10::Error&) {
    throw Error("\"" + name + "\" is no device", "give \"cpu\", \"cuda\" or \"cuda:1\"");
  }
  if (device->is_cpu()) return *device;
  if (!device->is_cuda()) throw Error("device \"" + name + "\" is not supported", "give \"cpu\" or \"cuda\"");
  // The CUDA part of LibTorch registers itself when it is loaded; that must come before the first question about CUDA.
  static void* const library = dlopen("libtorch_cuda.so", RTLD_NOW | RTLD_GLOBAL);
  if (!library)
    throw Error("device \"" + name + "\" needs LibTorch's CUDA library: " + std::string(dlerror()),
                "install a LibTorch with CUDA, or use device = \"cpu\"");
  if (!at::globalContext().hasCUDA())
    throw Error("device \"" + name + "\" was asked for, but no GPU can be used here", "use device = \"cpu\"");
  return *device;
}

at::Generator new_generator(at::Device device) {
  if (device.is_cpu()) return at::make_generator<at::CPUGeneratorImpl>();
  return at::globalContext().getAcceleratorHooksInterface(device.type()).getNewGenerator(device.index());
}

}  // namespace tivit::model
