#pragma once
// `${name}` and `${env:NAME:-default}` in the strings of a graph.
#include <map>
#include <set>
#include <string>
#include <tivit/text/mistakes.hpp>
#include <tivit/text/value.hpp>
#include <vector>

namespace tivit {

class Variables {
 public:
  explicit Variables(Mistakes& mistakes) : mistakes_(mistakes) {}

  /// The first definition of a name holds: whoever comes first (command line, including file) wins.
  void define(const std::string& name, Value value);
  /// Takes the place of any definition.
  void replace(const std::string& name, Value value) { values_[name] = std::move(value); }
  const Value* lookup(const std::string& name) const;
  /// A copy with every `${…}` filled in. A string that is nothing but one takes the variable's type; `$${` stands for `${`.
  Value fill(const Value& value);
  /// The same for text alone, such as a path.
  std::string fill_text(const Value& value);
  std::vector<std::string> names() const;
  bool used(const std::string& name) const { return used_.count(name) != 0; }

 private:
  Value fill_string(const Value& value);
  Value named(const std::string& name, const Value& at);
  Value environment(const std::string& text, const Value& at);

  Mistakes& mistakes_;
  std::map<std::string, Value> values_;
  std::set<std::string> used_;
  std::vector<std::string> open_;  ///< variables being filled in: one that needs itself is a mistake
};

}  // namespace tivit
