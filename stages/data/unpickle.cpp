#include <stages/data/pickle_stack.hpp>
#include <stages/data/unpickle.hpp>
#include <tivit/error.hpp>

namespace tivit::data {
namespace {

class Unpickler {
 public:
  Unpickler(std::string_view bytes, const StorageSource& storages) : in_(bytes), builder_{storages} {}

  Unpickled run() {
    try {
      while (true) {
        const auto opcode = static_cast<unsigned char>(in_.take(1)[0]);
        if (opcode == '.') return {stack_.result(), in_.at()};
        step(opcode);
      }
    } catch (const Malformed& malformed) {
      throw Error("the pickle cannot be read: " + std::string(malformed.what()) + " (byte " + std::to_string(in_.at()) + ")");
    }
  }

 private:
  using Slots = std::vector<PickleSlot>;

  void step(unsigned char opcode);
  void append(const Slots& items) {
    auto* list = stack_.top_value().list();
    if (!list) throw Malformed{"it appends to something that is no list"};
    for (const auto& item : items) list->push_back(PickleStack::plain(item));
  }
  void set_items(const Slots& items) {
    auto* dict = stack_.top_value().dict();
    if (!dict || items.size() % 2) throw Malformed{"it sets an item of something that is no dict"};
    for (std::size_t i = 0; i < items.size(); i += 2) dict->emplace_back(PickleStack::plain(items[i]), PickleStack::plain(items[i + 1]));
  }
  void name_class(const std::string& module, const std::string& name) { stack_.push(PickleSlot{PickleClass::allowed(module, name)}); }
  void name_class_on_stack() {
    const auto names = stack_.pop_some(2);
    const auto module = PickleStack::plain(names[0]), name = PickleStack::plain(names[1]);
    if (!name.text() || !module.text()) throw Malformed{"a class is named by something other than text"};
    name_class(*module.text(), *name.text());
  }
  void reduce() {
    const auto call = stack_.pop_some(2);
    const auto* type = std::get_if<PickleClass>(&call[0].value);
    if (!type) throw Malformed{"it calls something that is no class"};
    stack_.push_container(builder_.call(*type, call[1]));
  }
  /// BUILD sets attributes. An OrderedDict's (`_metadata`: versions of modules) are not kept; nothing else may have any.
  void build() {
    stack_.pop();
    if (!stack_.top_value().dict()) throw Malformed{"it sets attributes of something that is no OrderedDict"};
  }

  PickleReader in_;
  PickleBuilder builder_;
  PickleStack stack_;
};

void Unpickler::step(unsigned char opcode) {
  switch (opcode) {
    case 0x80:  // PROTO
      if (in_.number(1) > 5) throw Malformed{"its protocol is newer than 5"};
      return;
    case 0x95: return void(in_.number(8));  // FRAME
    case '(': return stack_.mark();
    case '0': return stack_.drop();
    case '1': return void(stack_.pop_to_mark());
    case '2': return stack_.push(PickleSlot(stack_.top()));
    case 'N': return stack_.push(Object());
    case 0x88: return stack_.push(Object(true));
    case 0x89: return stack_.push(Object(false));
    case 'J': return stack_.push(Object(in_.long_integer(4)));
    case 'K': return stack_.push(Object(static_cast<std::int64_t>(in_.number(1))));
    case 'M': return stack_.push(Object(static_cast<std::int64_t>(in_.number(2))));
    case 0x8a: return stack_.push(Object(in_.long_integer(in_.number(1))));
    case 0x8b: return stack_.push(Object(in_.long_integer(in_.number(4))));
    case 'G': return stack_.push(Object(in_.big_endian_double()));
    case 0x8c:
    case 'U':
    case 'C': return stack_.push(Object(in_.text(1)));  // SHORT_BINUNICODE, SHORT_BINSTRING, SHORT_BINBYTES
    case 'X':
    case 'T':
    case 'B': return stack_.push(Object(in_.text(4)));   // BINUNICODE, BINSTRING, BINBYTES
    case 0x8d: return stack_.push(Object(in_.text(8)));  // BINUNICODE8
    case ']': return stack_.push_container(Object::List{});
    case '}': return stack_.push_container(Object::Dict{});
    case ')': return stack_.push_tuple({});
    case 0x85: return stack_.push_tuple(stack_.pop_some(1));
    case 0x86: return stack_.push_tuple(stack_.pop_some(2));
    case 0x87: return stack_.push_tuple(stack_.pop_some(3));
    case 't': return stack_.push_tuple(stack_.pop_to_mark());
    case 'l': {
      const auto items = stack_.pop_to_mark();
      stack_.push_container(Object::List{});
      return append(items);
    }
    case 'd': {
      const auto items = stack_.pop_to_mark();
      stack_.push_container(Object::Dict{});
      return set_items(items);
    }
    case 'a': return append(stack_.pop_some(1));
    case 'e': return append(stack_.pop_to_mark());
    case 's': return set_items(stack_.pop_some(2));
    case 'u': return set_items(stack_.pop_to_mark());
    case 'q': return stack_.memoize(in_.number(1));
    case 'r': return stack_.memoize(in_.number(4));
    case 0x94: return stack_.memoize(stack_.memo_size());
    case 'h': return stack_.push(PickleSlot(stack_.remembered(in_.number(1))));
    case 'j': return stack_.push(PickleSlot(stack_.remembered(in_.number(4))));
    case 'c': {
      const auto module = in_.line();
      return name_class(module, in_.line());
    }
    case 0x93: return name_class_on_stack();
    case 'R': return reduce();
    case 'b': return build();
    case 'Q': return stack_.push(PickleBuilder::storage(stack_.pop()));
    default: throw Malformed{"opcode " + std::to_string(opcode) + " is not needed for plain values and is refused"};
  }
}

}  // namespace

Unpickled unpickle(std::string_view bytes, const StorageSource& storages) { return Unpickler(bytes, storages).run(); }

}  // namespace tivit::data
