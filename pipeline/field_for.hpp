#pragma once
// Parts of a value that depend on who asks: the arrays of a file become what a port wants.
#include <tivit/port.hpp>

namespace tivit {

/// `whole.field(name)`, made to fit `wanted` where that can be done. When there is no such part: an empty payload, or, where it is
/// `required`, an Error that knows more of the value than that.
using FieldFor = Payload (*)(const Payload& whole, std::string_view name, const PortType& wanted, bool required);

/// For values of C++ type `type`. Always true.
bool add_field_for(std::type_index type, FieldFor function);
/// Whether the value alone tells which parts it has: an optional port stays open where it lacks one.
bool parts_are_its_own(const Payload& whole);
/// What was added for the value's type, else `whole.field(name)`.
Payload field_for(const Payload& whole, std::string_view name, const PortType& wanted, bool required);

}  // namespace tivit
