// Plan checking: every mistake with its exact text, and what a sound graph becomes.
#include <ATen/core/Tensor.h>

#include <boost/test/unit_test.hpp>
#include <tivit/plan_text.hpp>
#include <tivit/tensor/stage.hpp>

#include "graph_files.hpp"

using tivit::tests::GraphFiles;
using tivit::tests::mistakes_of;
using Texts = std::vector<std::string>;
using tivit::Contract;
using tivit::Emit;

namespace {

struct Clips {
  std::filesystem::path root = "data";
  std::int64_t width = 128;
  double rate = 30;
  std::vector<std::filesystem::path> files;
  static void contract(Contract<Clips>& c) {
    c.source("clips of a folder");
    c.param("root", &Clips::root).doc("folder");
    c.param("width", &Clips::width).range(16, 4096).unit("px");
    c.param("rate", &Clips::rate).range(1, 240);
    c.param("files", &Clips::files);
    c.out("clip", "u8[T,3,128,width]");
  }
  std::optional<at::Tensor> next() { return {}; }
};
TIVIT_STAGE("text/clips", Clips)

struct Rolls {
  std::string style;
  static void contract(Contract<Rolls>& c) {
    c.map("rolls of a clip").parallel();
    c.param("style", &Rolls::style).required().one_of({"keys", "frets"}).doc("what is played");
    c.in("clip", "u8[T,3,H,W]");
    c.out("rolls", "{onset: f32[T,88], offset: f32[T,88]}");
  }
  tivit::Fields operator()(const at::Tensor&) const { return {}; }
};
TIVIT_STAGE("text/rolls", Rolls)

struct Windows {
  std::int64_t frames = 96;
  static void contract(Contract<Windows>& c) {
    c.expand("windows of a clip", "recording");
    c.param("frames", &Windows::frames).at_least(1);
    c.in("clip", "u8[T,3,H,W]");
    c.out("frames", "u8[frames,3,H,W]");
  }
  void operator()(const at::Tensor&, Emit&) {}
};
TIVIT_STAGE("text/windows", Windows)

struct Batch {
  std::int64_t size = 8;
  std::string until = "epoch";
  static void contract(Contract<Batch>& c) {
    c.gather("groups", "$until");
    c.param("size", &Batch::size).at_least(1);
    c.param("until", &Batch::until);
    c.in_many("fields", "any");
    c.out("batch", "{...}");
  }
  void add(const tivit::Inputs&, Emit&) {}
  void finish(Emit&) {}
};
TIVIT_STAGE("text/batch", Batch)

struct Split {
  static void contract(Contract<Split>& c) {
    c.expand("members of a group", "").restores_members();
    c.in("batch", "{...}");
    c.out("fields", "{...}");
  }
  void operator()(const tivit::Fields&, Emit&) {}
};
TIVIT_STAGE("text/split", Split)

struct Stitch {
  static void contract(Contract<Stitch>& c) {
    c.gather("one of many", "recording").one_per_scope();
    c.in("part", "any");
    c.out("whole", "f32[T,88]");
  }
  void add(const tivit::Payload&, Emit&) {}
  void finish(Emit&) {}
};
TIVIT_STAGE("text/stitch", Stitch)

struct Total {
  static void contract(Contract<Total>& c) {
    c.gather("one figure for the run", "run").one_per_scope();
    c.in("part", "any");
    c.out("total", "f32[]");
  }
  void add(const tivit::Payload&, Emit&) {}
  void finish(Emit&) {}
};
TIVIT_STAGE("text/total", Total)

struct Join {
  static void contract(Contract<Join>& c) {
    c.map("joins two");
    c.in("a", "any");
    c.in("b", "any");
    c.in("c", "any").optional();
    c.out("both", "f32[T,88]");
  }
  at::Tensor operator()(const tivit::Payload&, const tivit::Payload&, const tivit::Payload&) const { return {}; }
};
TIVIT_STAGE("text/join", Join)

struct Two {
  static void contract(Contract<Two>& c) {
    c.map("halves");
    c.in("roll", "f32[T,88]");
    c.out("low", "f32[T,44]");
    c.out("half", "bool[T/2,88]");
  }
  std::tuple<at::Tensor, at::Tensor> operator()(const at::Tensor&) const { return {}; }
};
TIVIT_STAGE("text/two", Two)

struct Model : tivit::Resource {
  std::int64_t layers = 2;
  static void contract(Contract<Model>& c) {
    c.resource("model", "a network");
    c.param("layers", &Model::layers).range(1, 100);
  }
};
TIVIT_RESOURCE("text/model", Model)

struct Table : tivit::Resource {
  static void contract(Contract<Table>& c) { c.resource("table", "numbers"); }
};
TIVIT_RESOURCE("text/table", Table)

struct Forward {
  std::shared_ptr<Model> model;
  static void contract(Contract<Forward>& c) {
    c.map("logits");
    c.uses("model", &Forward::model, "model", true);
    c.in("batch", "any");
    c.out("logits", "{onset: f32[B,T,88], ...}");
  }
  tivit::Fields operator()(const tivit::Payload&) { return {}; }
};
TIVIT_STAGE("text/forward", Forward)

struct Write {
  static void contract(Contract<Write>& c) {
    c.sink("writes rolls");
    c.in("roll", "f32[T,88]");
  }
  void operator()(const at::Tensor&) {}
};
TIVIT_STAGE("text/write", Write)

struct Wide {
  std::int64_t frames = 96;
  static void contract(Contract<Wide>& c) {
    c.sink("takes frames of one size");
    c.param("frames", &Wide::frames);
    c.in("frames", "u8[frames,3,128,256]");
  }
  void operator()(const at::Tensor&) {}
};
TIVIT_STAGE("text/wide", Wide)

const std::string clips = "[stages.clips]\nuse = \"text/clips\"\n";                                            // 2 lines
const std::string rolls = clips + "[stages.rolls]\nuse = \"text/rolls\"\nin = \"clips\"\nstyle = \"keys\"\n";  // 6 lines

void expect(const std::string& text, const Texts& mistakes) { BOOST_TEST(mistakes_of(text) == mistakes, boost::test_tools::per_element()); }

tivit::Plan plan_of(const std::string& text, const Texts& sets = {}) {
  GraphFiles files;
  files.write("graph.toml", text);
  return make_plan(files.request(sets));
}

const tivit::PlanStage& stage(const tivit::Plan& plan, const std::string& name) {
  for (const auto& one : plan.stages)
    if (one.name == name) return one;
  throw tivit::Error("no stage " + name);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(plan)

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
  expect(clips + "width = \"big\"\n", {"graph.toml:3:9: stage \"clips\", parameter \"width\": expected an integer, got a string \"big\""});
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

BOOST_AUTO_TEST_CASE(inputs) {
  expect(clips + "[stages.rolls]\nuse = \"text/rolls\"\nstyle = \"keys\"\n",
         {"graph.toml:3:9: stage \"rolls\" (text/rolls) lacks its input \"clip\" (u8[T,3,H,W]); add in = \"stage\""});
  expect(clips + "[stages.rolls]\nuse = \"text/rolls\"\nstyle = \"keys\"\nin = \"clip\"\n",
         {"graph.toml:6:6: there is no stage \"clip\" in this graph; did you mean \"clips\"?"});
  expect(clips + "[stages.rolls]\nuse = \"text/rolls\"\nstyle = \"keys\"\nin = { clp = \"clips\" }\n",
         {"graph.toml:6:8: \"rolls\" (text/rolls) has no input \"clp\"; did you mean \"clip\"?"});
  expect(clips + "[stages.j]\nuse = \"text/join\"\nin = { a = [\"clips\", \"clips\"], b = \"clips\" }\n",
         {"graph.toml:5:22: input \"a\" of \"j\" has two producers: \"clips\" and \"clips\"; keep one of them"});
  expect(clips + "[stages.j]\nuse = \"text/join\"\nin = \"clips\"\n",
         {"graph.toml:5:6: \"j\" (text/join) has several inputs: \"a\", \"b\", \"c\"; say which: in = { a = \"clips\", … }"});
  expect(clips + "[stages.j]\nuse = \"text/join\"\nin = { a = \"clips\" }\n",
         {"graph.toml:5:6: stage \"j\" (text/join) lacks its input \"b\" (any); add in = { b = \"stage\" }"});
  expect(clips + "in = \"clips\"\n", {"graph.toml:3:6: \"clips\" (text/clips) is a source and takes no input; take \"in\" away"});
}

BOOST_AUTO_TEST_CASE(outputs_and_fields) {
  expect(rolls + "[stages.w]\nuse = \"text/write\"\nin = \"rolls.onset\"\n[stages.v]\nuse = \"text/write\"\nin = \"w\"\n",
         {"graph.toml:12:6: \"w\" (text/write) is a sink and gives nothing to \"v\"; name a stage that has an output"});
  expect(rolls + "[stages.w]\nuse = \"text/write\"\nin = \"rolls.onst\"\n",
         {"graph.toml:9:6: what \"rolls\" gives has no field \"onst\"; did you mean \"onset\"?"});
  expect(clips + "[stages.r]\nuse = \"text/rolls\"\nstyle = \"keys\"\nin = \"clips.clip.x\"\n",
         {"graph.toml:6:6: \"clips\" gives u8[T,3,128,width], which has no field \"x\"; write \"clips\" alone"});
  expect(rolls +
             "[stages.two]\nuse = \"text/two\"\nin = \"rolls.onset\"\n[stages.w]\nuse = \"text/write\"\nin = \"two\"\n[stages.v]\nuse = "
             "\"text/write\"\nin = \"two.hlf\"\n",
         {"graph.toml:12:6: \"two\" (text/two) has several outputs; say which: \"low\", \"half\", as in \"two.low\"",
          "graph.toml:15:6: \"two\" (text/two) has no output \"hlf\"; did you mean \"half\"?"});
}

BOOST_AUTO_TEST_CASE(types_and_shapes) {
  expect(rolls + "[stages.w]\nuse = \"text/write\"\nin = \"rolls\"\n",
         {"graph.toml:9:6: \"rolls\" gives {onset: f32[T,88], offset: f32[T,88]}, input \"roll\" of \"w\" takes f32[T,88]: a record is not "
          "a tensor; put a stage between that "
          "converts, or connect another output"});
  const std::string two = rolls + "[stages.two]\nuse = \"text/two\"\nin = \"rolls.onset\"\n[stages.w]\nuse = \"text/write\"\nin = ";
  expect(two + "\"two.half\"\n", {"graph.toml:12:6: \"two.half\" gives bool[T/2,88], input \"roll\" of \"w\" takes f32[T,88]: element type "
                                  "bool is not f32; put a stage between "
                                  "that converts, or connect another output"});
  expect(two + "\"two.low\"\n", {"graph.toml:12:6: \"two.low\" gives f32[T,44], input \"roll\" of \"w\" takes f32[T,88]: axis 1 is 44 "
                                 "there, 88 here; put a stage between that "
                                 "converts, or connect another output"});
  expect(clips + "[stages.w]\nuse = \"text/wide\"\nin = \"clips\"\n",
         {"graph.toml:5:6: \"clips\" gives u8[T,3,128,width], input \"frames\" of \"w\" takes u8[frames,3,128,256]: axis 3 is width = 128 "
          "(parameter width of clips) there, 256 here; "
          "put a stage between that converts, or connect another output"});
}

BOOST_AUTO_TEST_CASE(shapes_are_unified_over_the_whole_graph) {
  const std::string text =
      "[stages.clips]\nuse = \"text/clips\"\nwidth = 256\n[stages.windows]\nuse = \"text/windows\"\nin = \"clips\"\nframes = 64\n"
      "[stages.w]\nuse = \"text/wide\"\nin = \"windows\"\nframes = 64\n";
  const auto plan = plan_of(text);
  BOOST_TEST(edges_text(plan) == "clips -> windows.clip  u8[T,3,128,256]\nwindows -> w.frames    u8[64,3,128,256]\n");
  GraphFiles files;
  files.write("graph.toml", text);
  BOOST_TEST(
      files.mistakes(files.request({"w.frames=32"})) ==
          Texts({"graph.toml:10:6: \"windows\" gives u8[frames,3,H,W], input \"frames\" of \"w\" takes u8[frames,3,128,256]: axis 0 is "
                 "frames = 64 (parameter frames of "
                 "windows) there, frames = 32 (parameter frames of w) here; put a stage between that converts, or connect another output"}),
      boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(circles_and_resources) {
  expect("[stages.a]\nuse = \"text/join\"\nin = { a = \"b\", b = \"b\" }\n[stages.b]\nuse = \"text/join\"\nin = [\"a\", \"a\"]\n",
         {"graph.toml:6:7: the stages feed each other in a circle: \"a\" -> \"b\" -> \"a\"; a graph has a beginning: take one of these "
          "edges away",
          "graph.toml:6:12: the stages feed each other in a circle: \"a\" -> \"b\" -> \"a\"; a graph has a beginning: take one of these "
          "edges away"});
  const std::string forward = clips + "[stages.f]\nuse = \"text/forward\"\nin = \"clips\"\n";
  expect(forward, {"graph.toml:3:9: stage \"f\" (text/forward) lacks \"model\", the name of a resource (\"model\"); add model = \"NAME\" "
                   "and [resources.NAME]"});
  expect(forward + "model = \"modle\"\n[resources.model]\nuse = \"text/model\"\nlayers = 0\n",
         {"graph.toml:6:9: there is no resource \"modle\"; did you mean \"model\"?",
          "graph.toml:9:10: resource \"model\", parameter \"layers\": 0 is out of range; give a value between 1 and 100"});
  expect(forward + "model = \"t\"\n[resources.t]\nuse = \"text/table\"\n",
         {"graph.toml:6:9: resource \"t\" (text/table) is a \"table\", and stage \"f\" (text/forward) needs a \"model\"; name another "
          "resource, or change its \"use\""});
  expect(clips + "[resources.clips]\nuse = \"text/model\"\n",
         {"graph.toml:1:9: \"clips\" is the name of a stage and of a resource; give one of them another name"});
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

BOOST_AUTO_TEST_CASE(items_that_never_meet_are_refused) {
  const std::string windows = clips + "[stages.windows]\nuse = \"text/windows\"\nin = \"clips\"\n";  // 5 lines
  expect(
      windows + "[stages.batch]\nuse = \"text/batch\"\nin = \"windows\"\n[stages.j]\nuse = \"text/join\"\nin = [\"batch\", \"windows\"]\n",
      {"graph.toml:11:7: \"j\" joins \"batch\" and \"windows\", whose items never belong together: the one gives groups that \"batch\" "
       "gathers, the other what \"windows\" makes "
       "within each recording; join them before they part, or give the members of a group back first (batch/split)"});
  expect(windows + "[stages.all]\nuse = \"text/stitch\"\nin = \"windows\"\n[stages.j]\nuse = \"text/join\"\nin = [\"all\", \"windows\"]\n",
         {"graph.toml:11:7: \"j\" can never join \"all\" with \"windows\": the one is made when its whole recording has ended, the other's "
          "items lie inside it and would wait for "
          "their own future; let the stage that needs the whole of it read for itself"});
  const std::string total = clips + "[stages.total]\nuse = \"text/total\"\nin = \"clips\"\n";
  expect(total + "[stages.j]\nuse = \"text/join\"\nin = { b = \"clips\", a = \"total\" }\n",
         {"graph.toml:8:25: \"j\" can never join \"total\" with \"clips\": the one is made when its whole run has ended, the other's items "
          "lie "
          "inside it and would wait for their own future; let the stage that needs the whole of it read for itself"});
  BOOST_TEST(plan_of(total +
                     "[stages.again]\nuse = \"text/total\"\nin = \"clips\"\n[stages.j]\nuse = \"text/join\"\nin = [\"total\", \"again\"]\n")
                 .stages.size() == 4U);
  expect(clips + "[stages.all]\nuse = \"text/stitch\"\nin = \"clips\"\n",
         {"graph.toml:5:6: \"all\" waits for the end of each recording, but no such scope is open around items of source \"clips\"; open "
          "there: \"epoch\", \"run\""});
  expect(windows + "[stages.batch]\nuse = \"text/batch\"\nin = \"windows\"\n[stages.all]\nuse = \"text/stitch\"\nin = \"batch\"\n",
         {"graph.toml:11:6: \"all\" waits for the end of each recording, but no such scope is open around groups that \"batch\" gathers; "
          "open there: \"epoch\", \"run\"; a group's "
          "members come back by batch/split"});
  expect(windows + "[stages.s]\nuse = \"text/split\"\nin = \"windows\"\n",
         {"graph.toml:8:6: \"windows\" gives u8[frames,3,H,W], input \"batch\" of \"s\" takes {...}: a tensor is not a record; put a stage "
          "between that converts, or connect another "
          "output",
          "graph.toml:8:6: \"s\" (text/split) gives back the members of groups, but what it takes are what \"windows\" makes within each "
          "recording; put it behind a gather, such as "
          "batch/stack"});
  expect("[stages.other]\nuse = \"text/clips\"\n" + clips + "[stages.j]\nuse = \"text/join\"\nin = [\"clips\", \"other\"]\n",
         {"graph.toml:7:16: \"j\" joins \"other\" and \"clips\", whose items never belong together: the one gives items of source "
          "\"other\", the other items of source \"clips\"; join "
          "them before they part, or give the members of a group back first (batch/split)"});
}

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
