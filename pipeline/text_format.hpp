#pragma once
// Numbers put into words.
#include <string>

namespace tivit {

/// printf's.
__attribute__((format(printf, 1, 2))) std::string format(const char* pattern, ...);
bool is_utf8(const std::string& text);
/// For messages and tables: in one line, and UTF-8; what is neither is written as JSON writes it.
std::string printable(const std::string& text);
/// "1 note", "2 notes".
std::string counted(std::size_t count, const std::string& one);

}  // namespace tivit
