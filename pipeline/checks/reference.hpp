#pragma once
// What `in = "forward.onset"` names: a stage, one of its outputs, a field of what flows there.
#include <tivit/checks/draft.hpp>

namespace tivit::checks {

/// The stage that a connection names, or -1 and a mistake.
int must_have_source(const Connection& connection, Draft& draft);
/// Fills in producer, output, field and type of a connection; a mistake when the text names nothing that exists.
void resolve_reference(Connection& connection, const std::string& consumer, Draft& draft);

}  // namespace tivit::checks
