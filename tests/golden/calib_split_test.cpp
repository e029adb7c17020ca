// calib_split.json: recordings to calibrate on, as the Python program drew them.
#include <cstdio>
#include <set>

#include "golden.hpp"

namespace {
using namespace tivit::tests;

/// A run that draws several times.
class Draws {
 public:
  explicit Draws(const std::string& name) : graph_("calib-split-" + name) {}
  /// A metadata file of recordings, given as [stem, notes_per_sec].
  std::string metadata(const std::string& name, const json& recordings) {
    json pieces = json::array();
    for (const auto& piece : recordings) pieces.push_back({{"stem", piece[0]}, {"notes_per_sec", piece[1]}});
    return file(name, {{"pieces", pieces}});
  }
  std::string file(const std::string& name, const json& content) {
    const auto path = graph_.folder() / (name + ".json");
    std::ofstream(path) << content.dump(1);
    return path.string();
  }
  void add(const std::string& name, const std::string& metadata, const json& share, const json& bins, const std::string& seed) {
    graph_.table("stages." + name,
                 {{"use", "data/calibration_split"}, {"metadata", metadata}, {"share", share}, {"bins", bins}, {"seed", seed}});
    graph_.stage("report_" + name, "report/json", name, {{"to", (graph_.folder() / (name + "-drawn.json")).string()}});
  }
  json drawn(const std::string& name) const { return json::parse(read_file(graph_.folder() / (name + "-drawn.json"))); }
  GoldenGraph& graph() { return graph_; }

 private:
  GoldenGraph graph_;
};

/// Recordings and drawn ones of each class, out of lines such as "  bin0 (-inf, 4.741]: total=  1  calib=  1".
json classes_in(const json& printed) {
  json classes = json::array();
  for (const auto& line : printed) {
    const auto text = line.get<std::string>();
    int total = 0, calib = 0;
    if (const auto at = text.find("]: total="); at != std::string::npos) {
      BOOST_TEST(std::sscanf(text.c_str() + at, "]: total=%d calib=%d", &total, &calib) == 2, text);
      classes.push_back({{"total", total}, {"calib", calib}});
    }
  }
  return classes;
}

std::string name_of(std::size_t number) { return "r" + std::to_string(1000 + number); }
}  // namespace

BOOST_AUTO_TEST_SUITE(golden_calib_split)

BOOST_AUTO_TEST_CASE(every_case) {
  const auto golden = golden_json("calib_split.json");
  if (!golden) return;
  Draws draws("cases"), refused("refused");
  std::map<std::string, std::string> files;
  for (const auto& [name, recordings] : (*golden)["metadata"].items()) files[name] = draws.metadata(name, recordings);
  std::vector<std::string> nothing_left;
  const auto& cases = (*golden)["cases"];
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const auto& row = cases[i];
    const bool all = row["remainder"].empty();
    const std::string name = "case" + std::to_string(i);
    // A file of its own, for a mistake in one file is told once.
    const auto metadata = all ? refused.metadata(name, (*golden)["metadata"][row["metadata"]]) : files.at(row["metadata"]);
    (all ? refused : draws).add(name, metadata, row["fraction"], row["bins"], row["seed"].dump());
    if (all) nothing_left.push_back(name);
  }
  draws.graph().run();
  int compared = 0;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const auto& row = cases[i];
    if (row["remainder"].empty()) continue;
    const json found = draws.drawn("case" + std::to_string(i));
    for (const char* list : {"calib", "remainder", "cuts"}) BOOST_TEST(found[list] == row[list], list << " of case " << i << found[list]);
    BOOST_TEST(found["classes"] == classes_in(row["stdout"]), "case " << i << found["classes"]);
    ++compared;
  }
  BOOST_TEST(compared == 24);

  // The program wrote an empty list for the set of one; and what it refused as well.
  BOOST_TEST(nothing_left.size() == 5u);
  std::map<std::string, std::string> problems;
  for (const auto& name : nothing_left) problems[name] = "all of its recordings are drawn, and none is left to train on: \"001\"; ";
  const std::map<std::string, std::pair<std::string, std::string>> errors{
      {"missing", {(refused.graph().folder() / "nowhere.json").string(), "there is no file or folder \""}},
      {"no pieces", {refused.file("empty", {{"pieces", json::array()}}), "holds no pieces; "}},
      {"no pieces key", {refused.file("without", json::object()), "holds no pieces; "}}};
  BOOST_TEST((*golden)["errors"].size() == errors.size());
  for (const auto& row : (*golden)["errors"]) {
    BOOST_TEST(row["exit_code"] == 1);
    const auto& [metadata, problem] = errors.at(row["what"]);
    const auto name = "error" + std::to_string(problems.size());
    refused.add(name, metadata, 0.1, 5, "42");
    problems[name] = problem;
  }
  const auto outcome = refused.graph().execute();
  BOOST_TEST(outcome.code == 2, outcome.output);
  BOOST_TEST(outcome.output.find("\n8 mistakes; nothing was started\n") != std::string::npos, outcome.output);
  for (const auto& [name, problem] : problems) {
    const auto at = outcome.output.find(refused.graph().place(name, "metadata"));
    BOOST_TEST_REQUIRE(at != std::string::npos, name << "\n" << outcome.output);
    const auto line = outcome.output.substr(at, outcome.output.find('\n', at) - at);
    BOOST_TEST(line.find(problem) != std::string::npos, line);
  }
}

/// Of one class the first of the shuffled recordings are drawn: one, half, all but one.
BOOST_AUTO_TEST_CASE(shuffles_of_the_same_seed) {
  const auto golden = golden_json("calib_split.json");
  if (!golden) return;
  Draws draws("shuffle");
  std::vector<std::pair<std::string, std::set<std::string>>> wanted;
  for (const auto& row : (*golden)["python_shuffle"]) {
    const std::size_t n = row["n"];
    if (n < 2) continue;  // nothing would be left to train on
    json recordings = json::array();
    for (std::size_t i = 0; i < n; ++i) recordings.push_back({name_of(i), 5});
    const auto metadata = draws.metadata("set" + std::to_string(wanted.size()), recordings);
    for (const auto taken : std::set<std::size_t>{1, n / 2, n - 1}) {
      const auto name = "draw" + std::to_string(wanted.size());
      draws.add(name, metadata, static_cast<double>(taken) / static_cast<double>(n), 1, row["seed"]);
      std::set<std::string> names;
      for (std::size_t i = 0; i < taken; ++i) names.insert(name_of(row["first_shuffle"][i]));
      wanted.emplace_back(name, names);
    }
  }
  draws.graph().run();
  BOOST_TEST(wanted.size() == 31u);
  for (const auto& [name, names] : wanted) BOOST_TEST(draws.drawn(name)["calib"] == json(names), name << draws.drawn(name)["calib"]);
}

BOOST_AUTO_TEST_SUITE_END()
