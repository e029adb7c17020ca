// data/calibration_split: which recordings of a training set to calibrate on. See the contract.
#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <stages/data/python_random.hpp>
#include <stages/report/json_value.hpp>
#include <tivit/atomic_file.hpp>
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
/// Gives {calib, remainder, cuts, classes}: names, sorted. Fails when the file has no pieces or a piece lacks name or density.
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

  std::optional<json> next(Context& context) const {
    if (context.id().back() > 0) return std::nullopt;
    const auto pieces = read();
    std::vector<double> sorted;
    for (const auto& piece : pieces) sorted.push_back(piece.second);
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
    return json{{"calib", calib}, {"remainder", remainder}, {"cuts", cuts}, {"classes", counts}};
  }
  std::int64_t expected() const { return 1; }

 private:
  std::vector<std::pair<std::string, double>> read() const {
    const json content = json::parse(read_file(metadata), nullptr, false);
    const auto list = content.is_object() ? content.value("pieces", json::array()) : json::array();
    if (!list.is_array() || list.empty())
      throw Error("holds no pieces", "write {\"pieces\": [{\"stem\": \"001\", \"notes_per_sec\": 6.4}]}", metadata.string());
    std::vector<std::pair<std::string, double>> pieces;
    for (const auto& piece : list) {
      const std::string where = metadata.string() + "[pieces." + std::to_string(pieces.size()) + "]";
      if (!piece.is_object() || !piece.value("stem", json()).is_string() || !piece.value("notes_per_sec", json()).is_number())
        throw Error("is no piece with a stem and notes_per_sec", "name the recording, and its notes per second", where);
      pieces.emplace_back(piece["stem"].get<std::string>(), piece["notes_per_sec"].get<double>());
    }
    return pieces;
  }
};
TIVIT_STAGE("data/calibration_split", CalibrationSplit)

}  // namespace
