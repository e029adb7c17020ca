#pragma once
// Words of a recording's index, for its writer and its reader.
#include <tivit/recording.hpp>

namespace tivit::detail {

constexpr int index_format = 3;
constexpr const char* what_names[] = {"next", "item", "add", "finish", "scope_end"};
constexpr const char* outcome_names[] = {"done", "failed", "dropped", "ended"};

template <class Enum, std::size_t N>
Enum named(const char* const (&names)[N], const std::string& word) {
  for (std::size_t i = 0; i < N; ++i)
    if (word == names[i]) return static_cast<Enum>(i);
  throw Error("\"" + word + "\" is not known");
}
/// A text as the index holds it, which is UTF-8: what is compared with it has to look the same.
std::string as_written(const std::string& text);
inline RecordedCall::What what_named(const std::string& word) { return named<RecordedCall::What>(what_names, word); }
inline RecordedCall::Outcome outcome_named(const std::string& word) { return named<RecordedCall::Outcome>(outcome_names, word); }

}  // namespace tivit::detail
