// load PLUGIN RECORDING: the registry has the plugin's stage after loading, not before, the stage computes, and makes again what the
// program recorded of it.
#include <ATen/core/Tensor.h>
#include <ATen/ops/full.h>
#include <dlfcn.h>

#include <cstdio>
#include <tivit/tensor/stage.hpp>
#include <tivit/testing/recorded.hpp>

int fail(const std::string& what) {
  std::fprintf(stderr, "load: %s\n", what.c_str());
  return 1;
}

/// What is said of a recording whose stage is not there.
std::string refused(const char* recording) try {
  tivit::testing::Recorded{recording};
  return "";
} catch (const tivit::Error& error) {
  return error.what();
}

int main(int, char** arguments) try {
  const char *plugin = arguments[1], *recording = arguments[2];
  auto& registry = tivit::Registry::instance();
  if (registry.lookup("example/scale")) return fail("the stage was there before its plugin");
  if (const auto text = refused(recording); text.find("load the plugin that brings it: " + std::string(plugin)) == text.npos)
    return fail(text);
  registry.set_origin(plugin);
  if (!dlopen(plugin, RTLD_NOW | RTLD_LOCAL)) return fail(dlerror());
  const tivit::StageSpec* spec = registry.lookup("example/scale");
  if (!spec) return fail("the registry does not have the plugin's stage");
  if (spec->origin != plugin) return fail("the stage does not say which file it came from");
  auto stage = spec->make();
  stage->set("factor", {3.0});
  tivit::Context context;
  const auto out = stage->call({{"x", tivit::Payload::of(at::full({4}, 2.0))}}, context);
  if (out.at(0).as<at::Tensor>().sum().item<double>() != 24) return fail("the stage computed something else");

  const tivit::testing::Recorded recorded(recording);
  tivit::testing::Harness same(recorded.use(), recorded.settings()), other(recorded.use(), {{"factor", {5.0}}});
  same.feed(recorded);
  if (const auto text = recorded.difference(same.run()); !text.empty()) return fail(text);
  other.feed(recorded);
  if (const auto text = recorded.difference(other.run()); !text.starts_with("item 0/0, output \"y\"["))
    return fail("no difference: " + text);
  TIVIT_CONFORMS(recorded.subject());
  std::puts("load: example/scale came from its plugin, computed, and made what was recorded");
  return 0;
} catch (const std::exception& error) {
  return fail(error.what());
}
