// What says which recordings a data set has: lists of names, and tables as text or JSON.
#include <cmath>
#include <stages/data/split.hpp>
#include <stages/keyboard/sidecar.hpp>
#include <tests/fuzz/fuzz.hpp>

using namespace tivit;

namespace {

const data::ClipTableColumns by_corners{.duration = "duration", .label_shift = "label_shift_s", .split = "split"};
const data::ClipTableColumns by_box{.name = "id",
                                    .corners = {"LT", "RT", "RB", "LB"},
                                    .box = {"x_min", "y_min", "x_max", "y_max"},
                                    .all = {"id", "LT", "RT", "RB", "LB", "x_min", "y_min", "x_max", "y_max"},
                                    .scale = 1.5};

void read_table(const std::string& path, const data::ClipTableColumns& columns) {
  fuzz::was_read([&] {
    for (const auto& [name, row] : data::read_clip_table(path, columns, [](const std::string& text) { return text; })) {
      fuzz::require(!name.empty(), "a row without a name");
      fuzz::require(std::isfinite(row.duration_s) && std::isfinite(row.label_shift_s), "a time that is no number");
      fuzz::require(!row.corners || !keyboard::fault_of(*row.corners), "corners that are no keyboard");
    }
  });
}

void read_list(const std::string& path) {
  data::DatasetOptions options;
  options.root = "/proc/self/fdinfo";  // a folder that is always there, without a folder val
  options.videos = ".";
  options.split = "train";
  options.manifest_train = options.exclude_list = path;
  options.names = {"video_{}.0", "{}"};
  fuzz::was_read([&] {
    const data::NamePatterns names(options.names, "names");
    data::Split split(options, names, {});
    split.meet({"001", "002"}, [](const std::string&) { return true; });
    fuzz::require(!split.why_not("not in the list, surely").empty(), "a name that no list holds is a member");
    for (const auto& name : split.missing({"001"})) fuzz::require(!name.empty(), "a member without a name");
  });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const fuzz::File file;
  const auto& path = file.put(fuzz::text_of(data, size));
  read_table(path, by_corners);
  read_table(path, by_box);
  read_list(path);
  return 0;
}
