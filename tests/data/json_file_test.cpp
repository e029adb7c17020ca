// JSON files that say where their values stand.
#include <boost/test/unit_test.hpp>
#include <stages/data/json_file.hpp>
#include <tivit/atomic_file.hpp>

#include "tests/folders.hpp"

namespace {
using namespace tivit;

std::filesystem::path file(const std::string& text) {
  const auto path = tests::build_folder() / "tests/data/places.json";
  write_file(path, text);
  return path;
}
std::string refused(const std::string& text) {
  try {
    data::JsonFile(file(text), "write JSON");
  } catch (const Error& error) {
    const std::string what = error.what();
    return what.substr(what.find("places.json") + 11);
  }
  return "";
}
std::string line_and_column(const Origin& place) { return std::to_string(place.line) + ":" + std::to_string(place.column); }

}  // namespace

BOOST_AUTO_TEST_SUITE(json_file)

BOOST_AUTO_TEST_CASE(keys_and_values_have_places) {
  const data::JsonFile json(file("{\n  \"a\" : {\"b\\\"c\": [1, {\"d\": -2.5e1}, \"}\\\\\"]},\n  \"e/f\":\n    true}\n"), "");
  BOOST_TEST(json.content()["a"]["b\"c"][1]["d"] == -25);
  BOOST_TEST(line_and_column(json.key_place("/a")) == "2:3");
  BOOST_TEST(line_and_column(json.place("/a")) == "2:9");
  BOOST_TEST(line_and_column(json.key_place("/a/b\"c")) == "2:10");
  BOOST_TEST(line_and_column(json.place("/a/b\"c/1/d")) == "2:28");
  BOOST_TEST(line_and_column(json.place("/a/b\"c/1")) == "2:22");
  BOOST_TEST(line_and_column(json.place("/a/b\"c/0")) == "2:18");  // a number in a list: where the list begins
  BOOST_TEST(line_and_column(json.place("/e~1f")) == "4:5");
  BOOST_TEST(json.place("/nowhere").line == 0);
}

BOOST_AUTO_TEST_CASE(what_is_no_json_or_stands_twice_is_refused_at_its_place) {
  BOOST_TEST(refused("{\"a\": 1,\n ]") == ":2:2: is no JSON; write JSON");
  BOOST_TEST(refused("") == ":1:1: is no JSON; write JSON");
  BOOST_TEST(refused("{\"a\": 1,\n \"b\": {\"a\": 1},\n \"a\": 2}") ==
             ":3:2: \"a\" stands here a second time; keep one of the two; the first is in line 1");
  BOOST_TEST(refused("{\"a\": 1e999}") == ": a number in it is beyond any double; write JSON");
  BOOST_TEST(refused("[{\"a\": 1}, {\"a\": 1}]") == "");
}

BOOST_AUTO_TEST_SUITE_END()
