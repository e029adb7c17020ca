// load PLUGIN: the registry has the plugin's stage after loading, not before, and the stage computes.
#include <ATen/core/Tensor.h>
#include <ATen/ops/full.h>
#include <dlfcn.h>

#include <cstdio>
#include <tivit/tensor/stage.hpp>

int fail(const char* what) {
  std::fprintf(stderr, "load: %s\n", what);
  return 1;
}

int main(int, char** arguments) {
  auto& registry = tivit::Registry::instance();
  if (registry.lookup("example/scale")) return fail("the stage was there before its plugin");
  registry.set_origin(arguments[1]);
  if (!dlopen(arguments[1], RTLD_NOW | RTLD_LOCAL)) return fail(dlerror());
  const tivit::StageSpec* spec = registry.lookup("example/scale");
  if (!spec) return fail("the registry does not have the plugin's stage");
  if (spec->origin != arguments[1]) return fail("the stage does not say which file it came from");
  auto stage = spec->make();
  stage->set("factor", {3.0});
  tivit::Context context;
  const auto out = stage->call({{"x", tivit::Payload::of(at::full({4}, 2.0))}}, context);
  if (out.at(0).as<at::Tensor>().sum().item<double>() != 24) return fail("the stage computed something else");
  std::puts("load: example/scale came from its plugin and computed");
  return 0;
}
