// Plans: what a sound graph becomes.
#include <tivit/plan_text.hpp>

#include "text_stages.hpp"

namespace tivit::tests::text {
TIVIT_STAGE("text/clips", Clips)
TIVIT_STAGE("text/coloured", Coloured)
TIVIT_STAGE("text/rolls", Rolls)
TIVIT_STAGE("text/windows", Windows)
TIVIT_STAGE("text/batch", Batch)
TIVIT_STAGE("text/split", Split)
TIVIT_STAGE("text/stitch", Stitch)
TIVIT_STAGE("text/total", Total)
TIVIT_STAGE("text/join", Join)
TIVIT_STAGE("text/two", Two)
TIVIT_RESOURCE("text/model", Model)
TIVIT_RESOURCE("text/table", Table)
TIVIT_STAGE("text/forward", Forward)
TIVIT_STAGE("text/write", Write)
TIVIT_STAGE("text/wide", Wide)
}  // namespace tivit::tests::text

using namespace tivit::tests::text;
using tivit::tests::GraphFiles;

BOOST_AUTO_TEST_SUITE(plan)

BOOST_AUTO_TEST_CASE(items_live_in_domains) {
  const auto plan = plan_of(
      "[stages.all]\nuse = \"text/stitch\"\nin = \"split\"\n[stages.score]\nuse = \"text/join\"\nin = [\"all\", \"clips\"]\n"
      "[stages.split]\nuse = \"text/split\"\nin = \"batch\"\n[stages.batch]\nuse = \"text/batch\"\nuntil = \"run\"\nin = { frames = "
      "\"windows\", clip = \"clips\" }\n"
      "[stages.windows]\nuse = \"text/windows\"\nin = \"clips\"\n" +
      clips);
  Texts order;
  for (const auto& one : plan.stages) order.push_back(one.name);
  BOOST_TEST(order == Texts({"clips", "windows", "batch", "split", "all", "score"}), boost::test_tools::per_element());
  const auto& clips_domain = plan.domains[stage(plan, "clips").domain];
  BOOST_TEST(clips_domain.depth == 2);
  BOOST_TEST(plan.threads.intra_op == 1);  // two on a machine that is busy cost more than they bring
  const auto& windows = stage(plan, "windows");
  BOOST_TEST(plan.domains[windows.domain].depth == 3);
  BOOST_TEST(plan.domains[windows.domain].parent == stage(plan, "clips").domain);
  BOOST_TEST(plan.domains[windows.domain].opens == "recording");
  BOOST_TEST(plan.domains[windows.domain].opener == 1);
  const auto& batch = stage(plan, "batch");
  BOOST_TEST(batch.input_domain == windows.domain);
  BOOST_TEST(batch.scope == "run");
  BOOST_TEST(batch.scope_depth == 0);
  BOOST_TEST(plan.domains[batch.domain].depth == 1);
  BOOST_TEST(plan.domains[batch.domain].gathered == windows.domain);
  BOOST_TEST(batch.inputs.at(0).port == "frames");
  BOOST_TEST(batch.inputs.at(1).port == "clip");
  BOOST_TEST(stage(plan, "split").domain == windows.domain);
  BOOST_TEST(stage(plan, "all").domain == stage(plan, "clips").domain);
  BOOST_TEST(stage(plan, "all").scope_depth == 2);
  BOOST_TEST(stage(plan, "score").domain == stage(plan, "clips").domain);
  BOOST_TEST(stage(plan, "score").inputs.size() == 3U);
  BOOST_TEST(stage(plan, "score").inputs[2].producer == -1);
}

BOOST_AUTO_TEST_CASE(the_resolved_text_makes_the_same_plan_and_says_where_values_come_from) {
  const std::string text =
      "title = \"A \\\"title\\\"\"\n[vars]\nn = 64\nidle = 1\n[run]\nseed = 3\non_error = { do = \"retry\", times = 2, budget = \"1.5 %\" "
      "}\n" +
      rolls +
      "concurrency = 2\n[stages.f]\nuse = \"text/forward\"\nin = \"rolls\"\nmodel = \"model\"\n[resources.model]\nuse = "
      "\"text/model\"\nlayers = 7\n[stages.w]\nuse = \"text/write\"\nin = \"rolls.onset\"\n";
  GraphFiles files;
  files.write("graph.toml", text);
  const auto plan = make_plan(files.request({"clips.width=${n}", "clips.root=5", "run.epochs=2"}));
  BOOST_TEST(plan.seed == 3U);
  BOOST_TEST(plan.epochs == 2);
  BOOST_TEST(stage(plan, "rolls").concurrency == 2);
  BOOST_TEST(stage(plan, "rolls").on_error.times == 2);
  BOOST_TEST(stage(plan, "rolls").on_error.budget == 0.015);
  const std::string resolved = files.short_text(plan.resolved_text);
  for (const char* line :
       {"title = \"A \\\"title\\\"\"  # graph.toml\n", "seed = 3  # graph.toml:6:8\n", "epochs = 2  # --set run.epochs\n",
        "memory = \"2 GiB\"  # default\n", "[stages.clips]  # graph.toml:8:9\n", "root = \"5\"  # --set clips.root\n",
        "width = 64  # --set clips.width, variable n (graph.toml:3:5)\n", "rate = 30.0  # default\n", "layers = 7  # graph.toml:21:10\n"})
    BOOST_TEST(resolved.find(line) != std::string::npos, line << " in\n" << resolved);
  BOOST_TEST(plan.warnings.size() == 2U);
  BOOST_TEST(files.short_text(plan.warnings.at(0)) == "graph.toml:4:1: variable \"idle\" is never used");
  BOOST_TEST(files.short_text(plan.warnings.at(1)) == "graph.toml:15:9: nothing reads what stage \"f\" makes");
  const auto again = plan_of(plan.resolved_text);
  BOOST_TEST(edges_text(again) == edges_text(plan));
  BOOST_TEST(again.stages.size() == plan.stages.size());
  for (std::size_t i = 0; i < plan.stages.size(); ++i)
    for (const auto& [name, value] : plan.stages[i].parameters)
      for (const auto& [other, repeated] : again.stages[i].parameters)
        if (name == other) BOOST_TEST(repeated.text() == value.text());
  // In the contract's order, however the text has them: resolving again changes nothing but the origins.
  BOOST_TEST(stage(plan, "clips").parameters.at(0).first == "root");
  BOOST_TEST(again.seed == 3U);
  BOOST_TEST(dot_text(plan).find("\"rolls\" -> \"w\" [label=\"roll: f32[T,88]\"]") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
