#include <tivit/converter.hpp>

#include <algorithm>
#include <tivit/error.hpp>
#include <tivit/text_format.hpp>

namespace tivit {
namespace {

std::vector<Converter>& known() {
  static std::vector<Converter> list;
  return list;
}

}  // namespace

bool add_converter(Converter converter) {
  known().push_back(std::move(converter));
  return true;
}

std::vector<Converter> converters() {
  auto list = known();
  std::sort(list.begin(), list.end(), [](const auto& a, const auto& b) { return a.ending < b.ending; });
  return list;
}

std::string convert_file(const std::filesystem::path& from, const std::filesystem::path& to, bool overwrite) {
  const auto list = converters();
  const auto found = std::find_if(list.begin(), list.end(), [&](const auto& one) { return one.ending == lower_extension(to); });
  if (found == list.end()) {
    std::vector<std::string> endings;
    for (const auto& one : list) endings.push_back(one.ending);
    throw Error("its ending names no form that can be written", "end it in one of " + quoted_list(endings), to.string());
  }
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(from, ignored)) throw Error("there is no such file", "check the name", from.string());
  if (!overwrite && std::filesystem::exists(std::filesystem::symlink_status(to, ignored)))
    throw Error("is there already", "give another name, or --overwrite", to.string());
  return found->convert(from, to);
}

}  // namespace tivit
