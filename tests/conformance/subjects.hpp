#pragma once
// Every stage of this project with the items it is tested on.
#include <map>
#include <stages/notes/note.hpp>
#include <tivit/testing/conformance.hpp>
#include <tivit/testing/values.hpp>

namespace tivit::tests {

using testing::Given;
using testing::Subject;

/// By name of the stage. Files of this folder add to it.
std::map<std::string, Subject>& subjects();
inline bool add(Subject subject) { return subjects().insert_or_assign(subject.use, subject).second; }

/// A random value of a port type, for tensors and records of them.
inline Payload made(const std::string& type, std::size_t number) {
  const PortType parsed = PortType::parse(type);
  Symbols symbols;
  return testing::make_up({parsed, symbols, number});
}
inline ParameterValue texts(const std::vector<std::string>& values) {
  ParameterValue out;
  auto& list = out.value.emplace<ParameterValue::List>();
  for (const auto& value : values) list.emplace_back().value = value;
  return out;
}
/// Values at 20 rows a second, called after their number.
inline Given given(Inputs values, std::size_t number) {
  Given given{std::move(values)};
  given.beside.set(TimeGrid::from_rate(20));
  given.beside.set(SourceName{"piece" + std::to_string(number)});
  return given;
}
/// Twelve notes, another piece for each number.
inline notes::Notes piece(std::size_t number) {
  notes::Notes notes;
  for (int i = 0; i < 12; ++i) {
    const double onset_s = 0.1 + 0.25 * i + 0.01 * static_cast<double>(number % 7);
    notes.list.push_back({onset_s, onset_s + 0.2, 40 + static_cast<int>((7 * static_cast<std::size_t>(i) + 5 * number) % 40), 64});
  }
  return notes;
}

}  // namespace tivit::tests
