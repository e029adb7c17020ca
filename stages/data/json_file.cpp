#include <algorithm>
#include <functional>
#include <iterator>
#include <stages/data/json_file.hpp>
#include <tivit/atomic_file.hpp>
#include <tivit/text/place.hpp>
#include <vector>

namespace tivit::data {
namespace {

using nlohmann::json;

/// Reads characters and tells how many were read so far.
struct CountingIterator {
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;
  const char* at;
  std::size_t* read;
  reference operator*() const { return *at; }
  CountingIterator& operator++() { return ++at, ++*read, *this; }
  CountingIterator operator++(int) { return {at++, (++*read, read)}; }
  bool operator==(const CountingIterator& other) const { return at == other.at; }
};

/// Hears of every token just after its last character was read.
class Listener final : public nlohmann::json_sax<json> {
 public:
  explicit Listener(const std::string& text) : text_(text) {}
  std::size_t read = 0;
  std::function<void(const std::string& pointer, std::size_t key, std::size_t value)> on_key;  ///< offsets of their first characters
  std::function<void(const std::string& pointer, std::size_t first, std::size_t second)> on_twice;
  std::function<void(const std::string& pointer, std::size_t value)> on_element;  ///< an object or list in a list

  bool null() override { return next(); }
  bool boolean(bool) override { return next(); }
  bool number_integer(number_integer_t) override { return next(); }
  bool number_unsigned(number_unsigned_t) override { return next(); }
  bool number_float(number_float_t, const string_t&) override { return next(); }
  bool string(string_t&) override { return next(); }
  bool binary(binary_t&) override { return next(); }
  bool start_object(std::size_t) override { return open(); }
  bool start_array(std::size_t) override { return open(true); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }
  bool key(string_t& name) override {
    std::size_t begin = read - 1;  // its closing quotation mark
    do begin = text_.rfind('"', begin - 1);
    while (escaped(begin));
    auto& level = levels_.back();
    level.step = json::json_pointer("").operator/=(name).to_string();
    const auto [known, added] = level.keys.emplace(name, begin);
    if (!added) on_twice(pointer(), known->second, begin);
    on_key(pointer(), begin, text_.find_first_not_of(" \t\r\n", text_.find(':', read) + 1));
    return true;
  }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override { return false; }

 private:
  struct Level {
    bool list = false;
    std::size_t index = 0;
    std::string step;                         ///< "/name" of the key that was read last
    std::map<std::string, std::size_t> keys;  ///< where each began
  };
  bool escaped(std::size_t mark) const {
    std::size_t strokes = 0;
    while (strokes < mark && text_[mark - 1 - strokes] == '\\') ++strokes;
    return strokes % 2 == 1;
  }
  std::string pointer() const {
    std::string all;
    for (const auto& level : levels_) all += level.list ? "/" + std::to_string(level.index) : level.step;
    return all;
  }
  bool next() {
    if (!levels_.empty()) ++levels_.back().index;
    return true;
  }
  bool open(bool list = false) {
    if (!levels_.empty() && levels_.back().list) on_element(pointer(), read - 1);
    levels_.push_back({list, 0, "", {}});
    return true;
  }
  bool close() { return levels_.pop_back(), next(); }

  const std::string& text_;
  std::vector<Level> levels_;
};

}  // namespace

JsonFile::JsonFile(const std::filesystem::path& file, const std::string& remedy) : file_(file.string()), text_(read_file(file)) {
  try {
    content_ = json::parse(text_);
  } catch (const json::parse_error& error) {
    throw Error(place_in(text_, error.byte, file_), "is no JSON", remedy);
  } catch (const json::out_of_range&) {
    throw Error("a number in it is beyond any double", remedy, file_);
  }
  Listener listener(text_);
  listener.on_key = [this](const std::string& pointer, std::size_t key, std::size_t value) {
    keys_[pointer] = key;
    values_[pointer] = value;
  };
  listener.on_element = [this](const std::string& pointer, std::size_t value) { keys_[pointer] = values_[pointer] = value; };
  listener.on_twice = [this](const std::string& pointer, std::size_t first, std::size_t second) {
    throw Error(place_in(text_, second + 1, file_), "\"" + pointer.substr(pointer.rfind('/') + 1) + "\" stands here a second time",
                "keep one of the two; the first is in line " + std::to_string(place_in(text_, first + 1, file_).line));
  };
  json::sax_parse(CountingIterator{text_.data(), &listener.read}, CountingIterator{text_.data() + text_.size(), nullptr}, &listener);
}

Origin JsonFile::nearest(const Places& places, std::string pointer) const {
  for (; !pointer.empty(); pointer.erase(pointer.rfind('/')))
    if (const auto found = places.find(pointer); found != places.end()) return place_in(text_, found->second + 1, file_);
  return {file_, 0, 0};
}

}  // namespace tivit::data
