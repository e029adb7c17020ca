#include <charconv>
#include <set>
#include <stages/data/npy_header.hpp>
#include <tivit/error.hpp>

namespace tivit::data {
namespace {

constexpr std::string_view magic = "\x93NUMPY";

/// Reads the literal `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }`.
class Literal {
 public:
  Literal(std::string_view text, const std::string& where) : text_(text), where_(where) {}

  NpyHeader header() {
    NpyHeader header;
    std::set<std::string> seen;
    expect('{');
    while (!accept('}')) {
      const std::string key = quoted();
      expect(':');
      if (!seen.insert(key).second) fail("\"" + key + "\" stands in it twice");
      if (key == "descr")
        header.descr = peek() == '[' ? fail("structured arrays are not read; store each column as an array of its own"), "" : quoted();
      else if (key == "fortran_order")
        header.fortran_order = boolean();
      else if (key == "shape")
        header.shape = tuple();
      else
        fail("unknown entry \"" + key + "\"");
      if (!accept(',') && peek() != '}') fail("expected \",\" or \"}\"");
    }
    if (seen.size() != 3) fail("it must name descr, fortran_order and shape");
    return header;
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw Error("the header of the array cannot be read: " + what, "save it again with NumPy", where_);
  }
  char peek() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n')) ++at_;
    return at_ < text_.size() ? text_[at_] : '\0';
  }
  bool accept(char c) { return peek() == c ? ++at_, true : false; }
  void expect(char c) {
    if (!accept(c)) fail(std::string("expected \"") + c + "\"");
  }
  std::string quoted() {
    const char quote = peek();
    if (quote != '\'' && quote != '"') fail("expected a quoted word");
    const auto end = text_.find(quote, at_ + 1);
    if (end == std::string_view::npos) fail("a quote is not closed");
    std::string word(text_.substr(at_ + 1, end - at_ - 1));
    at_ = end + 1;
    return word;
  }
  bool boolean() {
    peek();
    for (const bool value : {true, false})
      if (const std::string_view word = value ? "True" : "False"; text_.substr(at_, word.size()) == word) return at_ += word.size(), value;
    fail("expected True or False");
  }
  std::vector<std::int64_t> tuple() {
    std::vector<std::int64_t> sizes;
    expect('(');
    while (!accept(')')) {
      peek();
      std::int64_t size = 0;
      const auto [end, error] = std::from_chars(text_.data() + at_, text_.data() + text_.size(), size);
      if (error != std::errc() || size < 0) fail("the shape holds something other than sizes");
      at_ = static_cast<std::size_t>(end - text_.data());
      accept('L');  // Python 2 wrote 3L
      sizes.push_back(size);
      if (!accept(',') && peek() != ')') fail("expected \",\" or \")\"");
    }
    return sizes;
  }

  std::string_view text_;
  const std::string& where_;
  std::size_t at_ = 0;
};

}  // namespace

NpyHeader parse_npy_header(std::string_view bytes, const std::string& where) {
  if (bytes.size() < 10 || bytes.substr(0, magic.size()) != magic) throw Error("is not a NumPy array", "", where);
  const int version = static_cast<unsigned char>(bytes[6]);
  if (version < 1 || version > 3)
    throw Error("is written in version " + std::to_string(version) + " of the .npy format", "versions 1 to 3 are read", where);
  const std::size_t width = version == 1 ? 2 : 4;
  std::size_t length = 0;
  for (std::size_t i = 0; i < width && 8 + i < bytes.size(); ++i)
    length |= std::size_t(static_cast<unsigned char>(bytes[8 + i])) << (8 * i);
  if (bytes.size() < 8 + width || bytes.size() - 8 - width < length)
    throw Error("the array ends inside its header", "the file is incomplete", where);
  auto header = Literal(bytes.substr(8 + width, length), where).header();
  header.data_begin = 8 + width + length;
  return header;
}

std::string npy_header_bytes(const NpyHeader& header) {
  std::string text = "{'descr': '" + header.descr + "', 'fortran_order': " + (header.fortran_order ? "True" : "False") + ", 'shape': (";
  for (std::size_t i = 0; i < header.shape.size(); ++i) text += (i ? ", " : "") + std::to_string(header.shape[i]);
  text += header.shape.size() == 1 ? ",), }" : "), }";
  text.append(63 - (text.size() + 10) % 64, ' ').append("\n");
  std::string out(magic);
  out += {'\x01', '\x00', static_cast<char>(text.size() & 0xff), static_cast<char>(text.size() >> 8)};
  return out + text;
}

}  // namespace tivit::data
