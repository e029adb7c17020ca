// Every map stage of the registry runs on arrays: NumPy writes them, graphs/apply.toml runs the stage, NumPy reads what came out, and
// that is what the stage gives when it is called with the values themselves.
#include <c10/core/GradMode.h>
#include <stages/data/array_form.hpp>
#include <stages/data/array_set.hpp>
#include <stages/data/safetensors.hpp>
#include <stages/model/model.hpp>
#include <tests/data/python.hpp>
#include <tivit/array_names.hpp>
#include <tivit/codec.hpp>
#include <tivit/field_for.hpp>
#include <tivit/make_plan.hpp>
#include <tivit/run.hpp>

#include <boost/test/unit_test.hpp>

#include "../model/models.hpp"
#include "subjects.hpp"
#include "tiny_model.hpp"

#include "tests/folders.hpp"

namespace tivit::tests {
namespace {
namespace fs = std::filesystem;

/// One map stage with an item, and what it makes of it.
class MapOnArrays {
 public:
  MapOnArrays(const StageSpec& spec, const Subject& subject, const fs::path& folder)
      : spec_(spec), folder_(folder), harness_(spec.name, subject.settings), given_(item(spec, subject)) {
    if (subject.prepare) subject.prepare(harness_);
    for (auto [name, value] : subject.settings) {
      if (auto* text = std::get_if<std::string>(&value.value))
        if (const auto at = text->find("{folder}"); at != std::string::npos) text->replace(at, 8, harness_.folder().path().string());
      settings_.emplace_back(name, value);
    }
  }

  /// `in/STAGE.npz`: the arrays that `describe` names, and no others.
  void write() const {
    data::Npz all;
    for (const auto& [port, value] : given_.values)
      if (value.is<at::Tensor>())
        all.arrays.set(port, value.as<at::Tensor>());
      else if (value.is<Fields>())
        for (const auto& [field, array] : value.as<Fields>()) all.arrays.set(port + "." + field, array);
      else
        data::write_arrays(all, port, *codec_for(value.ops().type), codec_for(value.ops().type)->write(value.share().get()));
    data::write_beside(all, given_.beside);
    data::Npz named;
    for (const auto& [name, array] : all.arrays)
      if (is_named(name)) named.arrays.set(name, array);
    for (const auto& [name, text] : all.texts)
      if (is_named(name)) named.texts.emplace_back(name, text);
    data::write_npz(file("in"), named);
  }

  void run() {
    GraphRequest request;
    request.file = source_folder() / "graphs/apply.toml";
    request.arguments["input"] = {file("numpy").string()};
    request.arguments["to"] = {file("out").string()};
    request.add_set("apply.use=" + spec_.name);
    for (const auto& [name, value] : settings_) request.add_set("apply." + name + "=" + value.text());
    if (takes_model()) {
      const auto weights = file("in").replace_extension(".safetensors");
      const auto& parameters = model()->parameters();
      Fields values;
      for (const auto& [name, value] : parameters.values()) values.set(name, value.detach());
      data::write_safetensors(weights, {values, {}});
      request.arguments["model"] = {"tivit"};
      request.arguments["checkpoint"] = {weights.string()};
      for (const auto& [name, value] : tiny_tivit()) request.add_set("tivit." + name + "=" + value.text());
      for (const char* name : {"depth_global", "global_tokens", "mlp_ratio"})
        request.add_set("tivit." + std::string(name) + "=" +
                        Registry::instance().find("model/tivit").parameter(name)->default_value.text());
    }
    const auto plan = make_plan(request);
    for (const auto& warning : plan.warnings) BOOST_ERROR(warning);
    RunContext context;
    context.directory = folder_;
    Run(plan, context).execute();
  }

  /// What NumPy read is what the stage gives when it is called with the item itself, beside it what the arrays named.
  void compare() const {
    MadeStage direct(spec_.name, settings_);
    direct.context.stage_ = "apply";
    direct.context.in_ = data::read_beside(data::read_npz(file("in")), "in");
    if (takes_model()) direct.stage->bind(spec_.resources[0].parameter, model());
    direct.open();
    const c10::AutoGradMode no_gradients(false);
    const auto expected = direct(in_order());
    Attachments beside = direct.context.out_;
    beside.inherit(direct.context.in_);

    const data::Npz content = data::read_npz(file("read"));
    const Payload found = Payload::of(data::ArraySet{content, "read"});
    for (std::size_t i = 0; i < expected.size(); ++i) {
      const auto& port = spec_.outputs[i];
      const bool empty = expected[i].is<Fields>() && expected[i].as<Fields>().empty();
      BOOST_TEST(data::names_under(content, port.name).empty() == empty, port.name);
      if (!empty) BOOST_TEST(difference(expected[i], field_for(found, port.name, port.type, true)) == "", port.name);
    }
    BOOST_TEST((written_attachments(data::read_beside(content, "read")) == written_attachments(beside)));
  }

  static std::string difference(const Payload& before, const Payload& now) {
    const Codec* codec = codec_for(before.ops().type);
    BOOST_TEST_REQUIRE((codec && now && codec == codec_for(now.ops().type)));
    const std::string was = codec->write(before.share().get()), is = codec->write(now.share().get());
    return was == is ? "" : codec->difference(was, is);
  }

  static Given item(const StageSpec& spec, const Subject& subject) {
    if (subject.items.at) return subject.items.at(0);
    Symbols symbols;
    Inputs values;
    for (const auto& port : spec.inputs)
      if (!port.optional) values.emplace_back(port.name, testing::make_up({port.type, symbols, values.size() + 1}));
    return given(values, 0);
  }

 private:
  fs::path file(const std::string& kind) const {
    std::string name = spec_.name;
    std::replace(name.begin(), name.end(), '/', '-');
    return folder_ / kind / (name + ".npz");
  }
  bool is_named(const std::string& name) const {
    if (name.starts_with("beside.")) return true;  // how messages call the item: any file may say it
    for (const auto& array : input_arrays(spec_))
      if (array.name == name || (array.name.ends_with("*") && name.starts_with(array.name.substr(0, array.name.size() - 1)))) return true;
    return false;
  }
  bool takes_model() const { return !spec_.resources.empty() && !spec_.resources[0].optional && spec_.resources[0].interface == "model"; }
  static std::shared_ptr<model::Model> model() {
    static const auto model = make_model("model/tivit", tiny_tivit());
    return model;
  }
  std::vector<Payload> in_order() const {
    std::vector<Payload> values;
    for (const auto& port : spec_.inputs) {
      values.emplace_back();
      for (const auto& [name, value] : given_.values)
        if (name == port.name) values.back() = value;
    }
    return values;
  }

  const StageSpec& spec_;
  fs::path folder_;
  testing::Harness harness_;
  Given given_;
  testing::Settings settings_;
};

}  // namespace
}  // namespace tivit::tests

using namespace tivit;
using namespace tivit::tests;

BOOST_AUTO_TEST_SUITE(arrays)

BOOST_AUTO_TEST_CASE(every_map_stage_runs_on_arrays) {
  const auto folder = tests::folder("arrays");
  fs::remove_all(folder);
  for (const char* name : {"in", "numpy", "out", "read"}) fs::create_directories(folder / name);
  std::vector<std::unique_ptr<MapOnArrays>> maps;
  std::vector<std::string> names;
  for (const auto& name : Registry::instance().names()) {
    const auto& spec = Registry::instance().find(name);
    if (spec.kind != Kind::map || name.starts_with("broken/")) continue;
    for (const auto& arrays : {input_arrays(spec), output_arrays(spec)})
      for (const auto& array : arrays) BOOST_TEST(!array.type.empty(), name << ": \"" << array.name << "\" has no array form");
    const auto subject = subjects().find(name);
    BOOST_TEST_REQUIRE((subject != subjects().end()), name << " is under no test: add it to tests/conformance");
    names.push_back(name);
    maps.push_back(std::make_unique<MapOnArrays>(spec, subject->second, folder));
    maps.back()->write();
  }
  BOOST_TEST(maps.size() >= 24);
  // NumPy's own arrays, of other layouts than ours: every second file compressed, matrices in Fortran order.
  BOOST_TEST(tests::python(R"(
import glob, numpy, os, sys
for i, f in enumerate(sorted(glob.glob(sys.argv[1] + '/in/*.npz'))):
    with numpy.load(f, allow_pickle=False) as z:
        arrays = {k: numpy.asfortranarray(z[k]) if z[k].ndim == 2 else numpy.array(z[k]) for k in z.files}
    (numpy.savez_compressed if i % 2 else numpy.savez)(sys.argv[1] + '/numpy/' + os.path.basename(f), **arrays)
)",
                           {folder}) == "");
  for (std::size_t i = 0; i < maps.size(); ++i) BOOST_TEST_CONTEXT(names[i]) BOOST_CHECK_NO_THROW(maps[i]->run());
  BOOST_TEST(tests::python(R"(
import glob, numpy, os, sys
for f in sorted(glob.glob(sys.argv[1] + '/out/*.npz')):
    with numpy.load(f, allow_pickle=False) as z:
        numpy.savez(sys.argv[1] + '/read/' + os.path.basename(f), **{k: z[k] for k in z.files})
)",
                           {folder}) == "");
  for (std::size_t i = 0; i < maps.size(); ++i) BOOST_TEST_CONTEXT(names[i]) BOOST_CHECK_NO_THROW(maps[i]->compare());
}

BOOST_AUTO_TEST_SUITE_END()
