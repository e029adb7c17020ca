#pragma once
// An unpickler's stack, its marks and its memo, and every container it has made. Throws Malformed.
#include <map>
#include <stages/data/pickle_classes.hpp>
#include <stages/data/pickle_reader.hpp>

namespace tivit::data {

class PickleStack {
 public:
  PickleStack() = default;
  PickleStack(const PickleStack&) = delete;
  PickleStack& operator=(const PickleStack&) = delete;
  /// Containers that are no part of the result may hold each other: emptied one by one, they are freed without recursion.
  ~PickleStack();

  void push(PickleSlot slot);
  void push(Object value) { push(PickleSlot{std::move(value)}); }
  void push_container(Object value);
  /// A tuple of plain values; or the arguments of a call, which hold a class or a storage too.
  void push_tuple(std::vector<PickleSlot> items);
  void mark() { marks_.push_back(slots_.size()); }
  PickleSlot pop();
  std::vector<PickleSlot> pop_to_mark();
  std::vector<PickleSlot> pop_some(std::size_t count);
  void drop();  ///< POP: a value, or a mark
  const PickleSlot& top() const;
  /// The value on top; Malformed when something else is there.
  Object top_value() const;
  void memoize(std::uint64_t index) { memo_[index] = top(); }
  const PickleSlot& remembered(std::uint64_t index) const;
  std::uint64_t memo_size() const { return memo_.size(); }

  /// The last thing left, which must be a tree of plain values, at most 100 deep.
  Object result();

  /// Throws Error when a class or storage stands where a value belongs.
  static Object plain(const PickleSlot& slot);

 private:
  int height_of(const Object& object, int depth);

  std::vector<PickleSlot> slots_;
  std::vector<std::size_t> marks_;
  std::map<std::uint64_t, PickleSlot> memo_;
  std::vector<Object> containers_;
  std::map<const void*, int> kept_;  ///< containers of the result, and how deep they reach
};

}  // namespace tivit::data
