// report/logits: logits of each recording -> a NumPy file that data/logits reads again.
//
//   [stages.save]
//   use = "report/logits"
//   in = { logits = "prior.logits", rest = "source.rest", about = "prior.about" }     # rest, about may be left out
//   to = "rescored.npz"       # or a folder for <recording>.npz; without it, logits/ in the run directory
//
// Each field [T,P] is the array `<field>_logits`; other fields (hands, clefs) keep their names. `meta` is JSON: `fps`, `origin_ns` (the
// time of the first row, where it is not 0), `pooled` (rows of the video that each stands for, where it is not one), `midi_low` and
// `midi_high`, what `rest` had, and `about`. Fails without a TimeGrid, on bf16, and when two recordings have one file.
#include <cmath>
#include <stages/data/array_set.hpp>
#include <stages/notes/pitch_range.hpp>
#include <stages/notes/recording_name.hpp>
#include <stages/report/json_value.hpp>
#include <tivit/tensor/stage.hpp>
#include <tivit/text_format.hpp>
#include <tivit/writable.hpp>

namespace tivit::report {
namespace {

class WriteLogits {
 public:
  std::filesystem::path to;
  bool compress = false;

  static void contract(Contract<WriteLogits>& c) {
    c.sink("writes the logits of each recording as a NumPy file");
    c.param("to", &WriteLogits::to).doc("a .npz file for the only recording, or a folder; empty: logits/ in the run directory");
    c.param("compress", &WriteLogits::compress).doc("deflate the arrays");
    c.in("logits", "{...}").doc("of a whole recording, with its TimeGrid");
    c.in("rest", "arrays").optional().doc("further arrays, and the meta to extend");
    c.in("about", "json").optional().doc("an object that is added to meta");
    c.example("[stages.save]\nuse = \"report/logits\"\nin = { logits = \"stitch\" }\nto = \"out\"\n");
  }
  void check(Faults& faults) const { check_file_or_folder(faults, "to", to, ".npz"); }

  void operator()(const Fields& logits, const data::ArraySet* rest, const nlohmann::json* about, Context& context) {
    data::Npz content = rest ? rest->content : data::Npz{};
    nlohmann::json meta = nlohmann::json::object();
    for (const auto& [name, text] : content.texts)
      if (name == "meta") meta = object_of(text, rest->file);
    std::erase_if(content.texts, [](const auto& text) { return text.first == "meta"; });
    const auto& grid = context.get<TimeGrid>("time grid");
    meta["fps"] = std::nearbyint(1e15 / grid.hop_ns) / 1e6;
    if (grid.origin != 0)
      meta["origin_ns"] = grid.origin;
    else
      meta.erase("origin_ns");  // of the file that `rest` came from
    if (grid.pooled != 1)
      meta["pooled"] = grid.pooled;
    else
      meta.erase("pooled");
    std::optional<std::int64_t> columns;
    for (const auto& [name, array] : logits) {
      const bool roll = array.dim() == 2 && (!columns || array.size(1) == *columns) && name != "hand" && name != "clef";
      if (roll) columns = array.size(1);
      content.arrays.set(roll ? name + "_logits" : name, array.cpu());
    }
    const auto* range = context.find<notes::PitchRange>();
    if (const auto usual = notes::usual_range(columns.value_or(0)); range || usual) {
      meta["midi_low"] = range ? range->lowest : usual->lowest;
      meta["midi_high"] = range ? range->highest : usual->highest;
    }
    if (about)
      for (const auto& [key, value] : about->items()) meta[key] = value;
    content.texts.emplace_back("meta", meta.dump());
    data::write_npz(folder_.file(to, "logits", ".npz", context), content, compress);
  }

 private:
  static nlohmann::json object_of(const std::string& text, const std::string& file) {
    auto meta = nlohmann::json::parse(text, nullptr, false);
    if (!meta.is_object())
      throw Error("is no JSON object: " + printable(text.substr(0, 40)), "write {\"fps\": 20}, or leave the array out", file + "[meta]");
    return meta;
  }

  notes::OutputFolder folder_;
};
TIVIT_STAGE("report/logits", WriteLogits)

}  // namespace
}  // namespace tivit::report
