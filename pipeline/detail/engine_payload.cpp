// What a stage returned: held against its ports, and counted.
#include <tivit/detail/engine.hpp>

namespace tivit::detail {
namespace {

/// Bytes in flight: given back when the last copy of a payload dies.
struct ByteToken {
  std::shared_ptr<BytesInFlight> run;
  std::shared_ptr<std::atomic<std::int64_t>> stage;
  std::int64_t bytes;
  ByteToken(std::shared_ptr<BytesInFlight> r, std::shared_ptr<std::atomic<std::int64_t>> s, std::int64_t b)
      : run(std::move(r)), stage(std::move(s)), bytes(b) {
    run->add(bytes);
    *stage += bytes;
  }
  ~ByteToken() {
    run->give_back(bytes);
    *stage -= bytes;
  }
};

}  // namespace

std::size_t Engine::count(Node& node, Payload& payload) {
  const std::size_t bytes = payload.bytes();
  if (bytes >= 1024)  // else bookkeeping would cost more than the payload
    payload = payload.with(std::make_shared<ByteToken>(bytes_, node.held_bytes, static_cast<std::int64_t>(bytes)));
  return bytes;
}

// What the symbols in the shapes of a stage's ports stand for in this call: integer parameters, and what its inputs show.
Symbols Engine::bound_symbols(const Node& node, const Inputs& inputs) const {
  Symbols symbols = node.symbols;
  const auto& ports = node.spec().inputs;
  for (std::size_t i = 0; i < ports.size() && i < inputs.size(); ++i)
    if (!ports[i].many && inputs[i].second) (void)inputs[i].second.check(ports[i].type, symbols);
  return symbols;
}

// dtype and shape of what a stage returns, against its ports, in every build.
void Engine::check_outputs(Node& node, std::vector<Payload>& outputs, Symbols& symbols, std::vector<std::size_t>& bytes) {
  const StageSpec& spec = node.spec();
  if (outputs.size() != spec.outputs.size())
    throw Error(
        "the stage returned " + std::to_string(outputs.size()) + " values for " + std::to_string(spec.outputs.size()) + " output ports",
        "the stage breaks its own contract");
  for (std::size_t i = 0; i < outputs.size(); ++i)
    if (auto problem = outputs[i].check(spec.outputs[i].type, symbols))
      throw Error("output port \"" + spec.outputs[i].name + "\" " + *problem, "the stage breaks its own contract");
  bytes.resize(outputs.size());
  std::size_t sum = 0;
  for (std::size_t i = 0; i < outputs.size(); ++i) sum += bytes[i] = count(node, outputs[i]);
  if (!node.measured || sum > node.next_bytes) measure(node, sum);
}

}  // namespace tivit::detail
