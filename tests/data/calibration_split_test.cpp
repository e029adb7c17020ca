// Draws of CPython's generator, and the recordings that the Python program chose with it.
#include <fstream>
#include <nlohmann/json.hpp>
#include <numeric>
#include <stages/data/python_random.hpp>
#include <stages/report/json_value.hpp>
#include <tests/call_stage.hpp>
#include <tests/shared_data.hpp>

namespace {

using namespace tivit;
using nlohmann::json;

std::filesystem::path file(const std::string& text) {
  const auto path = std::filesystem::path(TIVIT_BINARY_DIR) / "tests/data/metadata.json";
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
  for (const auto& row : json::parse(std::ifstream(*text))["python_shuffle"]) {
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
  }
  BOOST_CHECK_THROW(data::PythonRandom("4.2"), Error);
}

BOOST_AUTO_TEST_CASE(the_recordings_that_the_program_chose) {
  const auto text = tests::shared("golden/calib_split.json");
  if (!text) return;
  const auto golden = json::parse(std::ifstream(*text));
  for (const auto& row : golden["cases"]) {
    json pieces = json::array();
    for (const auto& piece : golden["metadata"][row["metadata"].get<std::string>()])
      pieces.push_back({{"stem", piece[0]}, {"notes_per_sec", piece[1]}});
    const auto found = drawn(file(json{{"pieces", pieces}}.dump()), row);
    for (const char* list : {"calib", "remainder", "cuts"})
      BOOST_TEST(found[list] == row[list], row["metadata"] << " " << row["seed"] << " " << list);
  }
}

BOOST_AUTO_TEST_CASE(a_file_without_pieces_is_refused) {
  const json row{{"fraction", 0.1}, {"bins", 5}, {"seed", 42}};
  for (const auto* text : {"{", "{}", R"({"pieces": []})"})
    BOOST_CHECK_EXCEPTION(drawn(file(text), row), Error, [](const Error& e) { return e.problem() == "holds no pieces"; });
  BOOST_CHECK_EXCEPTION(drawn(file(R"({"pieces": [{"stem": "1", "notes_per_sec": 2}, {"stem": "2"}]})"), row), Error,
                        [](const Error& e) { return e.where().ends_with("metadata.json[pieces.1]"); });
}

BOOST_AUTO_TEST_SUITE_END()
