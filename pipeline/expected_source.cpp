#include <tivit/expected_source.hpp>

#include <cmath>
#include <tivit/detail/forwarding_stage.hpp>

namespace tivit {
namespace {

class Expecting final : public detail::ForwardingStage {
 public:
  Expecting(std::unique_ptr<Stage> inner, const ItemId& id, SourceName before)
      : ForwardingStage(std::move(inner)), id_(id), before_(std::move(before)) {}

  std::vector<Payload> call(const Inputs& inputs, Context& context) override {
    compare(context);
    return inner().call(inputs, context);
  }
  void expand(const Inputs& inputs, Emit& emit, Context& context) override {
    compare(context);
    inner().expand(inputs, emit, context);
  }
  void add(const Inputs& inputs, Emit& emit, Context& context) override {
    compare(context);
    inner().add(inputs, emit, context);
  }

 private:
  void compare(const Context& context) const {
    if (context.id() != id_) return;
    const auto* now = context.find<SourceName>();
    constexpr double same_s = 1e-6;
    const bool same = now && now->clip == before_.clip && std::abs(now->begin_s - before_.begin_s) < same_s;
    if (now && !same)
      throw Error("item " + id_.text() + " was " + before_.text() + " when it failed, and is " + now->text() + " now",
                  "the data set has changed since: put back what was there");
  }

  ItemId id_;
  SourceName before_;
};

}  // namespace

std::unique_ptr<Stage> expecting(std::unique_ptr<Stage> inner, const ItemId& id, SourceName before) {
  return std::make_unique<Expecting>(std::move(inner), id, std::move(before));
}

}  // namespace tivit
