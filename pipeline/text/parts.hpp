#pragma once
// Tables of the text taken apart: stages, resources, `[[after]]`.
#include <tivit/graph_text.hpp>
#include <tivit/text/variables.hpp>

namespace tivit {

/// `what`: "stage" or "resource".
void read_part(const Value::Entry& entry, const std::string& what, Variables& variables, Mistakes& mistakes, std::vector<PartText>& into);
void read_after(const Value& value, Variables& variables, Mistakes& mistakes, std::vector<AfterText>& into);

}  // namespace tivit
