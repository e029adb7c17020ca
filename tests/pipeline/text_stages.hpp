#pragma once
// Stages that do nothing, with contracts of every sort: for tests of what is said about a graph's text. Registered in plan_test.cpp.
#include <ATen/core/Tensor.h>

#include <boost/test/unit_test.hpp>
#include <tivit/tensor/stage.hpp>

#include "graph_files.hpp"

namespace tivit::tests::text {
using Texts = std::vector<std::string>;

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
  void check(Faults& faults) const {
    if (rate == 13) faults.add("rate", "13 brings bad luck", "take 12");
    for (const auto& file : files)
      if (!std::filesystem::exists(file)) faults.add("files", Error("nothing lies here", "look elsewhere", file.string()));
  }
  std::optional<at::Tensor> next() { return {}; }
};

struct Coloured {
  std::string colour = "rgb";
  static void contract(Contract<Coloured>& c) {
    c.source("frames, grey or not");
    c.param("colour", &Coloured::colour).one_of({"gray", "rgb"}).sizes("C", {1, 3});
    c.out("frames", "u8[T,C,H,W]");
  }
  std::optional<at::Tensor> next() { return {}; }
};

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

struct Split {
  static void contract(Contract<Split>& c) {
    c.expand("members of a group", "").restores_members();
    c.in("batch", "{...}");
    c.out("fields", "{...}");
  }
  void operator()(const tivit::Fields&, Emit&) {}
};

struct Stitch {
  static void contract(Contract<Stitch>& c) {
    c.gather("one of many", "recording").one_per_scope();
    c.in("part", "any");
    c.out("whole", "f32[T,88]");
  }
  void add(const tivit::Payload&, Emit&) {}
  void finish(Emit&) {}
};

struct Total {
  static void contract(Contract<Total>& c) {
    c.gather("one figure for the run", "run").one_per_scope();
    c.in("part", "any");
    c.out("total", "f32[]");
  }
  void add(const tivit::Payload&, Emit&) {}
  void finish(Emit&) {}
};

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

struct Two {
  static void contract(Contract<Two>& c) {
    c.map("halves");
    c.in("roll", "f32[T,88]");
    c.out("low", "f32[T,44]");
    c.out("half", "bool[T/2,88]");
  }
  std::tuple<at::Tensor, at::Tensor> operator()(const at::Tensor&) const { return {}; }
};

struct Model : tivit::Resource {
  std::int64_t layers = 2;
  static void contract(Contract<Model>& c) {
    c.resource("model", "a network");
    c.param("layers", &Model::layers).range(1, 100);
  }
};

struct Table : tivit::Resource {
  static void contract(Contract<Table>& c) { c.resource("table", "numbers"); }
};

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

struct Write {
  static void contract(Contract<Write>& c) {
    c.sink("writes rolls");
    c.in("roll", "f32[T,88]");
  }
  void operator()(const at::Tensor&) {}
};

struct Wide {
  std::int64_t frames = 96;
  static void contract(Contract<Wide>& c) {
    c.sink("takes frames of one size");
    c.param("frames", &Wide::frames);
    c.in("frames", "u8[frames,3,128,256]");
  }
  void operator()(const at::Tensor&) {}
};

inline const std::string clips = "[stages.clips]\nuse = \"text/clips\"\n";                                            // 2 lines
inline const std::string rolls = clips + "[stages.rolls]\nuse = \"text/rolls\"\nin = \"clips\"\nstyle = \"keys\"\n";  // 6 lines

inline void expect(const std::string& text, const Texts& mistakes) {
  BOOST_TEST(mistakes_of(text) == mistakes, boost::test_tools::per_element());
}

inline Plan plan_of(const std::string& text, const Texts& sets = {}) {
  GraphFiles files;
  files.write("graph.toml", text);
  return make_plan(files.request(sets));
}

inline const tivit::PlanStage& stage(const tivit::Plan& plan, const std::string& name) {
  for (const auto& one : plan.stages)
    if (one.name == name) return one;
  throw tivit::Error("no stage " + name);
}

}  // namespace tivit::tests::text
