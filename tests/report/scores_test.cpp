// Scores as files and as tables.
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <stages/data/clip.hpp>
#include <stages/data/clip_table.hpp>
#include <stages/data/table.hpp>
#include <stages/notes/note.hpp>
#include <stages/report/json_value.hpp>
#include <stages/report/score_table.hpp>
#include <tivit/atomic_file.hpp>
#include <tivit/contract.hpp>

#include "tests/folders.hpp"

namespace {

namespace fs = std::filesystem;
using nlohmann::json;

json report() {
  return {{"kind", "frames"},
          {"recordings",
           {{{"name", "a"}, {"scores", {{"frame_f1", 0.5}, {"frame_precision", 1.0}, {"frame_recall", 1.0 / 3}}}},
            {{"name", "Préludes"}, {"scores", {{"frame_f1", 0.25}, {"frame_precision", nullptr}}}}}},
          {"mean", {{"scores", {{"frame_f1", 0.375}}}}},
          {"pooled", {{"scores", {{"frame_f1", 0.4}}}}},
          {"silent", {{{"name", "quiet"}}}},
          {"unlabelled", {"bare"}},
          {"failed", 2}};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(scores)

BOOST_AUTO_TEST_CASE(a_table_has_a_line_a_recording_the_means_and_what_is_left_out) {
  const auto text = tivit::report::score_table(report(), {{"F1", "scores.frame_f1"}, {"precision", "scores.frame_precision"}});
  BOOST_TEST(text ==
             "recording     F1  precision\n"
             "---------------------------\n"
             "a          0.500      1.000\n"
             "Préludes   0.250          -\n"
             "---------------------------\n"
             "mean of 2  0.375          -\n"
             "pooled     0.400          -\n"
             "silent, not in the means: \"quiet\"\n"
             "without labels, not scored: \"bare\"\n"
             "failed, not scored: 2\n");
}

BOOST_AUTO_TEST_CASE(names_do_not_command_the_terminal) {
  json odd = report();
  odd["recordings"][0]["name"] = "two\nlines\x1b[31m";
  odd["recordings"][0]["verdict"] = "\a";
  odd["silent"][0]["name"] = "\x1b[2J";
  odd["unlabelled"] = {"a\rb", "plain"};
  const auto text = tivit::report::score_table(odd, {{"verdict", "verdict"}});
  BOOST_TEST(text ==
             "recording                verdict\n"
             "--------------------------------\n"
             "\"two\\nlines\\u001b[31m\"  \"\\u0007\"\n"
             "Préludes                       -\n"
             "--------------------------------\n"
             "mean of 2                      -\n"
             "pooled                         -\n"
             "silent, not in the means: \"\\u001b[2J\"\n"
             "without labels, not scored: \"a\\rb\", \"plain\"\n"
             "failed, not scored: 2\n");
}

BOOST_AUTO_TEST_CASE(the_usual_columns_depend_on_the_kind_of_report) {
  BOOST_TEST(tivit::report::usual_columns(report()).size() == 5u);
  BOOST_TEST(tivit::report::usual_columns({{"kind", "notes"}}).at(2).path == "raw.note_onset_f1_50ms");
  BOOST_CHECK_EXCEPTION(tivit::report::usual_columns({{"kind", "taste"}}), tivit::Error,
                        [](const tivit::Error& e) { return e.problem() == "a report of kind \"taste\" has no usual columns"; });
}

BOOST_AUTO_TEST_CASE(a_report_without_recordings_is_a_head_line) {
  const json empty{{"kind", "notes"}, {"recordings", json::array()}};
  BOOST_TEST(tivit::report::score_table(empty, {{"F1", "x"}}) == "recording  F1\n");
}

BOOST_AUTO_TEST_CASE(a_report_of_lags_has_no_means) {
  const json lags{{"kind", "lags"},
                  {"recordings",
                   {{{"name", "a"},
                     {"reference_notes", 53},
                     {"lag_ms", 30.1},
                     {"spread_ms", 3},
                     {"confidence", 1},
                     {"correlation", 0.3},
                     {"label_shift_s", 0.0301},
                     {"verdict", "found"}},
                    {{"name", "b"},
                     {"reference_notes", 3},
                     {"lag_ms", 0},
                     {"spread_ms", 0},
                     {"confidence", 0},
                     {"correlation", nullptr},
                     {"label_shift_s", 0},
                     {"verdict", "too few notes"}}}},
                  {"failed", 1}};
  BOOST_TEST(tivit::report::score_table(lags, {{"lag ms", "lag_ms"}, {"correlation", "correlation"}, {"verdict", "verdict"}}) ==
             "recording  lag ms  correlation        verdict\n"
             "---------------------------------------------\n"
             "a            30.1        0.300          found\n"
             "b               0            -  too few notes\n"
             "failed, not scored: 1\n");
  BOOST_TEST(tivit::report::usual_columns(lags).size() == 7u);
}

BOOST_AUTO_TEST_CASE(chosen_figures_become_tab_separated_text) {
  tivit::RunContext run;
  run.directory = tivit::tests::build_folder() / "tests" / "report" / "tsv";
  fs::remove_all(run.directory);
  tivit::Context context;
  context.run_ = &run;
  context.stage_ = "figures";
  auto stage = tivit::Registry::instance().find("report/tsv").make();
  stage->set("columns",
             {tivit::ParameterValue::List{{std::string("name")}, {std::string("scores.frame_precision")}, {std::string("tab")}}});
  auto odd = report();
  odd["recordings"][1]["tab"] = "a\tb\nc";
  stage->call({{"report", tivit::Payload::of(odd)}}, context);
  BOOST_TEST(tivit::read_file(run.directory / "figures.tsv") == "name\tframe_precision\ttab\na\t1.0\t\nPréludes\t\t\"a\tb c\"\n");
}

BOOST_AUTO_TEST_CASE(a_table_of_odd_names_is_read_back) {
  const std::vector<std::string> names{" before", "after ",       "\"quoted\"", "a \"part\"", "a\ttab",
                                       "a tab",   "# no comment", "it's",       "\r",         "Préludes"};
  tivit::RunContext run;
  run.directory = tivit::tests::build_folder() / "tests" / "report" / "tsv-names";
  tivit::Context context;
  context.run_ = &run;
  context.stage_ = "shifts";
  auto stage = tivit::Registry::instance().find("report/tsv").make();
  stage->set("columns", {tivit::ParameterValue::List{{std::string("name")}, {std::string("label_shift_s")}}});
  json lags{{"recordings", json::array()}};
  for (const auto& name : names) lags["recordings"].push_back({{"name", name}, {"label_shift_s", 0.125}});
  stage->call({{"report", tivit::Payload::of(lags)}}, context);
  const auto rows = tivit::data::read_clip_table(run.directory / "shifts.tsv", {.corners = {}, .label_shift = "label_shift_s"},
                                                 [](const std::string& name) { return name; });
  BOOST_TEST(rows.size() == names.size());
  for (const auto& name : names) BOOST_TEST((rows.contains(name) && rows.find(name)->second.label_shift_s == 0.125), name);
  lags["recordings"].push_back({{"name", "two\nlines"}});
  BOOST_CHECK_EXCEPTION(stage->call({{"report", tivit::Payload::of(lags)}}, context), tivit::Error, [](const tivit::Error& e) {
    BOOST_TEST(e.what() == "\"two\\nlines\" has several lines, and a row of a table is one; rename the recording");
    return true;
  });
}

BOOST_AUTO_TEST_CASE(a_table_of_one_column_is_read_back) {
  const std::vector<std::string> names{"Bach, BWV 1", "a;b;c", "plain", "a\tb", " x,", "it's"};
  tivit::RunContext run;
  run.directory = tivit::tests::build_folder() / "tests" / "report" / "tsv-one";
  tivit::Context context;
  context.run_ = &run;
  context.stage_ = "names";
  json lags{{"recordings", json::array()}};
  for (const auto& name : names) lags["recordings"].push_back({{"name", name}, {"one; two, three", name}});
  for (const std::string column : {"name", "one; two, three"}) {
    auto stage = tivit::Registry::instance().find("report/tsv").make();
    stage->set("columns", {tivit::ParameterValue::List{{column}}});
    stage->call({{"report", tivit::Payload::of(lags)}}, context);
    const auto table = tivit::data::read_table(run.directory / "names.tsv", column, {});
    BOOST_TEST_REQUIRE(table.columns == std::vector<std::string>{column}, boost::test_tools::per_element());
    BOOST_TEST_REQUIRE(table.rows.size() == names.size());
    for (std::size_t i = 0; i < names.size(); ++i) BOOST_TEST(table.rows[i].at(column).text == names[i]);
  }
}

BOOST_AUTO_TEST_CASE(a_list_of_names_has_none_that_a_manifest_would_not_give_back) {
  tivit::RunContext run;
  run.directory = tivit::tests::build_folder() / "tests" / "report" / "names";
  tivit::Context context;
  context.run_ = &run;
  context.stage_ = "manifest";
  auto stage = tivit::Registry::instance().find("report/names").make();
  stage->set("list", {std::string("calib")});
  const auto told = [&](const std::string& name) {
    try {
      stage->call({{"value", tivit::Payload::of(json{{"calib", {"first", name}}})}}, context);
    } catch (const tivit::Error& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  for (const std::string name : {"a b", "Préludes", "a\tb", "a, \"b\""}) {
    BOOST_TEST(told(name) == "");
    BOOST_TEST(tivit::read_file(run.directory / "manifest.txt") == "first\n" + name + "\n");
  }
  BOOST_TEST(told("op. 3 #2") == "op. 3 #2 holds a #, which begins a comment; rename the recording");
  BOOST_TEST(told("two\nlines") ==
             "\"two\\nlines\" holds characters that cannot be seen, and a list has one name a line; rename the recording");
  BOOST_TEST(told(" a") == "\" a\" has blanks at an end, which a list of names loses; rename the recording");
  BOOST_TEST(told("a\t") == "\"a\\u0009\" has blanks at an end, which a list of names loses; rename the recording");
  BOOST_TEST(told("") == "\"\" is no name; rename the recording");
  BOOST_TEST(told("caf\xe9").find("cannot be seen") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_data_set_counts_a_recording_whole_or_not_at_all) {
  struct Collect final : tivit::Emit {
    json got;
    void put(std::vector<tivit::Payload> outputs) override { got = outputs.at(0).as<json>(); }
  } collect;
  auto stage = tivit::Registry::instance().find("report/dataset").make();
  tivit::Context context;
  const auto add = [&](const std::string& name, const std::string& split, const json& video) {
    tivit::data::Clip clip;
    clip.name = name;
    clip.split = split;
    stage->add({{"clip", tivit::Payload::of(clip)},
                {"notes", tivit::Payload::of(tivit::notes::Notes{{}, false})},
                {"video", tivit::Payload::of(video)}},
               collect, context);
  };
  add("whole", "train", {{"duration_s", 3}, {"damage", json::array()}});
  BOOST_CHECK_THROW(add("half", "val", {{"duration_s", 3}}), std::exception);
  stage->finish(collect, context);
  BOOST_TEST(collect.got["n"] == 1);
  BOOST_TEST(collect.got["split"] == "train");
  BOOST_TEST(collect.got["anomalies"].dump() == R"([{"name":"whole","what":"has no labels"}])");
}

BOOST_AUTO_TEST_CASE(a_json_file_is_written_whole_and_replaced) {
  tivit::RunContext run;
  run.directory = tivit::tests::build_folder() / "tests" / "report" / "json";
  fs::remove_all(run.directory);
  tivit::Context context;
  context.run_ = &run;
  context.stage_ = "save";
  auto stage = tivit::Registry::instance().find("report/json").make();
  for (int value : {1, 2}) stage->call({{"value", tivit::Payload::of(json{{"x", value}})}}, context);
  BOOST_TEST(tivit::read_file(run.directory / "save.json") == "{\n  \"x\": 2\n}\n");
  BOOST_TEST(std::distance(fs::directory_iterator(run.directory), fs::directory_iterator()) == 1);
  stage->set("to", {std::string("/proc/nowhere/x.json")});
  BOOST_CHECK_THROW(stage->call({{"value", tivit::Payload::of(json())}}, context), tivit::Error);
}

BOOST_AUTO_TEST_SUITE_END()
