#include <tivit/inspector.hpp>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <tivit/error.hpp>

namespace tivit {
namespace {

std::vector<Inspector>& known() {
  static std::vector<Inspector> list;
  return list;
}

std::string head_of(const std::filesystem::path& file) {
  std::error_code failed;
  if (!std::filesystem::exists(file, failed)) throw Error("the file does not exist", "check the name", file.string());
  if (!std::filesystem::is_regular_file(file, failed)) throw Error("is no file", "name a file, not a folder", file.string());
  std::ifstream in(file, std::ios::binary);
  std::string head(4096, '\0');
  in.read(head.data(), static_cast<std::streamsize>(head.size()));
  head.resize(static_cast<std::size_t>(in.gcount()));
  if (in.bad() || (head.empty() && std::filesystem::file_size(file, failed) > 0))
    throw Error("the file cannot be read", "check its permissions", file.string());
  return head;
}

}  // namespace

bool add_inspector(Inspector inspector) {
  known().push_back(std::move(inspector));
  return true;
}

std::vector<Inspector> inspectors() {
  auto list = known();
  std::sort(list.begin(), list.end(), [](const auto& a, const auto& b) { return a.kind < b.kind; });
  return list;
}

std::string inspect_file(const std::filesystem::path& file) {
  const std::string head = head_of(file);
  const auto list = inspectors();
  const Inspector* best = nullptr;
  auto surest = Recognised::no;
  for (const auto& inspector : list)
    if (const auto how = inspector.recognises(file, head); how > surest) surest = how, best = &inspector;
  if (!best) {
    std::vector<std::string> kinds;
    for (const auto& inspector : list) kinds.push_back(inspector.kind);
    throw Error(head.empty() ? "the file is empty" : "nothing here knows this kind of file", "known are " + quoted_list(kinds),
                file.string());
  }
  nlohmann::ordered_json out{{"file", file.string()}, {"kind", best->kind}, {"bytes", std::filesystem::file_size(file)}};
  try {
    out.update(nlohmann::ordered_json::parse(best->inspect(file)));
  } catch (const Error& error) {
    throw error.located(file.string());
  }
  return out.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace tivit
