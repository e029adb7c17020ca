// Mistakes in what feeds what, each with its exact text.
#include <tivit/plan_text.hpp>

#include "text_stages.hpp"

using namespace tivit::tests::text;
using tivit::tests::GraphFiles;

namespace {

/// A parameter that cannot do without an optional input.
struct Mirror {
  double share = 0;
  static void contract(tivit::Contract<Mirror>& c) {
    c.sink("takes frames, and mirrors them with their rolls");
    c.param("share", &Mirror::share).range(0, 1);
    c.in("frames", "u8[T,3,H,W]");
    c.in("rolls", "u8[T,3,H,W]").optional();
    c.example("[stages.mirror]\nuse = \"text/mirror\"\nin = \"clips\"\n");
  }
  void check(tivit::Faults& faults) const {
    if (share > 0 && !faults.is_fed("rolls")) faults.add("share", "the rolls would stay as they are", "connect rolls");
  }
  void operator()(const at::Tensor&, const at::Tensor*) {}
};
TIVIT_STAGE("text/mirror", Mirror)

}  // namespace

BOOST_AUTO_TEST_SUITE(wiring_mistakes)

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

BOOST_AUTO_TEST_CASE(a_parameter_that_needs_an_optional_input) {
  const std::string mirror = "[stages.m]\nuse = \"text/mirror\"\nshare = 0.5\nin = ";
  expect(clips + mirror + "\"clips\"\n",
         {"graph.toml:5:9: stage \"m\", parameter \"share\": the rolls would stay as they are; connect rolls"});
  BOOST_TEST(plan_of(clips + mirror + "{ frames = \"clips\", rolls = \"clips\" }\n").stages.size() == 2U);
  // An input under a wrong name is one mistake, not two.
  expect(clips + mirror + "{ frames = \"clips\", roll = \"clips\" }\n",
         {"graph.toml:6:26: \"m\" (text/mirror) has no input \"roll\"; did you mean \"rolls\"?"});
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
         {"graph.toml:9:6: \"rolls\" gives {onset: f32[T,88], offset: f32[T,88]}, input \"roll\" of \"w\" takes f32[T,88]: record is not "
          "tensor; put a stage between that "
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

BOOST_AUTO_TEST_CASE(a_choice_can_decide_a_size) {
  const std::string text = "[stages.eye]\nuse = \"text/coloured\"\n[stages.w]\nuse = \"text/wide\"\nin = \"eye\"\n";
  BOOST_TEST(edges_text(plan_of(text)) == "eye -> w.frames  u8[96,3,128,256]\n");
  GraphFiles files;
  files.write("graph.toml", text);
  BOOST_TEST(files.mistakes(files.request({"eye.colour=gray"})) ==
                 Texts({"graph.toml:5:6: \"eye\" gives u8[T,C,H,W], input \"frames\" of \"w\" takes u8[frames,3,128,256]: axis 1 is C = 1 "
                        "(parameter colour of eye) there, 3 here; put a stage between that converts, or connect another output"}),
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
         {"graph.toml:8:6: \"windows\" gives u8[frames,3,H,W], input \"batch\" of \"s\" takes {...}: tensor is not record; put a stage "
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

BOOST_AUTO_TEST_CASE(a_circle_hides_no_mistake_that_lies_elsewhere) {
  const std::string circle =
      "[stages.a]\nuse = \"text/join\"\nin = [\"clips\", \"b\"]\n[stages.b]\nuse = \"text/join\"\nin = [\"a\", \"a\"]\n";
  const auto forward = [](const std::string& name, const std::string& in) {
    return "[stages." + name + "]\nuse = \"text/forward\"\nin = \"" + in + "\"\nmodel = \"model\"\n";
  };
  const auto closes = [](const std::string& place) {
    return "graph.toml:" + place +
           ": the stages feed each other in a circle: \"a\" -> \"b\" -> \"a\"; a graph has a beginning: take one of these edges away";
  };
  expect(clips + circle + "[stages.other]\nuse = \"text/clips\"\n[stages.j]\nuse = \"text/join\"\nin = [\"other\", \"clips\"]\n" +
             "[resources.model]\nuse = \"text/model\"\n" + forward("f", "clips") + forward("g", "other"),
         {closes("8:7"), closes("8:12"),
          "graph.toml:13:16: \"j\" joins \"clips\" and \"other\", whose items never belong together: the one gives items of source "
          "\"clips\", the other items of source \"other\"; join them before they part, or give the members of a group back first "
          "(batch/split)",
          "graph.toml:23:9: stages \"f\" and \"g\" both lease resource \"model\", in no fixed order; let one of them follow the other"});
  // What comes behind a circle belongs to it: nobody knows which items it has, nor when.
  const std::string called =
      "[resources.model]\nuse = \"text/model\"\n[[after]]\nevery = \"epoch\"\nrun = \"called.toml\"\nshare = [\"model\"]\n";
  GraphFiles files;
  files.write("called.toml", clips + "[resources.model]\nuse = \"text/model\"\n" + forward("f", "clips"));
  files.write("graph.toml",
              clips + circle + "[stages.all]\nuse = \"text/stitch\"\nin = \"b\"\n" + forward("f", "b") + forward("g", "clips") + called);
  BOOST_TEST(files.mistakes() == Texts({closes("8:7"), closes("8:12")}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(groups_that_were_taken_apart_cannot_give_back_their_members) {
  const std::string batch = clips + "[stages.batch]\nuse = \"text/batch\"\nin = \"clips\"\n";  // 5 lines
  const auto split = [](const std::string& name, const std::string& in) {
    return "[stages." + name + "]\nuse = \"text/split\"\nin = \"" + in + "\"\n";
  };
  expect(batch + "[stages.again]\nuse = \"text/batch\"\nin = \"batch\"\n" + split("once", "again") + split("twice", "once"),
         {"graph.toml:14:6: \"twice\" (text/split) gives back the members of groups, but these no longer say which they have; give members "
          "back before groups are taken apart and put together again"});
  BOOST_TEST(plan_of(batch + split("once", "batch")).stages.size() == 3U);
}

BOOST_AUTO_TEST_CASE(two_stages_that_lease_one_resource_in_no_fixed_order_are_refused) {
  const std::string model = "[resources.model]\nuse = \"text/model\"\n";
  const auto forward = [](const std::string& name, const std::string& in) {
    return "[stages." + name + "]\nuse = \"text/forward\"\nin = \"" + in + "\"\nmodel = \"model\"\n";
  };
  expect(clips + model + forward("f", "clips") + forward("g", "clips") + forward("h", "f"),
         {"graph.toml:12:9: stages \"f\" and \"g\" both lease resource \"model\", in no fixed order; let one of them follow the other",
          "graph.toml:16:9: stages \"g\" and \"h\" both lease resource \"model\", in no fixed order; let one of them follow the other"});
  BOOST_TEST(plan_of(clips + model + forward("f", "clips") + forward("g", "f")).stages.size() == 3U);
}

BOOST_AUTO_TEST_SUITE_END()
