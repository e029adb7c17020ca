#pragma once
// Contracts of every sort, as plain data: a graph's text is checked against them, and nothing is ever made of them.
#include <tivit/registry.hpp>

namespace tivit::fuzz {

inline PortSpec port(std::string name, const char* type, bool optional = false, bool many = false) {
  return {std::move(name), PortType::parse(type), "", optional, many};
}

inline ParameterSpec parameter(std::string name, std::string type, ParameterValue by_default, std::optional<double> low = {}) {
  ParameterSpec spec;
  spec.name = std::move(name);
  spec.type = std::move(type);
  spec.default_value = std::move(by_default);
  spec.low = low;
  return spec;
}

struct Text {
  StageSpec spec;
  Text(std::string name, Kind kind, std::vector<PortSpec> inputs, std::vector<PortSpec> outputs) {
    spec.name = std::move(name);
    spec.kind = kind;
    spec.inputs = std::move(inputs);
    spec.outputs = std::move(outputs);
  }
  Text& with(ParameterSpec one) { return spec.parameters.push_back(std::move(one)), *this; }
  Text& scope(std::string kind) { return spec.scope = std::move(kind), *this; }
  Text& one_per_scope() { return spec.one_per_scope = true, *this; }
  void add() { Registry::instance().add(std::move(spec)); }
};

inline bool add_text_stages() {
  const std::int64_t frames = 96, eight = 8, two = 2;
  ParameterSpec style = parameter("style", "string", {});
  style.required = true;
  style.choices = {"keys", "frets"};
  Text("text/clips", Kind::source, {}, {port("clip", "u8[T,3,128,width]")})
      .with(parameter("root", "path", {std::string("data")}))
      .with(parameter("width", "integer", {std::int64_t{128}}, 16))
      .with(parameter("rate", "number", {30.0}, 1))
      .with(parameter("times.offset", "duration", {std::string("0 s")}, 0))
      .with(parameter("files", "list of path", {ParameterValue::List{}}))
      .add();
  Text("text/rolls", Kind::map, {port("clip", "u8[T,3,H,W]")}, {port("rolls", "{onset: f32[T,88], offset: f32[T,88]}")}).with(style).add();
  Text("text/windows", Kind::expand, {port("clip", "u8[T,3,H,W]")}, {port("frames", "u8[frames,3,H,W]")})
      .with(parameter("frames", "integer", {frames}, 1))
      .scope("recording")
      .add();
  Text("text/batch", Kind::gather, {port("fields", "any", false, true)}, {port("batch", "{...}")})
      .with(parameter("size", "integer", {eight}, 1))
      .with(parameter("until", "string", {std::string("epoch")}))
      .scope("$until")
      .add();
  Text split("text/split", Kind::expand, {port("batch", "{...}")}, {port("fields", "{...}")});
  split.spec.restores_members = true;
  split.add();
  Text("text/stitch", Kind::gather, {port("part", "any")}, {port("whole", "f32[T,88]")}).scope("recording").one_per_scope().add();
  Text("text/total", Kind::gather, {port("part", "any")}, {port("total", "f32[]")}).scope("run").one_per_scope().add();
  Text("text/join", Kind::map, {port("a", "any"), port("b", "any"), port("c", "any", true)}, {port("both", "f32[T,88]")}).add();
  Text("text/two", Kind::map, {port("roll", "f32[T,88]")}, {port("low", "f32[T,44]"), port("half", "bool[T/2,88]")}).add();
  Text("text/write", Kind::sink, {port("roll", "f32[T,88]")}, {}).add();
  Text("text/wide", Kind::sink, {port("frames", "u8[frames,3,128,256]")}, {}).with(parameter("frames", "integer", {frames})).add();
  Text forward("text/forward", Kind::map, {port("batch", "any")}, {port("logits", "{onset: f32[B,T,88], ...}")});
  forward.spec.resources = {{"model", "model", true, false}};
  forward.add();
  Text model("text/model", Kind::resource, {}, {});
  model.spec.interface = "model";
  model.with(parameter("layers", "integer", {two}, 1)).add();
  Text table("text/table", Kind::resource, {}, {});
  table.spec.interface = "table";
  table.add();
  return true;
}

}  // namespace tivit::fuzz
