// Mistakes in names and values, each with its exact text; all of a file at once.
#include "text_stages.hpp"

using namespace tivit::tests::text;
using tivit::tests::GraphFiles;

BOOST_AUTO_TEST_SUITE(mistakes)

BOOST_AUTO_TEST_CASE(unknown_stage) {
  expect("[stages.clips]\nuse = \"text/clip\"\n", {"graph.toml:2:7: there is no stage \"text/clip\"; did you mean \"text/clips\"?"});
  expect("[stages.m]\nuse = \"text/model\"\n", {"graph.toml:2:7: \"text/model\" is a resource, not a stage; write it as [resources.m]"});
  expect(clips + "[resources.m]\nuse = \"text/rolls\"\n",
         {"graph.toml:4:7: \"text/rolls\" is a map, not a resource; write it as [stages.m]"});
  expect("[stages.a]\nuse = \"test/wrong\"\n",
         {"graph.toml:2:7: \"test/wrong\" cannot be used: the contract declares 2 input ports, the call has 1; mend its contract"});
  expect("[stages.a]\n",
         {"graph.toml:1:9: stage \"a\" does not say what it is; add use = \"area/name\"; `tivit-run list` shows all names"});
  expect("title = \"\"\n", {"graph.toml: the graph has no stages; add [stages.NAME] with use = \"area/name\""});
}

BOOST_AUTO_TEST_CASE(unknown_key_wrong_type_and_range) {
  expect(clips + "widht = 3\n", {"graph.toml:3:1: stage \"clips\" (text/clips) has no parameter \"widht\"; did you mean \"width\"?"});
  expect(clips + "width = \"big\"\n", {"graph.toml:3:9: stage \"clips\", parameter \"width\": expected an integer, got a string \"big\"; "
                                       "write for example width = 128"});
  expect(clips + "width = 8\n",
         {"graph.toml:3:9: stage \"clips\", parameter \"width\": 8 is out of range; give a value between 16 and 4096 (px)"});
  expect(clips + "[stages.rolls]\nuse = \"text/rolls\"\nin = \"clips\"\n",
         {"graph.toml:3:9: stage \"rolls\" (text/rolls) lacks parameter \"style\" (string); add style = …: what is played"});
  expect(clips + "[stages.rolls]\nuse = \"text/rolls\"\nin = \"clips\"\nstyle = \"key\"\n",
         {"graph.toml:6:9: stage \"rolls\", parameter \"style\": \"key\" is not one of \"keys\", \"frets\"; did you mean \"keys\"?"});
  expect(clips + "concurrency = 2\non_error = { do = \"skp\" }\n",
         {"graph.toml:3:15: calls of stage \"clips\" (text/clips) cannot overlap; leave concurrency out",
          "graph.toml:4:19: on_error cannot be \"skp\"; did you mean \"skip\"?"});
}

BOOST_AUTO_TEST_CASE(settings_of_the_run) {
  expect(
      "[run]\nseeds = 1\nepochs = 0\nmode = \"training\"\nmemory = \"2 gigs\"\ndevice = \"gpu\"\non_error = { do = \"skip\", budget = "
      "\"1\", times = 2 }\n[runtime]\nthreads = 2\n" +
          clips,
      {"graph.toml:2:1: [run] has no key \"seeds\"; did you mean \"seed\"?",
       "graph.toml:3:10: [run] epochs: 0 is out of range; give a value at least 1",
       "graph.toml:4:8: [run] mode: \"training\" is not one of \"train\", \"eval\"",
       "graph.toml:5:10: [run] memory: \"2 gigs\" is not a number of bytes; write a number and one of \"B\", \"KiB\", \"MiB\", \"GiB\", "
       "\"kB\", \"MB\", \"GB\"",
       "graph.toml:6:10: there is no device \"gpu\"; write \"cpu\", \"cuda\" or \"cuda:1\"",
       "graph.toml:7:36: budget \"1\" is no share of the items; write for example budget = \"1 %\", or a number of items",
       "graph.toml:7:49: times is for do = \"retry\" only; take it away, or write do = \"retry\"",
       "graph.toml:9:1: [runtime] has no key \"threads\"; there is \"pipeline_threads\", \"intra_op_threads\", \"decode_threads\""});
}

BOOST_AUTO_TEST_CASE(an_include_without_a_name_is_a_mistake) {
  expect("include = [\"\"]\n" + clips, {"graph.toml:1:12: \"include\" names no file; write include = [\"file.toml\"]"});
}

BOOST_AUTO_TEST_CASE(numbers_that_no_int_holds_are_not_cut_down) {
  expect("[run]\nepochs = 4294967297\nseed = 4294967297\n[runtime]\npipeline_threads = 100000\n" + clips + "width = 4294967360\n",
         {"graph.toml:2:10: [run] epochs: 4294967297 is out of range; give a whole number between -2147483647 and 2147483647",
          "graph.toml:5:20: [runtime] pipeline_threads: 100000 is out of range; give a value between 1 and 1024",
          "graph.toml:8:9: stage \"clips\", parameter \"width\": 4294967360 is out of range; give a value between 16 and 4096 (px)"});
}

BOOST_AUTO_TEST_CASE(what_could_not_be_read_is_told_once) {
  expect("stages = 3\n", {"graph.toml:1:10: \"stages\" must be a table, not an integer; write [stages]"});
  expect("[stages]\nclips = 3\n[stages.a]\nuse = \"text/write\"\nin = \"clips\"\n",
         {"graph.toml:2:9: stage \"clips\" must be a table, not an integer; write [stages.clips]"});
  expect(clips + "[stages.a]\nuse = \"text/write\"\nin = 7\n",
         {"graph.toml:5:6: \"in\" cannot be an integer; write in = \"stage\", or in = { port = \"stage\" }"});
}

BOOST_AUTO_TEST_CASE(a_date_is_a_wrong_value_like_any_other) {
  const std::string date = "dates and times of day have no meaning in a graph; write it in quotes if a text is meant";
  expect("[run]\nseed = \"x\"\n" + clips +
             "width = 2026-12-01\n[stages.rolls]\nuse = \"text/rols\"\nin = \"clibs\"\n[stages.w]\nuse = \"text/wide\"\nframes = "
             "[12:30:00]\nin = \"clips\"\nconcurrency = 2000\n",
         {"graph.toml:2:8: [run] seed: expected an integer, got a string \"x\"; write for example seed = 1", "graph.toml:5:9: " + date,
          "graph.toml:7:7: there is no stage \"text/rols\"; did you mean \"text/rolls\"?",
          "graph.toml:8:6: there is no stage \"clibs\" in this graph; did you mean \"clips\"?", "graph.toml:11:11: " + date,
          "graph.toml:13:15: concurrency = 2000 is no number of calls; give a whole number between 1 and 1024"});
  // Wherever it stands, it is told once, and nothing that follows from it.
  const std::string day = "2026-12-01\n";
  for (const std::string place :
       {"title = ", "include = ", "stages = ", "after = ", "[stages]\na = ", "[stages.a]\nuse = ", "[vars]\nday = ", "[args]\na = ",
        "[args.a]\nsets = ", "[args.root]\nsets = \"clips.root\"\nmany = ", "[args.root]\nsets = \"clips.root\"\ndoc = ",
        "[args.root]\nsets = \"clips.root\"\npath = \"exists\"\ndefault = "}) {
    const bool sections = place.starts_with("stages");  // then there are no others
    const std::string text = (place.starts_with("[") ? clips + place + day : place + day + (sections ? "" : clips));
    const auto found = tivit::tests::mistakes_of(text);
    BOOST_TEST_REQUIRE(found.size() == 1U, text << found.size());
    BOOST_TEST(found[0].ends_with(": " + date), text);
  }
  // On a command line it is a text.
  BOOST_TEST(GraphFiles().write("graph.toml", clips).mistakes(Texts{"clips.root=2026-12-01"}).empty());
}

BOOST_AUTO_TEST_CASE(what_was_found_before_a_file_that_is_no_toml_is_told_with_it) {
  GraphFiles files;
  files.write("graph.toml", "title = 3\ninclude = [\"part.toml\"]\n" + clips).write("part.toml", "[stages\n");
  BOOST_TEST(files.mistakes() == Texts({"graph.toml:1:9: the title must be a string, not an integer; write title = \"what the graph does\"",
                                        "part.toml:1:8: not TOML: Error while parsing table header: expected ']', saw '\\n'; mend the "
                                        "syntax; what follows was not read"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_wrong_value_says_which_variable_it_came_from) {
  expect("[vars]\nwide = 8\n" + clips + "width = \"${wide}\"\n",
         {"graph.toml:5:9: stage \"clips\", parameter \"width\", from variable wide (graph.toml:2:8): 8 is out of range; give a value "
          "between 16 and 4096 (px)"});
}

BOOST_AUTO_TEST_CASE(every_element_of_a_list_that_does_not_fit_is_told) {
  expect(clips + "files = [\"a\", 3, \"b\", true]\n",
         {"graph.toml:3:15: stage \"clips\", parameter \"files\": expected a path, got an integer 3; write for example files = "
          "[\"some/path\"]",
          "graph.toml:3:23: stage \"clips\", parameter \"files\": expected a path, got a boolean true; write for example files = "
          "[\"some/path\"]"});
}

BOOST_AUTO_TEST_CASE(what_cannot_be_tried_again_is_told) {
  expect(clips + "on_error = \"retry\"\n",
         {"graph.toml:3:12: a source cannot be tried again; its earlier items are on their way already: write on_error = \"skip\""});
}

BOOST_AUTO_TEST_CASE(a_slip_in_what_an_argument_sets_is_found) {
  expect("[args]\nroot = { sets = \"clip.root\" }\nmodel = { sets = \"elsewhere.weights\" }\n" + clips,
         {"graph.toml:2:1: argument \"root\" sets \"clip.root\", but there is no \"clip\" here; did you mean \"clips.root\"?"});
}

BOOST_AUTO_TEST_CASE(what_happens_to_failures_is_said) {
  expect("[run]\non_error = { budget = 5 }\n" + clips,
         {"graph.toml:2:12: on_error does not say what to do; add do = \"fail\", \"skip\" or \"retry\""});
  expect("[run]\non_error = { do = \"fail\", budget = 5 }\n" + clips,
         {"graph.toml:2:36: budget is for do = \"skip\" and \"retry\"; with \"fail\" the first failure ends the run: take it away"});
}

BOOST_AUTO_TEST_CASE(a_file_with_five_mistakes_reports_five) {
  expect(
      "[run]\nseed = -1\n[stages.clips]\nuse = \"text/clips\"\nwidth = 5000\nroot = \"${rot}\"\n[stages.rolls]\nuse = \"text/rols\"\nin = "
      "\"clips\"\n[stages.w]\nuse = \"text/write\"\nin = \"roll\"\n",
      {"graph.toml:2:8: [run] seed: -1 is out of range; give a value at least 0",
       "graph.toml:5:9: stage \"clips\", parameter \"width\": 5000 is out of range; give a value between 16 and 4096 (px)",
       "graph.toml:6:8: there is no variable \"rot\"; define it under [vars]",
       "graph.toml:8:7: there is no stage \"text/rols\"; did you mean \"text/rolls\"?",
       "graph.toml:12:6: there is no stage \"roll\" in this graph; did you mean \"rolls\"?"});
}

BOOST_AUTO_TEST_CASE(what_stages_themselves_find_wrong_is_reported_with_the_rest) {
  const std::string text = clips + "rate = 13\nfiles = [\"/no/where\", \"/\"]\n[stages.w]\nuse = \"text/write\"\nin = \"rolls\"\n";
  expect(text, {"graph.toml:3:8: stage \"clips\", parameter \"rate\": 13 brings bad luck; take 12",
                "graph.toml:4:9: stage \"clips\", parameter \"files\": /no/where: nothing lies here; look elsewhere",
                "graph.toml:7:6: there is no stage \"rolls\" in this graph; there is \"clips\""});
  GraphFiles files;
  auto request = files.write("graph.toml", clips + "rate = 13\n").request();
  request.files_must_exist = false;  // the text alone is asked about
  BOOST_TEST(make_plan(request).stages.size() == 1U);
}

BOOST_AUTO_TEST_CASE(what_nobody_knows_hides_no_other_mistake) {
  expect(clips +
             "[stages.a]\nuse = \"text/nothing\"\nin = \"clibs\"\nconcurrency = -1\n[stages.j]\nuse = \"text/join\"\nin = { a = "
             "\"clips\", b = \"clips\", d = \"elsewhere\" }\n",
         {"graph.toml:4:7: there is no stage \"text/nothing\"; did you mean \"text/join\"?",
          "graph.toml:5:6: there is no stage \"clibs\" in this graph; did you mean \"clips\"?",
          "graph.toml:6:15: concurrency = -1 is no number of calls; give a whole number between 1 and 1024",
          "graph.toml:9:34: \"j\" (text/join) has no input \"d\"; did you mean \"a\"?",
          "graph.toml:9:38: there is no stage \"elsewhere\" in this graph; there is \"clips\", \"a\", \"j\""});
}

BOOST_AUTO_TEST_CASE(arguments_that_are_not_given_must_fit_too) {
  expect(
      "[args]\na = { positional = true, many = true, sets = \"clips.files\" }\nb = { positional = true, sets = \"clips.root\" }\n"
      "c = { sets = [\"clips.widht\", \"run.sead\"] }\n" +
          clips,
      {"graph.toml:3:1: positional argument \"b\" is never reached: \"a\" takes all words; put it first, or let it be an option: take "
       "positional away",
       "graph.toml:4:1: argument \"c\" sets \"run.sead\", but [run] has no parameter \"sead\"; did you mean \"seed\"?",
       "graph.toml:4:1: argument \"c\" sets \"clips.widht\", but stage \"clips\" (text/clips) has no parameter \"widht\"; did you mean "
       "\"width\"?"});
}

BOOST_AUTO_TEST_CASE(a_folder_that_is_empty_is_not_the_root) {
  expect("[vars]\nto = \"\"\n" + clips + "root = \"${to}/notes\"\n",
         {"graph.toml:5:8: variable \"to\" is empty, and \"${to}/notes\" would be \"/notes\"; give it a folder, such as \".\""});
}

BOOST_AUTO_TEST_CASE(an_arguments_default_must_exist_too_where_it_counts) {
  GraphFiles files;
  files.write("graph.toml", "[args]\nroot = { path = \"exists\", default = \"no/where\", sets = \"clips.root\" }\n" + clips);
  BOOST_TEST(
      files.mistakes() == Texts({"graph.toml:2:37: default of argument \"root\": there is no file or folder \"no/where\"; give --root"}),
      boost::test_tools::per_element());
  BOOST_TEST(files.mistakes(Texts{"clips.root=/"}).empty());
}

BOOST_AUTO_TEST_SUITE_END()
