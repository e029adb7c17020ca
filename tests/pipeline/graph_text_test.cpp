// What the text of a graph may say: includes, variables, environment, overrides, arguments; and where each value comes from.
#include <cstdlib>

#include <boost/test/unit_test.hpp>

#include "graph_files.hpp"

using tivit::tests::GraphFiles;
using tivit::tests::mistakes_of;
using Texts = std::vector<std::string>;

namespace {

const tivit::Value& parameter(const tivit::GraphText& graph, const std::string& stage, const std::string& name) {
  for (const auto& part : graph.stages)
    if (part.name == stage)
      for (const auto& [key, origin, value] : part.parameters)
        if (key == name) return value;
  throw tivit::Error("no " + stage + "." + name);
}

const std::string clips = "[stages.clips]\nuse = \"text/clips\"\n";

}  // namespace

BOOST_AUTO_TEST_SUITE(graph_text)

BOOST_AUTO_TEST_CASE(values_keep_their_place_and_tables_become_dotted_names) {
  GraphFiles files;
  files.write("graph.toml", "title = \"A title\"\n" + clips + "frame_times = { rate = 20, offset = \"13 ms\" }\n");
  const auto graph = read_graph(files.request());
  BOOST_CHECK_NO_THROW(graph.mistakes.raise());
  BOOST_TEST(graph.title == "A title");
  const auto& rate = parameter(graph, "clips", "frame_times.rate");
  BOOST_TEST(*rate.get<std::int64_t>() == 20);
  BOOST_TEST(files.short_text(rate.origin.text()) == "graph.toml:4:24");
  BOOST_TEST(*parameter(graph, "clips", "frame_times.offset").string() == "13 ms");
}

BOOST_AUTO_TEST_CASE(a_variable_alone_keeps_its_type_and_inside_text_becomes_text) {
  GraphFiles files;
  files.write("graph.toml", "[vars]\nn = 3\nroot = \"/d${n}\"\n" + clips + "size = \"${n}\"\npath = \"${root}/x ${n} $${n}\"\n");
  const auto graph = read_graph(files.request());
  BOOST_CHECK_NO_THROW(graph.mistakes.raise());
  BOOST_TEST(*parameter(graph, "clips", "size").get<std::int64_t>() == 3);
  BOOST_TEST(*parameter(graph, "clips", "path").string() == "/d3/x 3 ${n}");
  BOOST_TEST(files.short_text(parameter(graph, "clips", "size").came_from()) == "graph.toml:6:8, variable n (graph.toml:2:5)");
}

BOOST_AUTO_TEST_CASE(the_environment_fills_in_or_its_default_does) {
  setenv("TIVIT_TEST_VALUE", "here", 1);
  unsetenv("TIVIT_TEST_UNSET");
  GraphFiles files;
  files.write("graph.toml",
              clips + "a = \"${env:TIVIT_TEST_VALUE}/x\"\nb = \"${env:TIVIT_TEST_UNSET:-7}\"\nc = \"${env:TIVIT_TEST_UNSET}\"\n");
  const auto graph = read_graph(files.request());
  BOOST_TEST(*parameter(graph, "clips", "a").string() == "here/x");
  BOOST_TEST(*parameter(graph, "clips", "b").get<std::int64_t>() == 7);
  BOOST_TEST(files.short_text(parameter(graph, "clips", "b").came_from()) == "graph.toml:4:5, default of environment TIVIT_TEST_UNSET");
  BOOST_CHECK_EXCEPTION(graph.mistakes.raise(), tivit::Errors, [](const tivit::Errors& e) { return e.list().size() == 1; });
}

BOOST_AUTO_TEST_CASE(set_beats_the_file_and_picks_included_files) {
  GraphFiles files;
  files.write("graph.toml", "include = [\"model/${model}.toml\"]\n[vars]\nmodel = \"perkey\"\n" + clips + "size = 1\n")
      .write("model/perkey.toml", "[stages.loss]\nuse = \"text/loss\"\nmode = \"per key\"\n")
      .write("model/tivit.toml", "[stages.loss]\nuse = \"text/loss\"\nmode = \"tiles\"\n");
  BOOST_TEST(*parameter(read_graph(files.request()), "loss", "mode").string() == "per key");
  const auto graph = read_graph(files.request({"model=tivit", "clips.size=4", "clips.new.part=x y", "loss.mode=\"quoted\""}));
  BOOST_CHECK_NO_THROW(graph.mistakes.raise());
  BOOST_TEST(*parameter(graph, "loss", "mode").string() == "quoted");
  BOOST_TEST(*parameter(graph, "clips", "size").get<std::int64_t>() == 4);
  BOOST_TEST(parameter(graph, "clips", "size").came_from() == "--set clips.size");
  BOOST_TEST(*parameter(graph, "clips", "new.part").string() == "x y");
}

BOOST_AUTO_TEST_CASE(an_including_file_replaces_an_included_stage_whole) {
  GraphFiles files;
  files
      .write("part.toml",
             "[vars]\nn = 1\nm = 2\n[stages.a]\nuse = \"text/clips\"\nsize = 1\nkeep = true\n[stages.b]\nuse = \"text/clips\"\nn = "
             "\"${n}${m}\"\n")
      .write("graph.toml", "include = [\"part.toml\"]\n[vars]\nn = 5\n[stages.a]\nuse = \"text/other\"\nsize = 2\n");
  const auto graph = read_graph(files.request());
  BOOST_CHECK_NO_THROW(graph.mistakes.raise());
  BOOST_TEST(graph.stages.size() == 2U);
  BOOST_TEST(*graph.stages[0].use->string() == "text/other");
  BOOST_TEST(graph.stages[0].parameters.size() == 1U);
  BOOST_TEST(*parameter(graph, "b", "n").string() == "52");
}

BOOST_AUTO_TEST_CASE(arguments_set_parameters_and_variables) {
  GraphFiles files;
  files.write("graph.toml",
              "[vars]\nmodel = \"a\"\n[args]\nvideos = { positional = true, many = true, required = true, sets = \"clips.files\", doc = "
              "\"videos to transcribe\" }\n"
              "to = { default = \"out\", sets = [\"clips.to\", \"clips.log\"] }\nmodel = {}\n" +
                  clips + "model = \"${model}\"\n");
  auto request = files.request();
  request.arguments = {{"videos", {"1.mp4", "2"}}, {"model", {"b"}}};
  auto graph = read_graph(request);
  BOOST_CHECK_NO_THROW(graph.mistakes.raise());
  const auto& list = *parameter(graph, "clips", "files").get<tivit::Value::List>();
  BOOST_TEST(*list.at(0).string() == "1.mp4");
  BOOST_TEST(tivit::typed_value(parameter(graph, "clips", "files")).text() == "[\"1.mp4\", \"2\"]");
  BOOST_TEST(*parameter(graph, "clips", "log").string() == "out");
  BOOST_TEST(*parameter(graph, "clips", "model").string() == "b");
  BOOST_TEST(parameter(graph, "clips", "files").came_from() == "argument videos");
  request.arguments.erase("videos");
  request.arguments["vidoes"] = {"x"};
  BOOST_CHECK_EXCEPTION(read_graph(request).mistakes.raise(), tivit::Errors, [&](const tivit::Errors& errors) {
    return files.short_text(errors.what()) ==
           "graph.toml:4:1: argument \"videos\" is missing; give it on the command line: videos to transcribe\n"
           "argument vidoes: the graph has no argument \"vidoes\"; did you mean \"videos\"?";
  });
  request.set.emplace_back("clips.files", tivit::value_of_text("[\"3.mp4\"]", {"--set clips.files"}));
  request.arguments.clear();
  graph = read_graph(request);
  BOOST_CHECK_NO_THROW(graph.mistakes.raise());
  BOOST_TEST(parameter(graph, "clips", "files").came_from() == "--set clips.files");
}

BOOST_AUTO_TEST_CASE(of_two_assignments_the_later_one_holds) {
  GraphFiles files;
  files.write("graph.toml", "[vars]\nroot = \"a\"\n[stages.clips]\nuse = \"text/clips\"\nroot = \"${root}\"\nsize = 1\n");
  auto request = files.request();
  for (const char* one : {"root=b", "root=c", "clips.size=2", "clips.size=3"}) request.add_set(one);
  const auto graph = read_graph(request);
  BOOST_TEST(*parameter(graph, "clips", "root").string() == "c");
  BOOST_TEST(parameter(graph, "clips", "size").text() == "3");
  request.add_set("rot=d"), request.add_set("rot=e");
  BOOST_CHECK_EXCEPTION(read_graph(request).mistakes.raise(), tivit::Errors,
                        [](const tivit::Errors& errors) { return errors.list().size() == 1; });
}

BOOST_AUTO_TEST_CASE(mistakes_of_the_text_name_place_and_remedy) {
  GraphFiles files;
  files.write("one.toml", "[stages.twice]\nuse = \"text/clips\"\n")
      .write("two.toml", "[stages.twice]\nuse = \"text/clips\"\n[stages.half]\nuse = \"text/clips\"\n")
      .write("round.toml", "include = [\"graph.toml\"]\n")
      .write("graph.toml",
             "include = [\"one.toml\", \"two.toml\", \"ons.toml\", \"round.toml\"]\nstage = 1\n[vars]\na = \"${b}\"\nb = \"${a}\"\nroot = "
             "1\n[stages.half]\nsize = 2\n"
             "[stages.clips]\nuse = \"text/clips\"\nroot = \"${rot}\"\nend = \"${a\"\nsum = \"${a}\"\n");
  BOOST_CHECK_EXCEPTION(read_graph(files.request({"rooot=x", "clipz.size=2"})).mistakes.raise(), tivit::Errors,
                        [&](const tivit::Errors& errors) {
                          const std::string found = files.short_text(errors.what());
                          const std::string expected =
                              "graph.toml:1:36: there is no file \"ons.toml\" to include; did you mean \"one.toml\"?\n"
                              "graph.toml:2:1: there is no section \"stage\"; did you mean \"stages\"?\n"
                              "graph.toml:4:5: variable \"a\" is defined by itself; break the circle: \"a\", \"b\"\n"
                              "graph.toml:7:9: \"half\" stands in an included file too (two.toml:3:9), and here it has no \"use\"; a file "
                              "replaces an included "
                              "stage whole: write all of it here, or change one parameter by --set or a variable\n"
                              "graph.toml:11:8: there is no variable \"rot\"; did you mean \"root\"?\n"
                              "graph.toml:12:7: \"${a\" has \"${\" without \"}\"; close it, or write \"$${\" where \"${\" itself is meant\n"
                              "two.toml:1:9: \"twice\" of [stages] is also in one.toml:1:9, and neither file includes the other; keep one "
                              "of the two, or let the "
                              "including file replace it\n"
                              "round.toml:1:12: \"graph.toml\" includes itself; break the circle \"graph.toml\", \"round.toml\"\n"
                              "--set clipz.size: there is no stage or resource \"clipz\" to set \"size\" of; did you mean \"clips\"?\n"
                              "--set rooot: there is no variable \"rooot\"; did you mean \"root\"?";
                          BOOST_TEST(found == expected);
                          return true;
                        });
}

BOOST_AUTO_TEST_CASE(a_missing_file_is_one_mistake_not_one_for_each_stage_it_would_bring) {
  GraphFiles files;
  files.write("graph.toml", "include = [\"data.toml\"]\n" + clips + "a = \"${size}\"\n[stages.b]\nuse = \"text/write\"\nin = \"rolls\"\n");
  BOOST_TEST(files.mistakes(files.request({"labels.to=x", "split=val", "clip.b=1"})) ==
                 Texts({"graph.toml:1:12: there is no file \"data.toml\" to include; there is \"graph.toml\"",
                        "graph.toml:4:5: there is no variable \"size\"; define it under [vars], unless what could not be read does",
                        "--set clip.b: there is no stage or resource \"clip\" to set \"b\" of; did you mean \"clips\"?"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(only_the_first_syntax_error_is_told) {
  BOOST_TEST(
      mistakes_of("title = \"x\"\n[stages.a\nuse = 1\n") == Texts({"graph.toml:2:10: not TOML: Error while parsing table header: expected "
                                                                   "']', saw '\\n'; mend the syntax; what follows was not read"}),
      boost::test_tools::per_element());
  BOOST_TEST(mistakes_of("[stages.a]\nuse = \"x\"\n[stages.a]\nuse = \"y\"\n") ==
                 Texts({"graph.toml:3:1: not TOML: Error while parsing table header: cannot redefine existing table 'stages.a'; keep one "
                        "of the two; "
                        "what follows was not read"}),
             boost::test_tools::per_element());
  GraphFiles none;
  BOOST_TEST(none.mistakes() ==
                 Texts({"graph.toml: the file cannot be read: No such file or directory; check that it is there and that you may read it"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
