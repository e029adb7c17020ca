// A value of a wrong type: what was expected, and what could be written in its place.
#include "text_stages.hpp"

using namespace tivit::tests::text;
using tivit::ParameterSpec;
using tivit::ParameterValue;
using tivit::tests::GraphFiles;

namespace {

std::string said(const ParameterSpec& parameter, const ParameterValue& value) {
  try {
    parameter.checked(value);
  } catch (const tivit::Error& error) {
    return error.what();
  }
  return "";
}

ParameterSpec of(const std::string& type, const ParameterValue& standard = {}) {
  ParameterSpec parameter;
  parameter.name = "it";
  parameter.type = type;
  parameter.default_value = standard;
  return parameter;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(wrong_types)

BOOST_AUTO_TEST_CASE(every_type_shows_what_to_write) {
  const ParameterValue text{std::string("many")}, flag{true};
  BOOST_TEST(said(of("bool"), text) == "expected a bool, got a string \"many\"; write for example it = true");
  BOOST_TEST(said(of("integer"), text) == "expected an integer, got a string \"many\"; write for example it = 1");
  BOOST_TEST(said(of("integer"), {0.5}) == "expected an integer, got a number 0.5; write for example it = 1");
  BOOST_TEST(said(of("number"), text) == "expected a number, got a string \"many\"; write for example it = 1.0");
  BOOST_TEST(said(of("string"), flag) == "expected a string, got a boolean true; write for example it = \"text\"");
  BOOST_TEST(said(of("path"), flag) == "expected a path, got a boolean true; write for example it = \"some/path\"");
  BOOST_TEST(said(of("duration"), flag) == "expected a duration, got a boolean true; write for example it = \"1 s\"");
  BOOST_TEST(said(of("bytes"), flag) == "expected a number of bytes, got a boolean true; write for example it = \"2 GiB\"");
  BOOST_TEST(said(of("list of integer"), text) == "expected an integer, got a string \"many\"; write for example it = [1]");
}

BOOST_AUTO_TEST_CASE(a_default_the_range_and_the_choices_are_respected) {
  const ParameterValue flag{true};
  BOOST_TEST(said(of("integer", {std::int64_t{400}}), flag) == "expected an integer, got a boolean true; write for example it = 400");
  BOOST_TEST(said(of("string", {std::string()}), flag) == "expected a string, got a boolean true; write for example it = \"text\"");
  const ParameterValue names{ParameterValue::List{{std::string("one.mid")}, {std::string("two.mid")}}};
  BOOST_TEST(said(of("list of path", names), flag) ==
             "expected a path, got a boolean true; write for example it = [\"one.mid\", \"two.mid\"]");
  // What is shown is taken.
  for (const char* type : {"integer", "number", "duration", "bytes", "list of number", "list of duration"})
    for (const auto& [low, high] : {std::pair{16.0, 4096.0}, {-8.0, -2.0}, {0.0, 0.0}, {1e10, 2e10}}) {
      if (low < 0 && std::string(type) == "bytes") continue;
      auto parameter = of(type);
      parameter.wide = true;
      parameter.low = low, parameter.high = high;
      const std::string all = said(parameter, flag), before = "write for example it = ";
      const auto at = all.find(before);
      BOOST_TEST_REQUIRE(at != std::string::npos, all);
      const auto shown = tivit::parameter_value(tivit::value_of_text(all.substr(at + before.size()), {}));
      BOOST_TEST(said(parameter, shown) == "", type << ": " << all);
    }
  auto choice = of("string");
  choice.choices = {"keys", "frets"};
  BOOST_TEST(said(choice, flag) == "expected a string, got a boolean true; write for example it = \"keys\"");
}

BOOST_AUTO_TEST_CASE(sections_and_keys_of_the_language_too) {
  expect("title = 3\ninclude = 5\n" + clips,
         {"graph.toml:1:9: the title must be a string, not an integer; write title = \"what the graph does\"",
          "graph.toml:2:11: \"include\" must be a list of files, not an integer; write include = [\"file.toml\"]"});
  expect("include = [5]\n" + clips, {"graph.toml:1:12: \"include\" lists files, not an integer; write include = [\"file.toml\"]"});
  expect("[stages.a]\nuse = 7\n", {"graph.toml:2:7: \"use\" must be a string, not an integer; write use = \"area/name\""});
  expect("[args]\nx = { sets = [\"clips.root\", 3], many = \"yes\", doc = 3, path = true }\n" + clips,
         {"graph.toml:2:29: \"sets\" must be a string, not an integer; write sets = \"stage.parameter\"",
          "graph.toml:2:40: \"many\" is true or false, not \"yes\"; write many = true",
          "graph.toml:2:53: \"doc\" must be a string, not an integer; write doc = \"what it is for\"",
          "graph.toml:2:63: \"path\" must be a string, not a boolean; write path = \"exists\""});
  expect("[args]\nx = { sets = \"\" }\n" + clips,
         {"graph.toml:2:14: \"sets\" names nothing; write sets = \"stage.parameter\", or leave it out"});
  expect("[run]\nplugins = 3\n" + clips,
         {"graph.toml:2:11: [run] plugins: it must be a list of files and folders, not an integer; write for "
          "example plugins = [\"folder\"]"});
  expect("[run]\nplugins = [3]\n" + clips,
         {"graph.toml:2:12: [run] plugins lists files and folders, not an integer; write for example plugins = [\"folder\"]"});
  GraphFiles files;
  files.write("called.toml", clips);
  files.write("graph.toml",
              clips + "[resources.model]\nuse = \"text/model\"\n[[after]]\nevery = 3\nrun = \"called.toml\"\nshare = [1]\nsame = [2]\n");
  BOOST_TEST(files.mistakes() ==
                 Texts({"graph.toml:6:9: \"every\" is \"epoch\", \"run\" or \"never\", not 3; write for example every = \"run\"",
                        "graph.toml:8:10: \"share\" lists resources, not an integer; write their names, as in share = [\"model\"]",
                        "graph.toml:9:9: \"same\" names stages of this graph; there is no 2; write their names, as in same = [\"clips\"]"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
