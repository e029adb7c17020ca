#include <tivit/testing/values.hpp>

#include <map>
#include <mutex>
#include <tivit/frame_range.hpp>

namespace tivit::testing {
namespace {

struct Known {
  std::mutex mutex;
  std::map<std::type_index, Comparison> comparisons;
  std::vector<BesideComparison> beside;
  std::map<std::string, Maker> makers;
};
Known& known() {
  static Known known;
  return known;
}

[[maybe_unused]] const bool own = [] {
  compare_beside_by<TimeGrid>([](const TimeGrid& grid) { return "grid " + exactly(grid.origin) + exactly(grid.hop_ns); });
  compare_beside_by<SourceName>([](const SourceName& name) { return name.clip + exactly(name.begin_s) + exactly(name.end_s); });
  compare_beside_by<FrameRange>([](const FrameRange& range) { return exactly(range.first) + exactly(range.end); });
  return true;
}();

}  // namespace

bool add_comparison(std::type_index type, Comparison comparison) {
  const std::lock_guard lock(known().mutex);
  known().comparisons[type] = std::move(comparison);
  return true;
}

bool add_beside_comparison(BesideComparison comparison) {
  const std::lock_guard lock(known().mutex);
  known().beside.push_back(std::move(comparison));
  return true;
}

bool make_by(const std::string& kind, Maker maker) {
  const std::lock_guard lock(known().mutex);
  known().makers[kind] = std::move(maker);
  return true;
}

std::string comparable(const Payload& payload) {
  if (!payload) return "nothing";
  Comparison comparison;
  {
    const std::lock_guard lock(known().mutex);
    if (const auto found = known().comparisons.find(payload.ops().type); found != known().comparisons.end()) comparison = found->second;
  }
  if (!comparison)
    throw Error("nobody has said when two values of type " + std::string(payload.ops().name) + " are the same",
                "add tivit::testing::compare_by<…>(…) to the test");
  return std::string(payload.ops().name) + " " + comparison(payload);
}

std::string comparable(const Attachments& beside) {
  std::vector<BesideComparison> all;
  {
    const std::lock_guard lock(known().mutex);
    all = known().beside;
  }
  std::string text;
  for (const auto& one : all) text += one(beside) + "\n";
  return text;
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
