#include <tivit/port.hpp>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <set>
#include <tivit/error.hpp>

namespace tivit {
namespace {

const std::set<std::string>& dtype_names() {
  static const std::set<std::string> names{"bool", "u8", "i8", "i16", "i32", "i64", "f16", "bf16", "f32", "f64"};
  return names;
}

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  PortType whole() {
    PortType type = one();
    if (peek() != '\0') fail("the end");
    return type;
  }

 private:
  [[noreturn]] void fail(const std::string& expected) {
    throw Error("port type \"" + std::string(text_) + "\", character " + std::to_string(at_ + 1) + ": expected " + expected,
                "write for example f32[T,88], {onset: f32[T,88], ...} or the name of a type");
  }
  char peek() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
    return at_ < text_.size() ? text_[at_] : '\0';
  }
  bool accept(char c) {
    if (peek() != c) return false;
    ++at_;
    return true;
  }
  void expect(char c) {
    if (!accept(c)) fail(std::string("'") + c + "'");
  }
  bool accept_dots() {
    if (peek() != '.' || text_.substr(at_, 3) != "...") return false;
    at_ += 3;
    return true;
  }
  std::string word(const char* expected) {
    peek();
    const std::size_t begin = at_;
    while (at_ < text_.size() &&
           (std::isalnum(static_cast<unsigned char>(text_[at_])) || text_[at_] == '_' || text_[at_] == '.' || text_[at_] == '-'))
      ++at_;
    if (at_ == begin) fail(expected);
    return std::string(text_.substr(begin, at_ - begin));
  }
  PortType one() {
    if (peek() == '{') return record();
    PortType type;
    std::vector<std::string> names{word("a type")};
    while (accept('|')) names.push_back(word("an element type"));
    const bool elements = std::all_of(names.begin(), names.end(), [](const auto& n) { return dtype_names().count(n); });
    if (elements) {
      type.kind = "tensor";
      type.dtypes = std::move(names);
    } else if (names.size() == 1) {
      type.kind = names[0];
    } else {
      fail("element types only around '|'");
    }
    if (peek() == '[' && (type.kind == "tensor" || type.kind == "any")) {
      type.kind = "tensor";
      type.shape = shape();
    }
    return type;
  }
  std::optional<std::vector<Dim>> shape() {
    expect('[');
    if (accept_dots()) {
      expect(']');
      return std::nullopt;
    }
    std::vector<Dim> dims;
    if (accept(']')) return dims;
    do dims.push_back(dim());
    while (accept(','));
    expect(']');
    return dims;
  }
  Dim dim() {
    Dim dim;
    const std::string first = word("a size or a symbol");
    if (std::isdigit(static_cast<unsigned char>(first[0]))) {
      dim.number = number(first);
      if (accept('*')) dim.symbol = word("a symbol");
    } else {
      dim.symbol = first;
    }
    if (accept('/')) dim.divisor = number(word("a number"));
    if (dim.divisor == 0) fail("a divisor above 0");
    return dim;
  }
  std::int64_t number(const std::string& digits) {
    std::int64_t number = 0;
    const char* end = digits.data() + digits.size();
    if (const auto [after, error] = std::from_chars(digits.data(), end, number); error != std::errc{} || after != end) fail("a number");
    return number;
  }
  PortType record() {
    PortType type;
    type.kind = "record";
    expect('{');
    if (accept('}')) return type;
    do {
      if (accept_dots()) {
        type.open = true;
        break;
      }
      std::string name = word("a field name");
      expect(':');
      type.fields.push_back({std::move(name), one()});
    } while (accept(','));
    expect('}');
    return type;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

std::string shape_text(const std::vector<std::int64_t>& sizes) {
  std::string text = "[";
  for (std::size_t i = 0; i < sizes.size(); ++i) text += (i ? "," : "") + std::to_string(sizes[i]);
  return text + "]";
}

}  // namespace

std::string Dim::text() const {
  std::string text = symbol.empty() ? std::to_string(number) : (number == 1 ? "" : std::to_string(number) + "*") + symbol;
  return divisor == 1 ? text : text + "/" + std::to_string(divisor);
}

PortType PortType::parse(std::string_view text) { return Parser(text).whole(); }

std::string PortType::text() const {
  if (kind == "record") {
    std::string text = "{";
    for (const auto& field : fields) text += (text.size() > 1 ? ", " : "") + field.name + ": " + field.type.text();
    if (open) text += text.size() > 1 ? ", ..." : "...";
    return text + "}";
  }
  if (kind != "tensor") return kind;
  std::string text;
  for (const auto& dtype : dtypes) text += (text.empty() ? "" : "|") + dtype;
  if (text.empty()) text = "any";
  if (!shape) return text + "[...]";
  text += "[";
  for (std::size_t i = 0; i < shape->size(); ++i) text += (i ? "," : "") + (*shape)[i].text();
  return text + "]";
}

std::optional<std::string> match_shape(const std::vector<std::int64_t>& sizes, const std::vector<Dim>& pattern, Symbols& symbols) {
  if (sizes.size() != pattern.size())
    return "has " + std::to_string(sizes.size()) + " axes " + shape_text(sizes) + ", expected " + std::to_string(pattern.size());
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    const Dim& dim = pattern[i];
    std::int64_t expected = dim.number;
    if (!dim.symbol.empty()) {
      const auto known = symbols.find(dim.symbol);
      if (known == symbols.end()) {
        // Only a bare symbol tells its value; `T/2` alone leaves room for two values of T.
        if (dim.number == 1 && dim.divisor == 1) symbols[dim.symbol] = sizes[i];
        continue;
      }
      expected *= known->second;
    }
    expected /= dim.divisor;
    if (sizes[i] != expected)
      return "has shape " + shape_text(sizes) + ", but axis " + std::to_string(i) + " (" + dim.text() + ") must be " +
             std::to_string(expected);
  }
  return std::nullopt;
}

std::optional<std::string> Payload::check(const PortType& type, Symbols& symbols) const {
  if (type.kind == "any") return std::nullopt;
  if (!data_) return "is missing, expected " + type.text();
  if (ops_->name != type.kind) return "is a " + std::string(ops_->name) + ", expected " + type.text();
  return ops_->check(data_.get(), type, symbols);
}

void Payload::refuse_as(std::string_view wanted) const {
  if (!ops_) throw Error("there is no value, and a \"" + std::string(wanted) + "\" is wanted");
  if (ops_->name == wanted)
    throw Error("\"" + std::string(wanted) + "\" is here another C++ type of that name",
                "a plugin brings its own: give its type a name of its own (PortTraits), or use the installed header");
  throw Error("a \"" + std::string(ops_->name) + "\" is no \"" + std::string(wanted) + "\"");
}

Payload Payload::field(std::string_view name) const { return data_ ? ops_->field(data_.get(), name) : Payload{}; }

Payload Payload::with(std::shared_ptr<const void> companion) const {
  Payload payload = *this;
  auto both = std::make_shared<std::pair<std::shared_ptr<const void>, std::shared_ptr<const void>>>(data_, std::move(companion));
  payload.data_ = std::shared_ptr<const void>(std::move(both), data_.get());
  return payload;
}

}  // namespace tivit
