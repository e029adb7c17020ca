#pragma once
// All mistakes of a graph, found in one pass and reported together.
#include <string>
#include <tivit/error.hpp>
#include <utility>
#include <vector>

namespace tivit {

class Mistakes {
 public:
  void add(const Origin& origin, std::string problem, std::string remedy = "");
  void add(const Origin& origin, const Error& error, const std::string& prefix = "");
  /// A name that is not there. Nothing is said while something unread may bring it, unless a near one is there.
  void unknown(const Origin& origin, std::string problem, const std::string& asked, const std::vector<std::string>& known,
               const std::string& otherwise);
  /// A file to include, or a section, could not be read.
  void set_incomplete() { incomplete_ = true; }
  bool incomplete() const { return incomplete_; }
  bool none() const { return list_.empty(); }
  /// A mistake found by another reader, such as in a graph that is called; it knows its place.
  void take(const Error& error);
  /// Throws Errors, ordered by place, when there are any.
  void raise() const;
  /// "did you mean "x"?" or "there is "a", "b"" or `otherwise` when there is nothing.
  static std::string suggestion(const std::string& asked, const std::vector<std::string>& known, const std::string& otherwise);

 private:
  /// A value used in several places, or in several graphs, can be wrong only once.
  void add_once(const Origin& origin, Error error);

  std::vector<std::pair<Origin, Error>> list_;
  bool incomplete_ = false;
};

}  // namespace tivit
