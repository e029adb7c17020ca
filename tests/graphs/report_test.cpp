// report.html of a training run in which a validation clip is broken, as headless Chromium shows it without network.
#include "sample.hpp"
#include "tests/browser.hpp"

namespace {
using namespace tivit::tests;

/// Two clips to train on, two to validate, and one more whose second half is missing.
fs::path small_set(const fs::path& folder) {
  const fs::path set = folder / "set";
  for (const char* split : {"train", "val"}) {
    std::vector<fs::path> videos;
    for (const auto& entry : fs::directory_iterator(sample_set() / split))
      if (entry.path().extension() == ".mp4") videos.push_back(entry.path());
    std::sort(videos.begin(), videos.end());
    BOOST_TEST_REQUIRE(videos.size() >= 2u);
    fs::create_directories(set / split);
    for (std::size_t i = 0; i < 2; ++i)
      for (const char* suffix : {".mp4", ".txt", ".keyboard.toml"}) {
        fs::copy_file(fs::path(videos[i]).replace_extension(suffix), set / split / (videos[i].stem().string() + suffix));
        if (i == 0 && std::string(split) == "val")
          fs::copy_file(fs::path(videos[i]).replace_extension(suffix), set / split / (std::string("broken") + suffix));
      }
  }
  fs::resize_file(set / "val/broken.mp4", fs::file_size(set / "val/broken.mp4") * 6 / 10);
  return set;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(report)

BOOST_AUTO_TEST_CASE(a_training_runs_report_opens_in_a_browser_without_network) {
  const fs::path folder = fresh_folder("report"), set = small_set(folder);
  const auto outcome = run({graph("train.toml"), "--run-dir", (folder / "run").string(), "--set", "epochs=2", "--set", "draws=32", "--set",
                            "run.precision=fp32", "--set", "step.log_every=1", "--set", "clips.root=" + set.string(), "--set",
                            "cache=" + (folder / "cache").string(), "--set", "batch=8"},
                           folder);
  BOOST_TEST_REQUIRE(outcome.code == 3, outcome.output);
  BOOST_TEST(outcome.output.find("Limit: ") != std::string::npos, outcome.output);
  const auto shown = in_browser("report_in_browser.py", {folder / "run/report.html", folder / "report.png"}, folder);
  if (!shown) return;
  const auto& page = *shown;
  BOOST_TEST(page["complaints"].empty(), page["complaints"].dump());
  BOOST_TEST(page["asked"].empty(), page["asked"].dump());
  BOOST_TEST(page["outcome"] == "finished");
  BOOST_TEST(page["wide"] == 0);

  std::set<std::string> charts(page["charts"].begin(), page["charts"].end());
  for (const char* name : {"total", "learning_rate", "note_onset_f1_50ms"}) BOOST_TEST(charts.contains(name), name);
  BOOST_TEST(page["drawn"].size() >= 3u);
  for (const auto& drawn : page["drawn"]) BOOST_TEST(drawn == true);

  // One row a stage, of the run and of the graph that it called.
  const auto account = nlohmann::json::parse(read_file(folder / "run/account.json"));
  const auto names = [](const nlohmann::json& one) {
    std::vector<std::string> all;
    for (const auto& stage : one["stages"]) all.push_back(stage["stage"]);
    return all;
  };
  BOOST_TEST_REQUIRE(page["tables"].size() == 2u);
  BOOST_TEST(page["tables"][0].get<std::vector<std::string>>() == names(account), boost::test_tools::per_element());
  BOOST_TEST(page["tables"][1].get<std::vector<std::string>>() == names(account["called"]["eval"]), boost::test_tools::per_element());
  for (const auto& left : page["bars"]) BOOST_TEST(std::abs(left.get<double>()) < 2);  // pixels that no state accounts for
  BOOST_TEST(page["words"].get<std::vector<std::string>>() == account["explanation"].get<std::vector<std::string>>(),
             boost::test_tools::per_element());
  BOOST_TEST(page["words"].size() >= 2u);

  // The piano rolls of the two validation clips that are whole, after the last epoch.
  BOOST_TEST_REQUIRE(page["pictures"].size() == 2u, page["pictures"].dump());
  for (const auto& picture : page["pictures"]) {
    BOOST_TEST(picture[0].get<std::string>().starts_with("eval/epoch-1/rolls/"), picture.dump());
    BOOST_TEST(picture[1].get<int>() == 1600);
  }
  BOOST_TEST_REQUIRE(!page["quarantine"].empty());
  for (const auto& row : page["quarantine"]) BOOST_TEST((std::find(row.begin(), row.end(), "broken") != row.end()), row.dump());

  // The run drawn with its figures is a picture to Graphviz.
  BOOST_TEST(run({"--dot", (folder / "run").string()}, folder).code == 0);
  const std::string dot = read_file(folder / "output.log");
  for (const auto& name : names(account)) BOOST_TEST(dot.find("label=\"" + name + "\\n") != std::string::npos, name);
  BOOST_TEST(dot.find(" calls of ") != std::string::npos);
  BOOST_TEST(dot.find("subgraph \"cluster_eval\"") != std::string::npos);
  BOOST_TEST(std::system(("dot -Tpng '" + (folder / "output.log").string() + "' -o '" + (folder / "run.png").string() + "'").c_str()) == 0);
}

BOOST_AUTO_TEST_CASE(a_run_that_failed_has_a_report_too) {
  const fs::path folder = fresh_folder("report_failed"), set = small_set(folder);
  std::ofstream(folder / "failing.toml") << "[run]\non_error = \"fail\"\n\n[stages.clips]\nuse = \"data/clips\"\nroot = \"" << set.string()
                                         << "\"\nsplit = \"val\"\n\n[stages.video]\nuse = \"video/probe\"\nin = \"clips\"\n\n"
                                            "[stages.out]\nuse = \"report/json\"\nin = \"video\"\nto = \"there.json\"\n";
  const auto outcome = run({"failing.toml", "--run-dir", "run"}, folder);
  BOOST_TEST(outcome.code == 1, outcome.output);
  const auto page = in_browser("report_in_browser.py", {folder / "run/report.html", folder / "report.png"}, folder);
  if (!page) return;
  BOOST_TEST((*page)["complaints"].empty(), page->dump());
  BOOST_TEST((*page)["outcome"] == "failed");
  BOOST_TEST((*page)["cause"].get<std::string>().find("broken") != std::string::npos, page->dump());
}

BOOST_AUTO_TEST_SUITE_END()
