#pragma once
// The few classes a pickled checkpoint may name, and what calling them makes. Used by unpickle.cpp alone.
#include <stages/data/unpickle.hpp>

namespace tivit::data {

struct PickleClass {
  enum class Kind { ordered_dict, size, rebuild_tensor, rebuild_parameter, storage, encode };
  Kind kind;
  std::string name;
  at::ScalarType type = at::kFloat;  ///< storage

  /// Throws Error for every class that is not on the list.
  static PickleClass allowed(const std::string& module, const std::string& name);
};

/// What lies on the unpickler's stack: a value, a class, a storage, or the arguments of a call that hold one of these.
struct PickleSlot {
  std::variant<Object, PickleClass, StorageReference, std::vector<PickleSlot>> value;
};

struct PickleBuilder {
  const StorageSource& storages;
  Object call(const PickleClass& type, const PickleSlot& arguments) const;
  /// A persistent id: ('storage', class, key, device, elements); whatever the device was, the CPU gets it.
  static PickleSlot storage(const PickleSlot& id);
};

}  // namespace tivit::data
