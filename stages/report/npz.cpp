// report/npz: any values -> NumPy files.
//
//   [stages.save]
//   use = "report/npz"
//   in = { active = "apply", notes = "events" }     # or in = "apply.*": every output under its name
//   to = "out.npz"
//
// A tensor is the array of its input's name; a record the arrays "input.field"; notes "input.onset_s", ".offset_s", ".pitch" and
// ".velocity"; JSON a string. `to` ending in .npz takes one item, and a second one fails; any other `to` is a folder with a file
// an item, named after its source. Fails on values that NumPy has no arrays for (clips, bf16).
#include <algorithm>
#include <set>
#include <stages/data/array_set.hpp>
#include <stages/report/json_value.hpp>
#include <tivit/tensor/stage.hpp>
#include <tivit/writable.hpp>

namespace tivit::report {
namespace {

class WriteNpz {
 public:
  std::filesystem::path to;
  bool compress = false;

  static void contract(Contract<WriteNpz>& c) {
    c.sink("writes any values as arrays to NumPy files");
    c.param("to", &WriteNpz::to).doc("a .npz file for the only item, or a folder; empty: <stage>/ in the run directory");
    c.param("compress", &WriteNpz::compress).doc("deflate the arrays");
    c.in_many("values", "any");
    c.example("[stages.save]\nuse = \"report/npz\"\nin = { active = \"apply\" }\nto = \"out.npz\"\n");
  }
  void check(Faults& faults) const { check_file_or_folder(faults, "to", to, ".npz"); }

  void operator()(const Inputs& values, Context& context) {
    data::Npz content;
    for (const auto& [name, value] : values) add(content, name, value);
    data::write_npz(place(context), content, compress);
  }

 private:
  static void add(data::Npz& content, const std::string& name, const Payload& value) {
    const auto add_group = [&](const Fields& group) {
      for (const auto& [field, array] : group) content.arrays.set(name + "." + field, array);
    };
    if (value.is<at::Tensor>())
      content.arrays.set(name, value.as<at::Tensor>());
    else if (value.is<Fields>())
      add_group(value.as<Fields>());
    else if (value.is<notes::Notes>())
      add_group(data::arrays_of(value.as<notes::Notes>()));
    else if (value.is<nlohmann::json>())
      content.texts.emplace_back(name, value.as<nlohmann::json>().dump());
    else if (value)
      throw Error("\"" + name + "\" is a " + std::string(value.ops().name) + ", which is no array",
                  "connect tensors, records, notes or JSON");
  }

  std::filesystem::path place(const Context& context) {
    std::string name = context.id().text();
    if (const auto* source = context.find<SourceName>()) name = source->clip + (source->end_s < source->begin_s ? "" : "-" + name);
    std::replace(name.begin(), name.end(), '/', '-');
    auto path = to.extension() == ".npz" ? to : (to.empty() ? context.run().directory / context.stage() : to) / (name + ".npz");
    if (!written_.insert({context.epoch(), path}).second)
      throw Error("a second item would replace this file", "give a folder instead of a file, or sources of different names", path.string());
    return path;
  }

  std::set<std::pair<std::uint32_t, std::filesystem::path>> written_;
};
TIVIT_STAGE("report/npz", WriteNpz)

}  // namespace
}  // namespace tivit::report
