#pragma once
// Parts of a value that depend on who asks: the arrays of a file become what a port wants.
#include <tivit/port.hpp>

namespace tivit {

/// `whole.field(name)`, made to fit `wanted` where that can be done; an empty payload when there is no such part.
using FieldFor = Payload (*)(const Payload& whole, std::string_view name, const PortType& wanted);

/// For values of C++ type `type`. Always true.
bool add_field_for(std::type_index type, FieldFor function);
/// What was added for the value's type, else `whole.field(name)`.
Payload field_for(const Payload& whole, std::string_view name, const PortType& wanted);

}  // namespace tivit
