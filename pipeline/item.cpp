#include <tivit/item.hpp>

#include <algorithm>
#include <cstdio>
#include <tivit/error.hpp>
#include <tivit/mix.hpp>

namespace tivit {

ItemId::ItemId(std::initializer_list<std::uint32_t> parts) {
  for (std::uint32_t part : parts) *this = child(part);
}

ItemId ItemId::child(std::uint32_t number) const {
  if (depth_ == max_depth) throw Error("item " + text() + " cannot hold a deeper scope", "nest at most 8 scopes");
  ItemId id = *this;
  id.parts_[id.depth_++] = number;
  return id;
}

ItemId ItemId::prefix(std::size_t depth) const {
  ItemId id;
  id.depth_ = static_cast<std::uint8_t>(std::min<std::size_t>(depth, depth_));
  std::copy_n(parts_.begin(), id.depth_, id.parts_.begin());
  return id;
}

std::string ItemId::text() const {
  std::string text;
  for (std::size_t i = 0; i < depth_; ++i) text += (i ? "/" : "") + std::to_string(parts_[i]);
  return text;
}

std::strong_ordering ItemId::operator<=>(const ItemId& other) const {
  return std::lexicographical_compare_three_way(parts_.begin(), parts_.begin() + depth_, other.parts_.begin(),
                                                other.parts_.begin() + other.depth_);
}

std::uint64_t ItemId::hash() const {
  std::uint64_t state = depth_;
  for (std::size_t i = 0; i < depth_; ++i) state = mixed(state + parts_[i]);
  return state;
}

void Attachments::set(std::type_index type, std::shared_ptr<const void> value) {
  for (auto& entry : values_)
    if (entry.first == type) {
      entry.second = std::move(value);
      return;
    }
  values_.emplace_back(type, std::move(value));
}

const void* Attachments::find(std::type_index type) const {
  for (const auto& entry : values_)
    if (entry.first == type) return entry.second.get();
  return nullptr;
}

void Attachments::inherit(const Attachments& other) {
  for (const auto& entry : other.values_)
    if (!find(entry.first)) values_.push_back(entry);
}

void Attachments::overlay(const Attachments& other) {
  for (const auto& entry : other.values_) set(entry.first, entry.second);
}

std::string SourceName::text() const {
  if (end_s < begin_s) return clip;
  char range[64];
  std::snprintf(range, sizeof range, " [%.3f s, %.3f s)", begin_s, end_s);
  return clip + range;
}

}  // namespace tivit
