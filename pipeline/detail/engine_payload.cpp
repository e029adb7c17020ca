// What a stage returned: held against its ports, and counted.
#include <tivit/detail/engine.hpp>

namespace tivit::detail {
namespace {

/// Bytes in flight: given back when the last copy of a payload dies.
struct ByteToken {
  std::shared_ptr<std::atomic<std::int64_t>> run, stage;
  std::int64_t bytes;
  ByteToken(std::shared_ptr<std::atomic<std::int64_t>> r, std::shared_ptr<std::atomic<std::int64_t>> s, std::int64_t b)
      : run(std::move(r)), stage(std::move(s)), bytes(b) {
    *run += bytes;
    *stage += bytes;
  }
  ~ByteToken() {
    *run -= bytes;
    *stage -= bytes;
  }
};

}  // namespace

Payload Engine::counted(Node& node, Payload payload) {
  const std::size_t bytes = payload.bytes();
  if (bytes < 1024) return payload;  // bookkeeping would cost more than the payload
  return payload.with(std::make_shared<ByteToken>(bytes_, node.held_bytes, static_cast<std::int64_t>(bytes)));
}

// Integer parameters may stand in shapes by name.
Symbols Engine::symbols_of(const Node& node) const {
  Symbols symbols;
  for (const auto& [name, value] : node.plan->parameters)
    if (const auto* number = std::get_if<std::int64_t>(&value.value)) symbols[name] = *number;
  return symbols;
}

// dtype and shape of what a stage returns, against its ports, in every build; symbols are bound by the inputs first.
std::vector<Payload> Engine::checked(Node& node, std::vector<Payload> outputs, const Inputs& inputs) {
  const StageSpec& spec = node.spec();
  if (outputs.size() != spec.outputs.size())
    throw Error(
        "the stage returned " + std::to_string(outputs.size()) + " values for " + std::to_string(spec.outputs.size()) + " output ports",
        "the stage breaks its own contract");
  Symbols symbols = symbols_of(node);
  for (std::size_t i = 0; i < spec.inputs.size() && i < inputs.size(); ++i)
    if (!spec.inputs[i].many && inputs[i].second) (void)inputs[i].second.check(spec.inputs[i].type, symbols);
  for (std::size_t i = 0; i < outputs.size(); ++i)
    if (auto problem = outputs[i].check(spec.outputs[i].type, symbols))
      throw Error("output port \"" + spec.outputs[i].name + "\" " + *problem, "the stage breaks its own contract");
  std::size_t bytes = 0;
  for (auto& output : outputs) {
    bytes += output.bytes();
    output = counted(node, std::move(output));
  }
  node.last_bytes = bytes;
  node.measured = true;
  return outputs;
}

}  // namespace tivit::detail
