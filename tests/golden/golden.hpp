#pragma once
// A graph on golden arrays: arrays go in through data/npz, tivit-run does the work, report/npz brings back what came out.
#include <ATen/TensorOperators.h>

#include <algorithm>
#include <stages/data/npz.hpp>
#include <tests/graphs/program.hpp>
#include <tests/shared_data.hpp>

namespace tivit::tests {

using nlohmann::json;

inline std::string toml(const json& value) {
  if (!value.is_object()) return value.dump();
  std::string text = "{ ";
  for (const auto& [name, entry] : value.items()) text += (text.size() > 2 ? ", " : "") + json(name).dump() + " = " + toml(entry);
  return text + " }";
}

class GoldenGraph {
 public:
  explicit GoldenGraph(const std::string& name, const json& run = json::object()) : folder_(fresh_folder("golden-" + name)) {
    table("run", run);
  }
  const fs::path& folder() const { return folder_; }

  /// Any table of the graph text: `[resources.model]`, `[stages.x]`.
  void table(const std::string& name, const json& entries) {
    text_ += "[" + name + "]\n";
    for (const auto& [key, value] : entries.items()) text_ += key + " = " + toml(value) + "\n";
  }
  /// A data/npz stage that gives these arrays, an item each.
  void source(const std::string& stage, const std::vector<Fields>& items, json parameters = json::object()) {
    parameters["use"] = "data/npz";
    parameters["files"] = json::array();
    for (std::size_t i = 0; i < items.size(); ++i) {
      const auto file = folder_ / (stage + "-" + std::to_string(i) + ".npz");
      data::write_npz(file, {items[i], {}});
      parameters["files"].push_back(file.string());
    }
    table("stages." + stage, parameters);
  }
  void stage(const std::string& name, const std::string& use, const json& in, json parameters = json::object()) {
    parameters["use"] = use;
    parameters["in"] = in;
    table("stages." + name, parameters);
  }
  /// What these ports give is kept under the name, for `result`.
  void keep(const std::string& name, const json& in) { stage(name, "report/npz", in, {{"to", (folder_ / name).string()}}); }

  /// How an error begins that is about the value of a stage's parameter.
  std::string place(const std::string& stage, const std::string& parameter) const {
    const auto at = text_.find("\n" + parameter + " = ", text_.find("[stages." + stage + "]\n"));
    BOOST_TEST_REQUIRE(at != std::string::npos, stage << "." << parameter);
    const auto line = std::count(text_.begin(), text_.begin() + static_cast<std::ptrdiff_t>(at) + 1, '\n') + 1;
    return "graph.toml:" + std::to_string(line) + ":" + std::to_string(parameter.size() + 4) + ": stage \"" + stage + "\", parameter \"" +
           parameter + "\": ";
  }

  Outcome execute(const std::vector<std::string>& options = {}) {
    std::ofstream(folder_ / "graph.toml") << text_;
    std::vector<std::string> arguments{"graph.toml", "--run-dir", (folder_ / "run").string()};
    arguments.insert(arguments.end(), options.begin(), options.end());
    return tests::run(arguments, folder_);
  }
  void run() {
    const auto outcome = execute();
    BOOST_TEST_REQUIRE(outcome.code == 0, outcome.output << "\n" << text_);
  }
  data::Npz result_file(const std::string& name, const std::string& source, std::size_t item = 0) const {
    return data::read_npz(folder_ / name / (source + "-" + std::to_string(item) + ".npz"));
  }
  Fields result(const std::string& name, const std::string& source, std::size_t item = 0) const {
    return result_file(name, source, item).arrays;
  }

 private:
  fs::path folder_;
  std::string text_;
};

/// A golden JSON file, or nothing after the case was marked as skipped.
inline std::optional<json> golden_json(const std::string& name) {
  const auto path = shared("golden/" + name);
  return path ? std::optional(json::parse(read_file(*path))) : std::nullopt;
}
inline Fields golden_arrays(const std::string& name) { return data::read_npz(shared_path("golden/" + name)).arrays; }

inline bool near(double found, double wanted, double relative) {
  return std::abs(found - wanted) <= relative * std::max(1.0, std::abs(wanted));
}

/// The largest difference, or infinity for tensors of different shape or with values that are not numbers.
inline double furthest(const at::Tensor& found, const at::Tensor& wanted) {
  if (found.sizes() != wanted.sizes()) return INFINITY;
  const double difference = (found.to(at::kDouble) - wanted.to(at::kDouble)).abs().max().item<double>();
  return std::isnan(difference) ? INFINITY : difference;
}

}  // namespace tivit::tests
