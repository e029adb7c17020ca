// Draws of CPython's generator, and files that nothing can be drawn from.
#include <fstream>
#include <nlohmann/json.hpp>
#include <numeric>
#include <stages/data/python_random.hpp>
#include <stages/report/json_value.hpp>
#include <tests/call_stage.hpp>
#include <tests/shared_data.hpp>

#include "tests/folders.hpp"

namespace {

using namespace tivit;
using nlohmann::json;

std::filesystem::path file(const std::string& text) {
  const auto path = tests::build_folder() / "tests/data/metadata.json";
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path) << text;
  return path;
}

json drawn(const std::filesystem::path& metadata, const json& row) {
  tests::MadeStage made("data/calibration_split", {{"metadata", {metadata.string()}},
                                                   {"share", {row["fraction"].get<double>()}},
                                                   {"bins", {row["bins"].get<std::int64_t>()}},
                                                   {"seed", {row["seed"].dump()}}});
  made.open();
  const auto out = made.stage->next(made.context);
  return out->at(0).as<json>();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(calibration_split)

BOOST_AUTO_TEST_CASE(cpythons_numbers) {
  const auto text = tests::shared("golden/calib_split.json");
  if (!text) return;
  const auto golden = json::parse(std::ifstream(*text));
  int compared = 0;
  for (const auto& row : golden["python_shuffle"]) {
    data::PythonRandom random(row["seed"].get<std::string>());
    std::vector<int> values(row["n"].get<std::size_t>());
    for (const char* name : {"first_shuffle", "second_shuffle_same_generator"}) {
      std::iota(values.begin(), values.end(), 0);
      random.shuffle(values);
      BOOST_TEST(json(values) == row[name], row["seed"] << " " << name);
    }
    BOOST_TEST(random.random() == row["then_random"].get<double>());
    BOOST_TEST(random.bits(32) == row["then_getrandbits_32"].get<std::uint32_t>());
    BOOST_TEST(random.below(96) == row["then_randint_0_95"].get<std::uint32_t>());
    ++compared;
  }
  BOOST_TEST(compared == 12);
  BOOST_CHECK_THROW(data::PythonRandom("4.2"), Error);
}

BOOST_AUTO_TEST_CASE(a_file_without_pieces_or_with_one_twice_and_a_draw_of_all_are_refused) {
  const json row{{"fraction", 0.1}, {"bins", 5}, {"seed", 42}};
  const auto refused = [&](const std::string& text, json changed = json::object()) -> std::string {
    json all = row;
    all.update(changed);
    try {
      drawn(file(text), all);
    } catch (const Error& error) {
      const std::string what = error.what();
      return what.substr(what.find("metadata.json"));
    }
    return "";
  };
  const std::string remedy = R"(; write {"pieces": [{"stem": "001", "notes_per_sec": 6.4}]})";
  BOOST_TEST(refused("{") == "metadata.json:1:2: is no JSON" + remedy);
  for (const auto* text : {"{}", R"({"pieces": []})", "[]"}) BOOST_TEST(refused(text) == "metadata.json: holds no pieces" + remedy);
  BOOST_TEST(refused(R"({"pieces": [{"stem": "1", "notes_per_sec": 2}, {"stem": "2"}]})") ==
             "metadata.json:1:48: is no piece with a stem and notes_per_sec; name the recording, and its notes per second");
  BOOST_TEST(refused("{\"pieces\": [{\"stem\": \"b\", \"notes_per_sec\": 2}, {\"stem\": \"a\", \"notes_per_sec\": 2},\n {\"stem\": \"a\", "
                     "\"notes_per_sec\": 3}, {\"stem\": \"b\", \"notes_per_sec\": 2}]}") ==
             "metadata.json:2:2: lists more than once: \"a\", \"b\"; a recording on both lists would be trained on and calibrated on: name "
             "each once");
  BOOST_TEST(
      refused(R"({"pieces": [{"stem": "x", "notes_per_sec": 2}, {"stem": "y", "notes_per_sec": 3}]})") ==
      "metadata.json: all of its recordings are drawn, and none is left to train on: \"x\", \"y\"; take a smaller share, or fewer bins: "
      "each gives one at least");
  BOOST_TEST(refused(R"({"pieces": [{"stem": "x", "notes_per_sec": 2}, {"stem": "y", "notes_per_sec": 2}]})") == "");
}

BOOST_AUTO_TEST_SUITE_END()
