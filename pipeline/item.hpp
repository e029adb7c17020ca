#pragma once
// What flows along the edges of a graph.
#include <array>
#include <compare>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <tivit/time.hpp>
#include <typeindex>
#include <utility>
#include <vector>

namespace tivit {

/// Where an item lies in the run: one number for each scope around it, then its own. `1/4/17` is the 18th item made
/// from the 5th item of epoch 1. Ids order items; the same id on two ports is the same item.
class ItemId {
 public:
  static constexpr std::size_t max_depth = 8;
  ItemId() = default;
  ItemId(std::initializer_list<std::uint32_t> parts);

  ItemId child(std::uint32_t number) const;
  ItemId prefix(std::size_t depth) const;
  std::size_t depth() const { return depth_; }
  std::uint32_t operator[](std::size_t i) const { return parts_[i]; }
  std::uint32_t back() const { return parts_[depth_ - 1]; }
  bool within(const ItemId& scope) const { return depth_ >= scope.depth_ && prefix(scope.depth_) == scope; }
  std::string text() const;

  bool operator==(const ItemId&) const = default;
  std::strong_ordering operator<=>(const ItemId& other) const;
  /// 64 well-mixed bits that depend on the id alone.
  std::uint64_t hash() const;

 private:
  std::array<std::uint32_t, max_depth> parts_{};
  std::uint8_t depth_ = 0;
};

/// The last number of an id that stands for the rest of a scope whose expand broke off.
constexpr std::uint32_t rest_of_scope = 0xffffffff;

/// A part of the run that items belong to: `{"epoch", 1}`, `{"recording", 1/4}`. The scope "run" has an empty id.
struct Scope {
  std::string kind;
  ItemId id;
  bool operator==(const Scope&) const = default;
};

/// Values that travel beside a payload, one for each C++ type: a TimeGrid, a key geometry, the clip's name.
class Attachments {
 public:
  template <class T>
  void set(T value) {
    set(std::type_index(typeid(T)), std::make_shared<const T>(std::move(value)));
  }
  template <class T>
  const T* find() const {
    return static_cast<const T*>(find(std::type_index(typeid(T))));
  }
  bool empty() const { return values_.empty(); }
  /// Adds what `other` has and this has not.
  void inherit(const Attachments& other);
  /// Takes over everything that `other` has.
  void overlay(const Attachments& other);

 private:
  void set(std::type_index type, std::shared_ptr<const void> value);
  const void* find(std::type_index type) const;
  std::vector<std::pair<std::type_index, std::shared_ptr<const void>>> values_;
};

/// The name by which errors, reports and quarantine entries call an item: a clip, and the part of it meant.
struct SourceName {
  std::string clip;                ///< a file or a recording's name
  double begin_s = 0, end_s = -1;  ///< seconds of stream time; end < begin: the whole of it
  std::string text() const;
};

/// Why an item failed or was dropped. It takes the item's place on every edge.
struct Tombstone {
  std::string stage;
  std::string cause;
  bool dropped = false;  ///< dropped on purpose by a stage; otherwise failed
};

}  // namespace tivit
