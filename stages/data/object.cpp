#include <stages/data/object.hpp>
#include <tivit/error.hpp>

namespace tivit::data {

std::string_view Object::type() const {
  constexpr std::string_view names[] = {"None", "bool", "int", "float", "str", "tensor", "list", "tuple", "dict"};
  return names[value_.index()];
}

const Object* Object::find(std::string_view key) const {
  if (const auto* entries = dict())
    for (auto entry = entries->rbegin(); entry != entries->rend(); ++entry)  // where a key was set twice, the last value counts
      if (entry->first.text() && *entry->first.text() == key) return &entry->second;
  return nullptr;
}

const Object& Object::at(std::string_view key) const {
  if (const auto* found = find(key)) return *found;
  if (!dict()) throw Error("a " + std::string(type()) + " has no entry \"" + std::string(key) + "\"");
  std::vector<std::string> names;
  for (const auto& [name, value] : *dict()) names.push_back(name.text() ? *name.text() : "a key of type " + std::string(name.type()));
  throw Error("there is no entry \"" + std::string(key) + "\"", "there are " + quoted_list(names));
}

}  // namespace tivit::data
