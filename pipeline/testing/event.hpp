#pragma once
// What reaches a stage and what leaves it, as tests write it down and read it.
#include <functional>
#include <string>
#include <tivit/stage.hpp>
#include <utility>
#include <vector>

namespace tivit::testing {

using Settings = std::vector<std::pair<std::string, ParameterValue>>;

/// An item, the tombstone of one, or the end of a scope.
struct Event {
  enum class Kind { item, lost, end };
  Kind kind = Kind::item;
  ItemId id;                                   ///< of the item, or of the scope that ended
  std::vector<Payload> values;                 ///< item: one for each port, in their order
  Attachments attachments;                     ///< what travels beside it
  std::shared_ptr<const Members> members;      ///< item: what it was gathered from
  Tombstone tombstone;                         ///< lost
  std::string scope;                           ///< end: kind of the scope
  std::function<std::vector<Payload>()> make;  ///< item to be given: makes the values when their turn has come

  static Event item(const ItemId& id, std::vector<Payload> values, Attachments attachments = {}) {
    return {Kind::item, id, std::move(values), std::move(attachments)};
  }
  static Event lost(const ItemId& id, Tombstone why = {"before", "lost on the way"}) {
    return {Kind::lost, id, {}, {}, {}, std::move(why)};
  }
  static Event end(std::string scope, const ItemId& id) { return {Kind::end, id, {}, {}, {}, {}, std::move(scope)}; }
  /// "item 0/3", "item 0/3 lost at before: …", "end of epoch 0".
  std::string text() const;
};

}  // namespace tivit::testing
