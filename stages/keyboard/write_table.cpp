// keyboard/write_table: clips as rows of a data set's table. See the contract.
#include <array>
#include <cstdio>
#include <map>
#include <nlohmann/json.hpp>
#include <stages/data/clip.hpp>
#include <stages/data/table.hpp>
#include <tivit/atomic_file.hpp>
#include <tivit/contract.hpp>
#include <tivit/writable.hpp>

namespace tivit::keyboard {
namespace {

/// Writes name, split, duration and the keyboard's corners of each clip to tab-separated text, which data/clips reads as its
/// `table`. Rows are sorted by name; the file is replaced when a run or epoch ends.
///   [stages.table]
///   use = "keyboard/write_table"
///   in = "render"
///   to = "data/sample/clips.tsv"
/// Fails when the file cannot be written, on a name of two lines, and on two different clips of one name. Clips without corners have empty
/// fields.
class WriteTable {
 public:
  std::filesystem::path to = "clips.tsv";

  static void contract(Contract<WriteTable>& c) {
    c.sink("writes a data set's table: name, split, duration and corners of its clips");
    c.param("to", &WriteTable::to).doc("the file");
    c.in("clip", "clip");
    c.example("[stages.table]\nuse = \"keyboard/write_table\"\nin = \"render\"\nto = \"data/sample/clips.tsv\"\n");
  }
  void check(Faults& faults) const { check_file(faults, "to", to); }
  void operator()(const data::Clip& clip) {
    std::string row = data::table_field(clip.name) + "\t" + data::table_field(clip.split) + "\t" + digits(clip.duration_s);
    for (std::size_t i = 0; i < 4; ++i)
      row += clip.corners ? "\t" + digits(clip.corners->points[i].x) + "\t" + digits(clip.corners->points[i].y) : "\t\t";
    row += "\n";
    if (const auto [known, added] = rows_.try_emplace(clip.name, row); !added && known->second != row)
      throw Error("two clips are called \"" + clip.name + "\"", "rename one: a table has one row for a name", to.string());
  }
  void scope_end(Context&) {
    std::string text = "name\tsplit\tduration_s\tx0\ty0\tx1\ty1\tx2\ty2\tx3\ty3\n";
    for (const auto& [name, row] : rows_) text += row;
    write_file(to, text);
  }
  std::string save_state() const { return nlohmann::json(rows_).dump(); }
  void load_state(std::string_view state) { rows_ = nlohmann::json::parse(state).get<decltype(rows_)>(); }

 private:
  static std::string digits(double value) {
    std::array<char, 32> text;
    std::snprintf(text.data(), text.size(), "%.10g", value);
    return text.data();
  }
  std::map<std::string, std::string> rows_;
};
TIVIT_STAGE("keyboard/write_table", WriteTable)

}  // namespace
}  // namespace tivit::keyboard
