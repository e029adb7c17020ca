#include <tivit/text/toml_file.hpp>

#include <toml++/toml.h>

#include <algorithm>
#include <tivit/atomic_file.hpp>
#include <tivit/missing_path.hpp>

namespace tivit {
namespace {

class Converter {
 public:
  Converter(const std::string& name, Mistakes& mistakes) : name_(name), mistakes_(mistakes) {}

  Value convert(const toml::node& node) const {
    Value value;
    value.origin = place(node.source());
    if (const auto* table = node.as_table()) {
      Value::Table entries;
      for (const auto& [key, child] : *table) entries.push_back({std::string(key.str()), place(key.source()), convert(child)});
      std::stable_sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) {
        return std::pair(a.origin.line, a.origin.column) < std::pair(b.origin.line, b.origin.column);
      });
      value.data = std::move(entries);
    } else if (const auto* array = node.as_array()) {
      Value::List list;
      for (const auto& child : *array) list.push_back(convert(child));
      value.data = std::move(list);
    } else if (const auto* text = node.as_string()) {
      value.data = text->get();
    } else if (const auto* integer = node.as_integer()) {
      value.data = integer->get();
    } else if (const auto* number = node.as_floating_point()) {
      value.data = number->get();
    } else if (const auto* flag = node.as_boolean()) {
      value.data = flag->get();
    } else {
      mistakes_.add(value.origin, "dates and times of day have no meaning in a graph", "write it in quotes if a text is meant");
    }
    return value;
  }

 private:
  Origin place(const toml::source_region& source) const {
    return {name_, static_cast<int>(source.begin.line), static_cast<int>(source.begin.column)};
  }
  const std::string& name_;
  Mistakes& mistakes_;
};

}  // namespace

Value parse_toml(const std::string& text, const std::string& name, Mistakes& mistakes) {
  try {
    const toml::table table = toml::parse(std::string_view(text), std::string_view(name));
    return Converter(name, mistakes).convert(table);
  } catch (const toml::parse_error& error) {
    const auto& begin = error.source().begin;
    const std::string problem(error.description());
    const bool twice = problem.find("redefine") != std::string::npos;
    throw Error(Origin{name, static_cast<int>(begin.line), static_cast<int>(begin.column)}, "not TOML: " + problem,
                twice ? "keep one of the two; what follows was not read" : "mend the syntax; what follows was not read");
  }
}

Value read_toml(const std::filesystem::path& file, Mistakes& mistakes) {
  must_be_a_file(file);
  return parse_toml(read_file(file), file.string(), mistakes);
}

}  // namespace tivit
