// data/npz: arrays from NumPy files, for any stage. See the contract.
#include <stages/data/array_form.hpp>
#include <stages/data/array_set.hpp>
#include <stages/data/asked_arrays.hpp>
#include <tivit/contract.hpp>

namespace {
using namespace tivit;

/// Each .npz file is one item. `arrays.roll` is its array "roll"; `in = "arrays.*"` feeds every input of a stage from the array
/// that has the input's name: whole records from arrays "input.field" or "field", notes from "input.onset_s", ".offset_s" and ".pitch".
/// What travels beside the item comes from arrays "beside.…": `tivit-run describe STAGE` names all that a stage takes.
///   [stages.arrays]
///   use = "data/npz"
///   files = ["in.npz"]
///   rate = 20                 # rows a second, for stages that want to know when a row is
/// Fails, naming file and array, on what is no array; a port whose array is missing or does not fit fails where it is used, and an array
/// that nobody asked for is told of. Nothing is unpickled.
struct ReadNpz {
  std::vector<std::filesystem::path> files;
  double rate = 0;
  Duration origin{0};

  static void contract(Contract<ReadNpz>& c) {
    c.source("arrays of NumPy files").attaches<SourceName>().attaches<TimeGrid>();
    c.param("files", &ReadNpz::files).required().must_exist().doc(".npz files; each is one item");
    c.param("rate", &ReadNpz::rate)
        .range(0, 1e6)
        .unit("rows/s")
        .doc("time grid of the arrays' first axis; 0: what \"beside.time_grid\" says");
    c.param("origin", &ReadNpz::origin).unit("s").doc("time of the first row");
    c.out("arrays", "arrays");
    c.example("[stages.arrays]\nuse = \"data/npz\"\nfiles = [\"in.npz\"]\nrate = 20\n");
  }

  std::optional<data::ArraySet> next(Context& context) const {
    const std::size_t index = context.id().back();
    if (index >= files.size()) return std::nullopt;
    const std::string file = files[index].string();
    context.set(SourceName{files[index].stem().string()});
    data::Npz content = data::read_npz(files[index]);
    context.out_.overlay(data::read_beside(content, file));
    if (rate > 0) context.set(TimeGrid::from_rate(rate, nanoseconds(origin.seconds)));
    auto names = content.arrays.names();
    for (const auto& [name, text] : content.texts) names.push_back(name);
    std::erase_if(names, [](const std::string& name) { return name.starts_with("beside."); });
    auto asked = std::make_shared<data::AskedArrays>(file, names);
    return data::ArraySet{std::move(content), file, std::move(asked)};
  }
  std::int64_t expected() const { return static_cast<std::int64_t>(files.size()); }
};
TIVIT_STAGE("data/npz", ReadNpz)

}  // namespace
