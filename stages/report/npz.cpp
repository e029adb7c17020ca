// report/npz: any values -> NumPy files.
//
//   [stages.save]
//   use = "report/npz"
//   in = { active = "apply", notes = "events" }     # or in = "apply.*": every output under its name
//   to = "out.npz"
//
// A tensor is the array of its input's name; a record the arrays "input.field"; notes "input.onset_s", ".offset_s", ".pitch",
// ".velocity" and ".labelled", and so with every type that has an array form; JSON a string. What travels beside the item becomes arrays
// "beside.…", which data/npz reads. `to` ending in .npz takes one item, and a second one fails; any other `to` is a folder with a file
// an item, named after its source. Fails on values that NumPy has no arrays for (bf16).
#include <algorithm>
#include <stages/data/array_form.hpp>
#include <stages/notes/name_as_path.hpp>
#include <stages/notes/own_files.hpp>
#include <tivit/tensor/stage.hpp>
#include <tivit/writable.hpp>

namespace tivit::report {
namespace {

class WriteNpz {
 public:
  std::filesystem::path to;
  bool compress = false;
  bool beside = true;

  static void contract(Contract<WriteNpz>& c) {
    c.sink("writes any values as arrays to NumPy files");
    c.param("to", &WriteNpz::to).doc("a .npz file for the only item, or a folder; empty: <stage>/ in the run directory");
    c.param("compress", &WriteNpz::compress).doc("deflate the arrays");
    c.param("beside", &WriteNpz::beside).doc("what travels beside the item as well: time grid, source, key geometry");
    c.in_many("values", "any");
    c.example("[stages.save]\nuse = \"report/npz\"\nin = { active = \"apply\" }\nto = \"out.npz\"\n");
  }
  void check(Faults& faults) const { check_file_or_folder(faults, "to", to, ".npz"); }

  void operator()(const Inputs& values, Context& context) {
    data::Npz content;
    for (const auto& [name, value] : values)
      if (value) add(content, name, value);
    if (beside) data::write_beside(content, context.in_);
    data::write_npz(place(context), content, compress);
  }

 private:
  static void add(data::Npz& content, const std::string& name, const Payload& value) {
    if (value.is<at::Tensor>()) return content.arrays.set(name, value.as<at::Tensor>());
    if (value.is<Fields>()) {
      for (const auto& [field, array] : value.as<Fields>()) content.arrays.set(name + "." + field, array);
      return;
    }
    const Codec* codec = codec_for(value.ops().type);
    if (!codec || codec->arrays.empty())
      throw Error("\"" + name + "\" is a \"" + std::string(value.ops().name) + "\", which is no array",
                  "give the type an array form (docs/writing-a-stage.md), or do not connect it");
    data::write_arrays(content, name, *codec, codec->write(value.share().get()));
  }

  /// A file of this item's own, the second time that it is tried too.
  std::filesystem::path place(const Context& context) {
    std::string name = context.id().text();
    std::replace(name.begin(), name.end(), '/', '-');
    if (const auto* source = context.find<SourceName>()) name = source->clip + (source->end_s < source->begin_s ? "" : "-" + name);
    const auto folder = to.empty() ? context.run().directory / context.stage() : to;
    const auto path = to.extension() == ".npz" ? to : folder / (notes::name_as_path(name) += ".npz");
    if (!files_.claim_for_item(path, context))
      throw Error("a second item would replace this file", "give a folder instead of a file, or sources of different names", path.string());
    return path;
  }

  notes::OwnFiles files_;
};
TIVIT_STAGE("report/npz", WriteNpz)

}  // namespace
}  // namespace tivit::report
