#pragma once
// Numbers put into words.
#include <string>

namespace tivit {

/// printf's.
__attribute__((format(printf, 1, 2))) std::string format(const char* pattern, ...);
/// "1 note", "2 notes".
std::string counted(std::size_t count, const std::string& one);

}  // namespace tivit
