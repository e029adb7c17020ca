#include <tivit/testing/values.hpp>

#include <map>
#include <mutex>

namespace tivit::testing {
namespace {

struct Known {
  std::mutex mutex;
  std::map<std::string, Maker> makers;
};
Known& known() {
  static Known known;
  return known;
}

}  // namespace

bool make_by(const std::string& kind, Maker maker) {
  const std::lock_guard lock(known().mutex);
  known().makers[kind] = std::move(maker);
  return true;
}

Payload make_up(Draw draw) {
  const std::string kind = draw.type.kind == "any" ? "tensor" : draw.type.kind;
  Maker maker;
  {
    const std::lock_guard lock(known().mutex);
    if (const auto found = known().makers.find(kind); found != known().makers.end()) maker = found->second;
  }
  if (!maker)
    throw Error("nobody has said how a value of type " + draw.type.text() + " is made up",
                "give the items, or add tivit::testing::make_by(\"" + kind + "\", …) to the test");
  return maker(draw);
}

}  // namespace tivit::testing
