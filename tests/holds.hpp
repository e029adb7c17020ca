#pragma once
#include <string>

namespace tivit::tests {

inline bool holds(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace tivit::tests
