#include <algorithm>
#include <cstring>
#include <map>
#include <stages/data/pickle_classes.hpp>
#include <stages/data/unpickle.hpp>
#include <tivit/error.hpp>

namespace tivit::data {
namespace {

class Unpickler {
 public:
  Unpickler(std::string_view bytes, const StorageSource& storages) : bytes_(bytes), build_{storages} {}

  Unpickled run() {
    while (true) {
      const auto opcode = static_cast<unsigned char>(take(1)[0]);
      if (opcode == '.') break;
      step(opcode);
    }
    const PickleSlot last = pop();
    if (!stack_.empty()) fail("values are left over");
    const auto* value = std::get_if<Object>(&last.value);
    if (!value) fail("it holds a bare class");
    check_depth(*value);
    return {*value, at_};
  }

  /// Containers that are no part of the result may hold each other: emptied one by one, they are freed without recursion.
  ~Unpickler() {
    for (const auto& container : containers_) {
      if (kept_.contains(address_of(container))) continue;
      if (container.list()) container.list()->clear();
      if (container.tuple()) container.tuple()->clear();
      if (container.dict()) container.dict()->clear();
    }
  }

 private:
  using List = Object::List;
  [[noreturn]] void fail(const std::string& what) const {
    throw Error("the pickle cannot be read: " + what + " (byte " + std::to_string(at_) + ")");
  }

  std::string_view take(std::size_t count) {
    if (bytes_.size() - at_ < count) fail("it ends too early");
    at_ += count;
    return bytes_.substr(at_ - count, count);
  }
  std::uint64_t number(std::size_t width) {
    std::uint64_t value = 0;
    const auto raw = take(width);
    for (std::size_t i = width; i-- > 0;) value = value << 8 | static_cast<unsigned char>(raw[i]);
    return value;
  }
  std::string line() {
    const auto end = bytes_.find('\n', at_);
    if (end == std::string_view::npos) fail("it ends too early");
    std::string text(take(end - at_));
    take(1);
    return text;
  }
  std::int64_t long_integer(std::size_t width) {
    if (width > 8) fail("it holds a number of more than 64 bits");
    const auto raw = take(width);
    std::int64_t value = width && (raw.back() & 0x80) ? -1 : 0;
    for (std::size_t i = width; i-- > 0;)
      value = static_cast<std::int64_t>(static_cast<std::uint64_t>(value) << 8 | static_cast<unsigned char>(raw[i]));
    return value;
  }
  double big_endian_double() {
    const auto raw = take(8);
    std::uint64_t bits = 0;
    for (const unsigned char c : raw) bits = bits << 8 | c;
    double value;
    std::memcpy(&value, &bits, 8);
    return value;
  }

  void push(PickleSlot slot) {
    if (stack_.size() > 1'000'000) fail("its stack grows without end");
    stack_.push_back(std::move(slot));
  }
  void push(Object value) { push(PickleSlot{std::move(value)}); }
  void push_container(Object value) {
    containers_.push_back(value);
    push(std::move(value));
  }
  PickleSlot pop() {
    if (stack_.empty() || (!marks_.empty() && marks_.back() == stack_.size())) fail("its stack is empty");
    auto slot = std::move(stack_.back());
    stack_.pop_back();
    return slot;
  }
  Object pop_value() { return plain(pop()); }
  Object plain(const PickleSlot& slot) const {
    if (const auto* value = std::get_if<Object>(&slot.value)) return *value;
    if (const auto* type = std::get_if<PickleClass>(&slot.value))
      throw Error("it stores the class " + type->name + " as a value", "only plain values and tensors are read");
    if (std::holds_alternative<StorageReference>(slot.value))
      throw Error("it stores a bare storage", "only plain values and tensors are read");
    return plain(*std::find_if(std::get<3>(slot.value).begin(), std::get<3>(slot.value).end(),
                               [](const auto& item) { return !std::get_if<Object>(&item.value); }));
  }
  std::vector<PickleSlot> pop_to_mark() {
    if (marks_.empty()) fail("there is no mark");
    std::vector<PickleSlot> items(std::make_move_iterator(stack_.begin() + static_cast<std::ptrdiff_t>(marks_.back())),
                                  std::make_move_iterator(stack_.end()));
    stack_.resize(marks_.back());
    marks_.pop_back();
    return items;
  }
  Object& top() {
    if (stack_.empty() || !std::get_if<Object>(&stack_.back().value)) fail("its stack is empty");
    return std::get<Object>(stack_.back().value);
  }
  void push_tuple(std::vector<PickleSlot> items) {
    const bool all_values =
        std::all_of(items.begin(), items.end(), [](const auto& item) { return std::holds_alternative<Object>(item.value); });
    if (!all_values) {
      // Arguments of a call or a storage reference: at most one level more, so no deep nesting can come of it.
      for (const auto& item : items)
        if (std::holds_alternative<std::vector<PickleSlot>>(item.value)) fail("classes are nested too deeply");
      return push(PickleSlot{std::move(items)});
    }
    List values;
    for (auto& item : items) values.push_back(std::get<Object>(std::move(item.value)));
    push_container(Object::Tuple{std::move(values)});
  }
  void tuple_of(std::size_t count) {
    std::vector<PickleSlot> items(count);
    for (std::size_t i = count; i-- > 0;) items[i] = pop();
    push_tuple(std::move(items));
  }
  void append(std::vector<PickleSlot> items) {
    auto* list = top().list();
    if (!list) fail("it appends to something that is no list");
    for (const auto& item : items) list->push_back(plain(item));
  }
  void set_items(const std::vector<PickleSlot>& items) {
    auto* dict = top().dict();
    if (!dict || items.size() % 2) fail("it sets an item of something that is no dict");
    for (std::size_t i = 0; i < items.size(); i += 2) dict->emplace_back(plain(items[i]), plain(items[i + 1]));
  }
  void memoize(std::uint64_t index) {
    if (stack_.empty()) fail("its stack is empty");
    memo_[index] = stack_.back();
  }
  void get(std::uint64_t index) {
    const auto found = memo_.find(index);
    if (found == memo_.end()) fail("it asks for a value that was never stored");
    push(found->second);
  }
  void reduce() {
    const auto arguments = pop();
    const auto callee = pop();
    const auto* type = std::get_if<PickleClass>(&callee.value);
    if (!type) fail("it calls something that is no class");
    auto result = build_.call(*type, arguments);
    if (result.list() || result.tuple() || result.dict()) containers_.push_back(result);
    push(std::move(result));
  }
  /// BUILD sets attributes. An OrderedDict's (`_metadata`: versions of modules) are not kept; nothing else may have any.
  void build() {
    pop();
    if (!top().dict()) fail("it sets attributes of something that is no OrderedDict");
  }
  static const void* address_of(const Object& object) {
    if (object.list()) return object.list();
    return object.tuple() ? static_cast<const void*>(object.tuple()) : object.dict();
  }
  void step(unsigned char opcode);
  void check_depth(const Object& root);

  std::string_view bytes_;
  std::size_t at_ = 0;
  PickleBuilder build_;
  std::vector<PickleSlot> stack_;
  std::vector<std::size_t> marks_;
  std::map<std::uint64_t, PickleSlot> memo_;
  std::vector<Object> containers_;
  std::map<const void*, int> kept_;  ///< containers of the result, and how deep they reach
};

void Unpickler::step(unsigned char opcode) {
  switch (opcode) {
    case 0x80:  // PROTO
      if (number(1) > 5) fail("its protocol is newer than 5");
      return;
    case 0x95: return void(number(8));  // FRAME
    case '(': return marks_.push_back(stack_.size());
    case '0': return stack_.size() && !marks_.empty() && marks_.back() == stack_.size() ? marks_.pop_back() : void(pop());  // POP
    case '1': return void(pop_to_mark());
    case '2':  // DUP
      if (stack_.empty()) fail("its stack is empty");
      return push(PickleSlot(stack_.back()));
    case 'N': return push(Object());
    case 0x88: return push(Object(true));
    case 0x89: return push(Object(false));
    case 'J': return push(Object(std::int64_t{static_cast<std::int32_t>(number(4))}));
    case 'K': return push(Object(static_cast<std::int64_t>(number(1))));
    case 'M': return push(Object(static_cast<std::int64_t>(number(2))));
    case 0x8a: return push(Object(long_integer(number(1))));
    case 0x8b: return push(Object(long_integer(number(4))));
    case 'G': return push(Object(big_endian_double()));
    case 'X': return push(Object(std::string(take(number(4)))));
    case 0x8c: return push(Object(std::string(take(number(1)))));
    case 0x8d: return push(Object(std::string(take(number(8)))));
    case 'U':
    case 'C': return push(Object(std::string(take(number(1)))));  // SHORT_BINSTRING, SHORT_BINBYTES
    case 'T':
    case 'B': return push(Object(std::string(take(number(4)))));  // BINSTRING, BINBYTES
    case ']': return push_container(Object(List{}));
    case '}': return push_container(Object(Object::Dict{}));
    case ')': return push_tuple({});
    case 0x85: return tuple_of(1);
    case 0x86: return tuple_of(2);
    case 0x87: return tuple_of(3);
    case 't': return push_tuple(pop_to_mark());
    case 'l': {
      auto items = pop_to_mark();
      push_container(Object(List{}));
      return append(std::move(items));
    }
    case 'd': {
      const auto items = pop_to_mark();
      push_container(Object(Object::Dict{}));
      return set_items(items);
    }
    case 'a': {
      auto item = pop();
      return append({std::move(item)});
    }
    case 'e': return append(pop_to_mark());
    case 's': {
      std::vector<PickleSlot> items(2);
      items[1] = pop();
      items[0] = pop();
      return set_items(items);
    }
    case 'u': return set_items(pop_to_mark());
    case 'q': return memoize(number(1));
    case 'r': return memoize(number(4));
    case 0x94: return memoize(memo_.size());
    case 'h': return get(number(1));
    case 'j': return get(number(4));
    case 'c': {
      const auto module = line();
      return push(PickleSlot{PickleClass::allowed(module, line())});
    }
    case 0x93: {
      const auto name = pop_value(), module = pop_value();
      if (!name.text() || !module.text()) fail("a class is named by something other than text");
      return push(PickleSlot{PickleClass::allowed(*module.text(), *name.text())});
    }
    case 'R': return reduce();
    case 'b': return build();
    case 'Q': return push(PickleSlot{PickleBuilder::storage(pop())});
    default: fail("opcode " + std::to_string(opcode) + " is not needed for plain values and is refused");
  }
}

void Unpickler::check_depth(const Object& root) {
  constexpr int deepest = 100;
  std::map<const void*, int> heights;
  const auto height = [&](const auto& self, const Object& object, int depth) -> int {
    const void* address = address_of(object);
    if (!address) return 0;
    if (depth > deepest) fail("its values contain themselves or lie too deep");
    if (const auto known = heights.find(address); known != heights.end()) return known->second;
    int below = 0;
    if (auto* list = object.list())
      for (const auto& item : *list) below = std::max(below, self(self, item, depth + 1));
    if (auto* tuple = object.tuple())
      for (const auto& item : *tuple) below = std::max(below, self(self, item, depth + 1));
    if (auto* dict = object.dict())
      for (const auto& [key, value] : *dict) below = std::max({below, self(self, key, depth + 1), self(self, value, depth + 1)});
    if (below + depth > deepest) fail("its values contain themselves or lie too deep");
    return heights[address] = below + 1;
  };
  height(height, root, 0);
  kept_ = std::move(heights);
}

}  // namespace

Unpickled unpickle(std::string_view bytes, const StorageSource& storages) { return Unpickler(bytes, storages).run(); }

}  // namespace tivit::data
