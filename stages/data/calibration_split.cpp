// data/calibration_split: which recordings of a training set to calibrate on. See the contract.
#include <algorithm>
#include <cmath>
#include <map>
#include <stages/data/json_file.hpp>
#include <stages/data/python_random.hpp>
#include <stages/report/json_value.hpp>
#include <tivit/contract.hpp>

namespace {
using namespace tivit;
using nlohmann::json;

/// Draws a share of the recordings from each class of density, so that slow and fast music are both there. The classes are cut at
/// quantiles of notes per second; the draws are those of the Python program for the same seed.
///   [stages.split]
///   use = "data/calibration_split"
///   metadata = "omaps_train.json"       # {"pieces": [{"stem": "001", "notes_per_sec": 6.4}, …]}
///   share = 0.1
/// Gives {calib, remainder, cuts, classes}: names, sorted. Refused before the run: a file without pieces, a piece that lacks name or
/// density, a name that stands twice, and a draw that leaves nothing to train on.
struct CalibrationSplit {
  std::filesystem::path metadata;
  double share = 0.1;
  int bins = 5;
  std::string seed = "42";

  static void contract(Contract<CalibrationSplit>& c) {
    c.source("names of recordings to calibrate on, drawn from classes of density");
    c.param("metadata", &CalibrationSplit::metadata).required().must_exist().doc("JSON with a list `pieces` of {stem, notes_per_sec}");
    c.param("share", &CalibrationSplit::share).range(0, 1).doc("of each class; at least one recording of it");
    c.param("bins", &CalibrationSplit::bins).range(1, 1000).unit("classes").doc("of density");
    c.param("seed", &CalibrationSplit::seed).doc("a whole number of any size, as CPython's random takes it");
    c.out("split", "json");
    c.example("[stages.split]\nuse = \"data/calibration_split\"\nmetadata = \"omaps_train.json\"\nshare = 0.1\n");
  }

  void check(Faults& faults) const {
    try {
      data::PythonRandom{seed};
    } catch (const Error& error) {
      return faults.add("seed", error);
    }
    try {
      draw(read());
    } catch (const Error& error) {
      faults.add("metadata", error);
    }
  }

  std::optional<json> next(Context& context) const { return context.id().back() > 0 ? std::nullopt : std::optional(draw(read())); }
  std::int64_t expected() const { return 1; }

 private:
  struct Piece {
    std::string name;
    double density = 0;
  };

  std::vector<Piece> read() const {
    const std::string remedy = R"(write {"pieces": [{"stem": "001", "notes_per_sec": 6.4}]})";
    const data::JsonFile file(metadata, remedy);
    const auto list = file.content().is_object() ? file.content().value("pieces", json()) : json();
    if (!list.is_array() || list.empty()) throw Error("holds no pieces", remedy, metadata.string());
    std::vector<Piece> pieces;
    std::map<std::string, Origin> places;
    std::vector<std::string> twice;
    Origin second;
    for (const auto& piece : list) {
      const Origin place = file.place("/pieces/" + std::to_string(pieces.size()));
      if (!piece.is_object() || !piece.value("stem", json()).is_string() || !piece.value("notes_per_sec", json()).is_number())
        throw Error(place, "is no piece with a stem and notes_per_sec", "name the recording, and its notes per second");
      pieces.push_back({piece["stem"].get<std::string>(), piece["notes_per_sec"].get<double>()});
      if (places.try_emplace(pieces.back().name, place).second) continue;
      if (twice.empty()) second = place;
      twice.push_back(pieces.back().name);
    }
    if (!twice.empty())
      throw Error(second, "lists more than once: " + quoted_list(twice),
                  "a recording on both lists would be trained on and calibrated on: name each once");
    return pieces;
  }

  json draw(const std::vector<Piece>& pieces) const {
    std::vector<double> sorted;
    for (const auto& piece : pieces) sorted.push_back(piece.density);
    std::sort(sorted.begin(), sorted.end());
    std::vector<double> cuts;
    for (int k = 1; k < bins; ++k) {
      const double place = std::nearbyint(k * (static_cast<double>(sorted.size()) - 1) / bins);
      cuts.push_back(sorted[static_cast<std::size_t>(std::clamp(place, 0.0, static_cast<double>(sorted.size()) - 1))]);
    }
    std::vector<std::vector<std::string>> classes(static_cast<std::size_t>(bins));
    for (const auto& [name, density] : pieces)
      classes[static_cast<std::size_t>(std::lower_bound(cuts.begin(), cuts.end(), density) - cuts.begin())].push_back(name);
    std::vector<std::string> calib, remainder;
    json counts = json::array();
    data::PythonRandom random(seed);
    for (auto& names : classes) {
      const auto wanted = std::max(1.0, std::nearbyint(static_cast<double>(names.size()) * share));
      const auto taken = names.empty() ? 0 : std::min(names.size(), static_cast<std::size_t>(wanted));
      random.shuffle(names);
      counts.push_back({{"total", names.size()}, {"calib", taken}});
      for (std::size_t i = 0; i < names.size(); ++i) (i < taken ? calib : remainder).push_back(names[i]);
    }
    std::sort(calib.begin(), calib.end());
    std::sort(remainder.begin(), remainder.end());
    if (remainder.empty())
      throw Error("all of its recordings are drawn, and none is left to train on: " + quoted_list(calib),
                  "take a smaller share, or fewer bins: each gives one at least", metadata.string());
    return json{{"calib", calib}, {"remainder", remainder}, {"cuts", cuts}, {"classes", counts}};
  }
};
TIVIT_STAGE("data/calibration_split", CalibrationSplit)

}  // namespace
