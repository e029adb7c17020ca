#include <tivit/contract.hpp>

#include <algorithm>
#include <tivit/mix.hpp>

namespace tivit {

std::string_view kind_name(Kind kind) {
  static constexpr std::string_view names[] = {"source", "map", "expand", "gather", "sink", "resource"};
  return names[static_cast<int>(kind)];
}

const ParameterSpec* StageSpec::parameter(const std::string& name) const {
  for (const auto& parameter : parameters)
    if (parameter.name == name) return &parameter;
  return nullptr;
}

namespace {
[[noreturn]] void not_of_this_kind(const char* call) { throw Error(std::string("the stage has no ") + call + "()"); }
}  // namespace

std::optional<std::vector<Payload>> Stage::next(Context&) { not_of_this_kind("next"); }
std::vector<Payload> Stage::call(const Inputs&, Context&) { not_of_this_kind("operator"); }
void Stage::expand(const Inputs&, Emit&, Context&) { not_of_this_kind("operator"); }
void Stage::add(const Inputs&, Emit&, Context&) { not_of_this_kind("add"); }
void Stage::finish(Emit&, Context&) { not_of_this_kind("finish"); }

// Outside a run (a test that calls a stage by hand) there is a run that nobody listens to.
RunContext& Context::run() const {
  static RunContext none;
  return run_ ? *run_ : none;
}

std::uint64_t Context::seed() const {
  std::uint64_t state = mixed(run_ ? run_->seed : 0);
  for (char c : stage_) state = mixed(state ^ static_cast<unsigned char>(c));
  return mixed(state ^ id_.hash());
}

std::string Context::name() const {
  const auto* source = find<SourceName>();
  return (source ? source->text() + ", " : "") + "item " + (id_.depth() ? id_.text() : "of the whole run");
}

void Context::must_declare(std::type_index type) const {
  if (spec_ && std::find(spec_->attaches.begin(), spec_->attaches.end(), type) == spec_->attaches.end())
    throw Error("stage \"" + stage_ + "\" sets an attachment that its contract does not declare", "add c.attaches<…>() to the contract");
}

namespace detail {

void check_kinds(StageSpec& spec, const char* side, std::vector<PortSpec>& ports, const std::vector<ValueKind>& kinds) {
  if (ports.size() != kinds.size()) {
    spec.problems.push_back("the contract declares " + std::to_string(ports.size()) + " " + side + " ports, the call has " +
                            std::to_string(kinds.size()));
    return;
  }
  for (std::size_t i = 0; i < ports.size(); ++i) {
    ports[i].parts = kinds[i].parts;
    if (ports[i].type.kind != kinds[i].name && kinds[i].name != "any")
      spec.problems.push_back(std::string(side) + " port \"" + ports[i].name + "\" is declared as " + ports[i].type.text() +
                              ", the call has a " + kinds[i].name);
  }
}

void check_sizes(StageSpec& spec) {
  for (const auto& one : spec.parameters)
    if (!one.sizes.empty() && one.sizes.size() != one.choices.size())
      spec.problems.push_back("parameter \"" + one.name + "\" has " + std::to_string(one.choices.size()) + " choices and " +
                              std::to_string(one.sizes.size()) + " sizes of \"" + one.symbol + "\"");
}

}  // namespace detail
}  // namespace tivit
