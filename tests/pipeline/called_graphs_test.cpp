// [[after]]: graphs that are called, checked with their caller.
#include <tivit/run_context.hpp>

#include "text_stages.hpp"

using namespace tivit::tests::text;
using tivit::tests::GraphFiles;

BOOST_AUTO_TEST_SUITE(called_graphs)

BOOST_AUTO_TEST_CASE(called_graphs_are_checked_with_the_caller) {
  GraphFiles files;
  files
      .write("graph.toml",
             rolls +
                 "[stages.f]\nuse = \"text/forward\"\nin = \"rolls\"\nmodel = \"model\"\n[resources.model]\nuse = \"text/model\"\n"
                 "[[after]]\nevery = \"epoch\"\nrun = \"more/eval.toml\"\nshare = [\"model\"]\nset = { \"clips.width\" = 64 }\n")
      .write("more/eval.toml", "[args]\nweights = { required = true, sets = \"model.layers\" }\n" + clips +
                                   "[stages.f]\nuse = \"text/forward\"\nin = \"clips\"\nmodel = \"model\"\n[resources.model]\nuse = "
                                   "\"text/model\"\nlayers = 1000\n");
  const auto plan = make_plan(files.request());
  BOOST_TEST(plan.after.size() == 1U);
  BOOST_TEST(plan.after[0].name == "eval");
  BOOST_TEST((plan.after[0].share == std::vector<std::pair<int, int>>{{0, 0}}));
  BOOST_TEST(stage(*plan.after[0].plan, "clips").parameters.at(1).second.text() == "64");
  files.write("more/eval.toml", clips +
                                    "widt = 2\n[stages.f]\nuse = \"text/forward\"\nin = \"clips\"\nmodel = \"m\"\n[resources.m]\nuse = "
                                    "\"text/model\"\n[[after]]\nevery = \"run\"\nrun = \"../graph.toml\"\n");
  BOOST_TEST(
      files.mistakes() == Texts({"more/eval.toml:3:1: stage \"clips\" (text/clips) has no parameter \"widt\"; did you mean \"width\"?",
                                 "more/eval.toml:12:7: \"graph.toml\" would call itself; a graph cannot come after its own end"}),
      boost::test_tools::per_element());
  files.write("more/eval.toml", clips);
  BOOST_TEST(files.mistakes() == Texts({"graph.toml:13:1: more/eval.toml has no resource \"model\" that could be shared; it has none"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_run_has_one_seed_device_precision_and_share_of_the_cores) {
  GraphFiles files;
  const std::string caller = "[run]\nseed = 3\nprecision = \"fp32\"\n" + clips + "[[after]]\nevery = \"run\"\nrun = \"eval.toml\"\n";
  files.write("graph.toml", caller)
      .write("eval.toml",
             "[run]\nseed = 4\ndevice = \"cuda\"\nprecision = \"bf16\"\nmemory = \"1 MiB\"\nname = \"alone\"\n[runtime]\nintra_op_threads "
             "= 2\n" +
                 clips);
  const auto mistake = [](const std::string& place, const std::string& what, const std::string& key) {
    return "eval.toml:" + place + ": " + what +
           " in graph.toml, which calls this graph; a run has one: leave it out here, or say the same in the call: set = { \"" + key +
           "\" = … }";
  };
  BOOST_TEST(files.mistakes() == Texts({mistake("2:8", "[run] seed is 4 here and 3", "run.seed"),
                                        mistake("3:10", "[run] device is cuda here and cpu", "run.device"),
                                        mistake("4:13", "[run] precision is bf16 here and fp32", "run.precision"),
                                        mistake("8:20", "[runtime] intra_op_threads is 2 here and 1", "runtime.intra_op_threads")}),
             boost::test_tools::per_element());
  // What a called graph leaves open is the caller's; "auto" leaves it open, and what the call sets holds.
  files.write("graph.toml", caller + "set = { \"run.seed\" = 3 }\n[runtime]\npipeline_threads = 5\n")
      .write("eval.toml", "[run]\nseed = 4\nprecision = \"auto\"\n" + clips);
  BOOST_TEST(make_plan(files.request()).after.at(0).plan->threads.pipeline == 5);
}

BOOST_AUTO_TEST_CASE(two_called_graphs_of_one_name_would_write_over_each_other) {
  GraphFiles files;
  const std::string call = "[[after]]\nevery = \"run\"\nrun = ";
  files.write("graph.toml", clips + call + "\"eval.toml\"\n" + call + "\"more/eval.toml\"\n")
      .write("eval.toml", clips)
      .write("more/eval.toml", clips);
  BOOST_TEST(
      files.mistakes() == Texts({"graph.toml:8:7: a graph \"eval\" is called already (graph.toml:5:7); what a called graph leaves is "
                                 "named after its file: give this one a file of another name"}),
      boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_resolved_text_calls_graphs_as_this_one_does) {
  GraphFiles files;
  files
      .write(
          "graph.toml",
          clips + "width = 48\n[[after]]\nevery = \"run\"\nrun = \"eval.toml\"\nsame = [\"clips\"]\nset = { \"run.memory\" = \"1 MiB\" }\n")
      .write("eval.toml", clips);
  const auto plan = make_plan(files.request());
  const auto again = plan_of(plan.resolved_text);
  BOOST_TEST(again.after.at(0).plan->memory_bytes == plan.after.at(0).plan->memory_bytes);
  BOOST_TEST(stage(*again.after.at(0).plan, "clips").parameters.at(1).second.text() == "48");
}

BOOST_AUTO_TEST_CASE(a_graph_called_after_an_epoch_needs_a_place) {
  GraphFiles files;
  files.write("graph.toml", clips + "[[after]]\nevery = \"epoch\"\nrun = \"eval.toml\"\n").write("eval.toml", clips);
  BOOST_TEST(files.mistakes() ==
                 Texts({"graph.toml:3:1: graph \"eval\" is called after every epoch, but no stage leases a resource that it shares; "
                        "share the model: share = [\"model\"]; or call it when all is done: every = \"run\""}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(figures_of_a_called_graph_with_epochs_of_its_own_say_to_which_epoch_they_belong) {
  struct Heard : tivit::RunContext {
    std::vector<std::pair<std::uint32_t, Values>> lines;
    void metrics(const std::string&, std::uint32_t epoch, const Values& values) override { lines.emplace_back(epoch, values); }
  } run;
  const auto called = run.nested("inner", 2), below = called->nested("innermost", 3);
  called->metrics("a", 2, {{"f1", 0.5}});
  called->metrics("a", 3, {{"f1", 0.6}});
  below->metrics("b", 4, {{"f1", 0.7}});
  BOOST_TEST(run.lines.at(0).second.size() == 1U);
  for (const std::size_t line : {1U, 2U}) {
    BOOST_TEST(run.lines.at(line).second.size() == 2U);
    BOOST_TEST(run.lines.at(line).second.back().first == "of_epoch");
    BOOST_TEST(run.lines.at(line).second.back().second == 2);
  }
}

BOOST_AUTO_TEST_CASE(what_nobody_understood_may_lease_what_is_shared) {
  const std::string model = "[resources.model]\nuse = \"text/model\"\n";
  const auto says = [&](const std::string& use, const std::string& leased, const std::string& share) {
    GraphFiles files;
    files.write("called.toml", clips + "[stages.f]\nuse = \"text/forward\"\nin = \"clips\"\nmodel = \"model\"\n" + model);
    files.write("graph.toml", clips + "[stages.f]\nuse = \"" + use + "\"\nin = \"clips\"\nmodel = " + leased + "\n" + model +
                                  "[[after]]\nevery = \"epoch\"\nrun = \"called.toml\"\nshare = " + share + "\n");
    return files.mistakes();
  };
  BOOST_TEST(says("text/forward", "\"model\"", "[\"model\"]").empty());
  BOOST_TEST(says("text/forwart", "\"model\"", "[\"model\"]") ==
                 Texts({"graph.toml:4:7: there is no stage \"text/forwart\"; did you mean \"text/forward\"?"}),
             boost::test_tools::per_element());
  BOOST_TEST(says("text/forward", "\"modle\"", "[\"model\"]") ==
                 Texts({"graph.toml:6:9: there is no resource \"modle\"; did you mean \"model\"?"}),
             boost::test_tools::per_element());
  const std::string unknown = "there is no variable \"what\"; define it under [vars]";
  BOOST_TEST(says("text/forward", "\"model\"", "\"${what}\"") == Texts({"graph.toml:12:9: " + unknown}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
