#pragma once
// What `in = "forward.onset"` names: a stage, one of its outputs, a field of what flows there.
#include <tivit/checks/draft.hpp>

namespace tivit::checks {

/// Fills in producer, output, field and type of a connection; a mistake when the text names nothing that exists.
void resolve_reference(Connection& connection, const std::string& consumer, Draft& draft);

}  // namespace tivit::checks
