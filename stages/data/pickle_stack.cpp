#include <algorithm>
#include <stages/data/pickle_stack.hpp>
#include <tivit/error.hpp>

namespace tivit::data {
namespace {

const void* address_of(const Object& object) {
  if (object.list()) return object.list();
  return object.tuple() ? static_cast<const void*>(object.tuple()) : object.dict();
}

bool is_value(const PickleSlot& slot) { return std::holds_alternative<Object>(slot.value); }

}  // namespace

PickleStack::~PickleStack() {
  for (const auto& container : containers_) {
    if (kept_.contains(address_of(container))) continue;
    if (container.list()) container.list()->clear();
    if (container.tuple()) container.tuple()->clear();
    if (container.dict()) container.dict()->clear();
  }
}

void PickleStack::push(PickleSlot slot) {
  if (slots_.size() > 1'000'000) throw Malformed{"its stack grows without end"};
  slots_.push_back(std::move(slot));
}

void PickleStack::push_container(Object value) {
  if (address_of(value)) containers_.push_back(value);
  push(std::move(value));
}

void PickleStack::push_tuple(std::vector<PickleSlot> items) {
  if (!std::all_of(items.begin(), items.end(), is_value)) {
    // Arguments of a call or a storage reference: at most one level more, so no deep nesting can come of it.
    for (const auto& item : items)
      if (std::holds_alternative<std::vector<PickleSlot>>(item.value)) throw Malformed{"classes are nested too deeply"};
    return push(PickleSlot{std::move(items)});
  }
  Object::List values;
  for (auto& item : items) values.push_back(std::get<Object>(std::move(item.value)));
  push_container(Object::Tuple{std::move(values)});
}

PickleSlot PickleStack::pop() {
  if (slots_.empty() || (!marks_.empty() && marks_.back() == slots_.size())) throw Malformed{"its stack is empty"};
  auto slot = std::move(slots_.back());
  slots_.pop_back();
  return slot;
}

std::vector<PickleSlot> PickleStack::pop_to_mark() {
  if (marks_.empty()) throw Malformed{"there is no mark"};
  const auto begin = slots_.begin() + static_cast<std::ptrdiff_t>(marks_.back());
  std::vector<PickleSlot> items(std::make_move_iterator(begin), std::make_move_iterator(slots_.end()));
  slots_.erase(begin, slots_.end());
  marks_.pop_back();
  return items;
}

std::vector<PickleSlot> PickleStack::pop_some(std::size_t count) {
  std::vector<PickleSlot> items(count);
  for (std::size_t i = count; i-- > 0;) items[i] = pop();
  return items;
}

void PickleStack::drop() {
  if (!marks_.empty() && marks_.back() == slots_.size())
    marks_.pop_back();
  else
    pop();
}

const PickleSlot& PickleStack::top() const {
  if (slots_.empty()) throw Malformed{"its stack is empty"};
  return slots_.back();
}

Object PickleStack::top_value() const {
  if (!is_value(top())) throw Malformed{"its stack holds no value"};
  return std::get<Object>(top().value);
}

const PickleSlot& PickleStack::remembered(std::uint64_t index) const {
  const auto found = memo_.find(index);
  if (found == memo_.end()) throw Malformed{"it asks for a value that was never stored"};
  return found->second;
}

Object PickleStack::result() {
  const auto last = pop();
  if (!slots_.empty()) throw Malformed{"values are left over"};
  if (!is_value(last)) throw Malformed{"it holds a bare class"};
  auto value = std::get<Object>(last.value);
  try {
    height_of(value, 0);
  } catch (...) {
    kept_.clear();
    throw;
  }
  return value;
}

Object PickleStack::plain(const PickleSlot& slot) {
  if (is_value(slot)) return std::get<Object>(slot.value);
  if (const auto* type = std::get_if<PickleClass>(&slot.value))
    throw Error("it stores the class " + type->name + " as a value", "only plain values and tensors are read");
  if (std::holds_alternative<StorageReference>(slot.value))
    throw Error("it stores a bare storage", "only plain values and tensors are read");
  const auto& items = std::get<std::vector<PickleSlot>>(slot.value);
  return plain(*std::find_if_not(items.begin(), items.end(), is_value));
}

int PickleStack::height_of(const Object& object, int depth) {
  constexpr int deepest = 100;
  const void* address = address_of(object);
  if (!address) return 0;
  if (depth > deepest) throw Malformed{"its values contain themselves or lie too deep"};
  if (const auto known = kept_.find(address); known == kept_.end()) {
    int below = 0;
    if (auto* list = object.list() ? object.list() : object.tuple())
      for (const auto& item : *list) below = std::max(below, height_of(item, depth + 1));
    if (auto* dict = object.dict())
      for (const auto& [key, value] : *dict) below = std::max({below, height_of(key, depth + 1), height_of(value, depth + 1)});
    kept_[address] = below + 1;
  }
  const int height = kept_[address];
  if (height + depth > deepest + 1) throw Malformed{"its values contain themselves or lie too deep"};
  return height;
}

}  // namespace tivit::data
