#include <tivit/testing/event.hpp>

namespace tivit::testing {

std::string Event::text() const {
  const std::string name = id.depth() ? " " + id.text() : "";
  switch (kind) {
    case Kind::item: return "item" + name;
    case Kind::lost: return "item" + name + " lost at " + tombstone.stage + ": " + tombstone.cause;
    case Kind::end: break;
  }
  return "end of " + scope + name;
}

}  // namespace tivit::testing
