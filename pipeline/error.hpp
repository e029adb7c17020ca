#pragma once
// Every error a user can meet: what is wrong, where, and what to do about it.
#include <stdexcept>
#include <string>
#include <vector>

namespace tivit {

/// A place in a text file; line and column count from 1, 0 means "the file as a whole".
struct Origin {
  std::string file;
  int line = 0;
  int column = 0;
  /// `file:line:column`, or `file`, or "" when nothing is known.
  std::string text() const;
};

/// One mistake or failure. `what()` is the rendered text: `where: what; remedy`.
class Error : public std::runtime_error {
 public:
  explicit Error(std::string what, std::string remedy = "", std::string where = "");
  Error(const Origin& origin, std::string what, std::string remedy = "");

  const std::string& problem() const { return problem_; }
  const std::string& remedy() const { return remedy_; }
  const std::string& where() const { return where_; }
  /// The same error, found at `where`, unless it already knows a place.
  Error located(std::string where) const;

 private:
  std::string problem_, remedy_, where_;
};

/// Several mistakes found in one pass; never empty. `what()` has one line for each.
class Errors : public std::runtime_error {
 public:
  explicit Errors(std::vector<Error> errors);
  const std::vector<Error>& list() const { return list_; }

 private:
  std::vector<Error> list_;
};

/// The run was cancelled; thrown through user code by calls that would otherwise go on.
struct Cancelled : std::runtime_error {
  Cancelled() : std::runtime_error("cancelled") {}
};

/// The name in `known` that `asked` was probably meant to be, or "" (edit distance of at most a third of its length).
std::string nearest_name(const std::string& asked, const std::vector<std::string>& known);
/// `"a", "b", "c"` in the given order, or "nothing" when empty.
std::string quoted_list(const std::vector<std::string>& names);

}  // namespace tivit
