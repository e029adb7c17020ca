#pragma once
// Numbers put into words.
#include <string>

namespace tivit {

/// printf's.
__attribute__((format(printf, 1, 2))) std::string format(const char* pattern, ...);

}  // namespace tivit
