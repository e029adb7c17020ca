// data/logits: logits of recordings from NumPy files. See the contract.
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <stages/data/array_set.hpp>
#include <stages/notes/pitch_range.hpp>
#include <tivit/contract.hpp>
#include <tivit/tensor/finite.hpp>

namespace {
using namespace tivit;

/// Each .npz file is one item: its arrays `<head>_logits`, each [rows, pitches], as a record of `<head>`. The text array `meta`, if
/// there is one, is JSON with `fps` (rows a second), `origin_ns` (time of the first row in nanoseconds; without it 0), `pooled` (rows of
/// the video that each stands for; without it 1), `midi_low` and
/// `midi_high` (pitches of the first and last column). report/logits writes such files; so did the Python program. What else a file holds
/// comes out of `rest`.
///   [stages.source]
///   use = "data/logits"
///   files = ["logits.npz"]
///   rate = 20                 # rows a second; without it, the file's own
/// The Python program's dumps hold all clips of a run, do not say where one ends, and give the rate of the video, not of the rows: a
/// warning says so. Two files of one name are refused before the run. Fails, naming file and array, on what is no array, without any
/// logits, where they differ in shape, and on values that are infinite or not numbers. Nothing is unpickled.
struct ReadLogits {
  std::vector<std::filesystem::path> files;
  std::optional<double> rate;
  static constexpr double unsaid_rate = 30;

  static void contract(Contract<ReadLogits>& c) {
    c.source("logits of recordings from NumPy files").attaches<SourceName>().attaches<TimeGrid>().attaches<notes::PitchRange>();
    c.param("files", &ReadLogits::files).required().must_exist().doc(".npz files; each is one recording");
    c.param("rate", &ReadLogits::rate).range(1e-3, 1e6).unit("rows/s").doc("in place of the file's `fps`; a file that has none: 30");
    c.out("logits", "{...}").doc("`onset` is the array `onset_logits`");
    c.out("rest", "arrays").doc("the file's other arrays");
    c.example("[stages.source]\nuse = \"data/logits\"\nfiles = [\"logits.npz\"]\nrate = 20\n");
  }

  void check(Faults& faults) const {
    std::map<std::string, std::filesystem::path> first;
    for (const auto& file : files)
      if (const auto [known, added] = first.try_emplace(file.stem().string(), file); !added)
        faults.add("files", Error("has the name of " + known->second.string(),
                                  "recordings are called after their files: rename one of them", file.string()));
  }

  std::optional<std::tuple<Fields, data::ArraySet>> next(Context& context) const {
    const std::size_t index = context.id().back();
    if (index >= files.size()) return std::nullopt;
    const std::string file = files[index].string();
    context.set(SourceName{files[index].stem().string()});
    data::Npz content = data::read_npz(file);
    Fields logits, others;
    for (const auto& [name, array] : content.arrays)
      name.ends_with("_logits") ? logits.set(name.substr(0, name.size() - 7), array) : others.set(name, array);
    check_arrays(logits, content.arrays, file);
    const auto meta = meta_of(content, file);
    if (of_the_python_program(logits, meta)) warn_of_the_python_program(file, logits.begin()->second.size(0), meta);
    auto grid = TimeGrid::from_rate(rate_of(meta, file), integer(meta, "origin_ns", file).value_or(0));
    if (const auto pooled = integer(meta, "pooled", file)) {
      if (*pooled < 1 || *pooled > 1'000'000)
        throw Error("pooled is " + std::to_string(*pooled) + ", and a row stands for one of the video at least", "correct its meta",
                    file + "[meta]");
      grid.pooled = static_cast<int>(*pooled);
    }
    context.set(grid);
    if (const auto low = integer(meta, "midi_low", file), high = integer(meta, "midi_high", file); low && high) {
      if (*low < 0 || *high < *low || *high > 127)
        throw Error("midi_low " + std::to_string(*low) + " to midi_high " + std::to_string(*high) + " is no range of pitches",
                    "correct its meta: 21 to 108 is a piano", file + "[meta]");
      context.set(notes::PitchRange{static_cast<int>(*low), static_cast<int>(*high)});
    }
    content.arrays = std::move(others);
    return std::tuple{std::move(logits), data::ArraySet{std::move(content), file}};
  }
  std::int64_t expected() const { return static_cast<std::int64_t>(files.size()); }

 private:
  /// Its logits were double precision, and its meta said this and no more; what it had rescored says more.
  static bool of_the_python_program(const Fields& logits, const nlohmann::json& meta) {
    return meta.size() == 3 && meta.contains("fps") && meta.contains("midi_low") && meta.contains("midi_high") &&
           std::all_of(logits.begin(), logits.end(), [](const auto& head) { return head.second.scalar_type() == at::kDouble; });
  }
  void warn_of_the_python_program(const std::string& file, std::int64_t rows, const nlohmann::json& meta) const {
    spdlog::warn(
        "{}: is a dump of the Python program, which puts clips one behind the other and keeps no boundaries: its {} rows are taken as one "
        "recording; where they are several, tell notes/key_prior how long each is (recording_rows), or cut the file",
        file, rows);
    if (const double fps = rate_of(meta, file); !rate)
      spdlog::warn(
          "{}: its fps, {:g}, is taken as rows a second; the Python program wrote the frames a second there, of which TiViT makes one row "
          "of "
          "two: then set rate = {:g}",
          file, fps, fps / 2);
  }
  static void check_arrays(const Fields& logits, const Fields& all, const std::string& file) {
    if (logits.empty())
      throw Error("there are no logits in it: " + quoted_list(all.names()), "name the arrays onset_logits, pitch_logits, …", file);
    const auto& first = *logits.begin();
    for (const auto& [head, values] : logits) {
      const std::string where = file + "[" + head + "_logits]";
      if (!values.is_floating_point())
        throw Error("holds " + dtype_name(values.scalar_type()) + "; logits are fractions", "store them as float32", where);
      if (values.dim() != 2)
        throw Error("has " + std::to_string(values.dim()) + " axes; logits are a table, [rows, pitches]", "store them so", where);
      if (values.sizes() != first.second.sizes())
        throw Error("is " + size_text(values) + ", and \"" + first.first + "_logits\" is " + size_text(first.second),
                    "the logits of one recording have one size", where);
      if (const auto bad = not_finite(values))
        throw Error(head + *bad, "make the logits again; a recording without numbers cannot be scored", where);
    }
  }
  static std::string size_text(const at::Tensor& values) {
    return "[" + std::to_string(values.size(0)) + ", " + std::to_string(values.size(1)) + "]";
  }

  static nlohmann::json meta_of(const data::Npz& content, const std::string& file) {
    for (const auto& [name, text] : content.texts) {
      if (name != "meta") continue;
      const auto meta = nlohmann::json::parse(text, nullptr, false);
      if (!meta.is_object()) throw Error("is no JSON object", "write {\"fps\": 20, \"midi_low\": 21, \"midi_high\": 108}", file + "[meta]");
      return meta;
    }
    return nlohmann::json::object();
  }

  static std::optional<std::int64_t> integer(const nlohmann::json& meta, const char* name, const std::string& file) {
    const auto found = meta.find(name);
    if (found == meta.end() || found->is_null()) return std::nullopt;
    const bool too_large = found->is_number_unsigned() && found->get<std::uint64_t>() > std::numeric_limits<std::int64_t>::max();
    if (!found->is_number_integer() || too_large)
      throw Error(std::string(name) + " is " + found->dump() + ", no integer", "correct its meta", file + "[meta]");
    return found->get<std::int64_t>();
  }

  double rate_of(const nlohmann::json& meta, const std::string& file) const {
    if (rate) return *rate;
    const auto found = meta.find("fps");
    if (found == meta.end() || !found->is_number()) {
      spdlog::warn("{}: does not say how many rows a second it has: taken as {} (`rate` sets it)", file, unsaid_rate);
      return unsaid_rate;
    }
    const double fps = found->get<double>();
    if (!(fps > 0) || !std::isfinite(fps)) throw Error("fps is not positive", "correct it, or set rate", file + "[meta]");
    return fps;
  }
};
TIVIT_STAGE("data/logits", ReadLogits)

}  // namespace
