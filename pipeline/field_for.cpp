#include <tivit/field_for.hpp>

namespace tivit {
namespace {

std::map<std::type_index, FieldFor>& functions() {
  static std::map<std::type_index, FieldFor> map;
  return map;
}

}  // namespace

bool add_field_for(std::type_index type, FieldFor function) {
  functions().insert_or_assign(type, function);
  return true;
}

bool parts_are_its_own(const Payload& whole) { return whole && functions().count(whole.ops().type) != 0; }

Payload field_for(const Payload& whole, std::string_view name, const PortType& wanted, bool required) {
  if (!whole) return {};
  const auto found = functions().find(whole.ops().type);
  return found == functions().end() ? whole.field(name) : found->second(whole, name, wanted, required);
}

}  // namespace tivit
