#pragma once
// Rendered clips for tests, and stages driven on them.
#include <ATen/core/Tensor.h>

#include <filesystem>
#include <memory>
#include <stages/data/clip.hpp>
#include <stages/notes/note.hpp>
#include <string>
#include <tivit/tensor/stage.hpp>

#include "tests/folders.hpp"

namespace tivit::tests {

/// One stage, its run and its context.
struct Driven {
  RunContext run;
  const StageSpec& spec;
  std::unique_ptr<Stage> stage;
  Context context;

  explicit Driven(const std::string& name) : spec(Registry::instance().find(name)), stage(spec.make()) {
    run.directory = build_folder() / "tests/keyboard";
    std::filesystem::create_directories(run.directory);
    run.seed = 7;
    fresh();
  }
  void fresh(std::uint32_t number = 0) {
    context = {};
    context.id_ = ItemId{0, number};
    context.run_ = &run;
    context.stage_ = spec.name;
    context.spec_ = &spec;
  }
  Driven& set(const std::string& parameter, const ParameterValue& value) {
    stage->set(parameter, spec.parameter(parameter)->checked(value));
    return *this;
  }
  template <class Out, class In>
  Out call(const In& input) {
    const std::vector<Payload> out = stage->call({{spec.inputs[0].name, Payload::of(input)}}, context);
    Symbols symbols;
    if (const auto wrong = out.at(0).check(spec.outputs[0].type, symbols)) throw Error(*wrong);
    return out[0].template as<Out>();
  }
};

/// A film of `notes` in the build folder. `steady`: no hands and no changes of light.
inline data::Clip rendered(const std::string& name, const notes::Notes& notes, double duration_s, const std::string& view,
                           bool steady = false) {
  Driven render("keyboard/render");
  render.set("directory", {(build_folder() / "tests/keyboard/rendered").string()});
  render.set("view", {view}).set("hands", {!steady}).set("light_changes", {steady ? 0.0 : 1.0});
  data::Clip clip;
  clip.name = name;
  clip.split = "test";
  clip.duration_s = duration_s;
  render.context.in_.set(clip);
  return render.call<data::Clip>(notes);
}

}  // namespace tivit::tests
