#pragma once
// Numbers put into words, and names of files taken apart.
#include <filesystem>
#include <string>
#include <string_view>

namespace tivit {

/// The shortest text that reads as the same number; whole numbers in digits.
std::string shortest(double value);
/// Without what is blank at both ends.
std::string_view trimmed(std::string_view text, std::string_view blanks = " \t");
/// printf's.
__attribute__((format(printf, 1, 2))) std::string format(const char* pattern, ...);
bool is_utf8(const std::string& text);
/// For messages and tables: in one line, and UTF-8; what is neither is written as JSON writes it.
std::string printable(const std::string& text);
/// A string with quotes and escapes as TOML writes it.
std::string quoted(const std::string& text);
/// A key as TOML writes it: bare where it can be.
std::string key_text(const std::string& key);
/// "1 note", "2 notes".
std::string counted(std::size_t count, const std::string& one);

/// A file's extension in lower case, with its dot: what kind of file it is, whatever camera or system named it.
std::string lower_extension(const std::filesystem::path& file);

}  // namespace tivit
