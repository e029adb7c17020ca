// Graph text: read, checked, resolved. The input is a graph and, behind a line "### NAME", the file it may include ("part.toml"), the one
// it may call ("called.toml") and what --set and the command line give ("set": NAME=VALUE, "arguments": NAME VALUE).
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <tests/fuzz/fuzz.hpp>
#include <tests/fuzz/text_stages.hpp>
#include <tivit/graph_difference.hpp>
#include <tivit/make_plan.hpp>
#include <tivit/plan_text.hpp>
#include <tivit/text/toml_file.hpp>

using namespace tivit;

namespace {
namespace fs = std::filesystem;

/// Files of one input in a folder of their own, in memory where the system has such a place.
class Files {
 public:
  Files() {
    std::string name = (fs::is_directory("/dev/shm") ? fs::path("/dev/shm") : fs::temp_directory_path()) / "tivit_fuzz_XXXXXX";
    fuzz::require(::mkdtemp(name.data()), "no folder can be made");
    folder_ = name;
    ::clearenv();  // an input must mean the same everywhere
  }
  ~Files() {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }
  fs::path put(const std::string& name, std::string_view text) const {
    std::ofstream(folder_ / name, std::ios::binary) << text;
    return folder_ / name;
  }

 private:
  fs::path folder_;
};

std::map<std::string, std::string_view> parts_of(std::string_view text) {
  std::map<std::string, std::string_view> parts{{"part.toml", ""}, {"called.toml", ""}};
  std::string name = "graph.toml";
  while (true) {
    const auto mark = text.find("\n### ");
    parts[name] = text.substr(0, mark == text.npos ? mark : mark + 1);
    if (mark == text.npos) return parts;
    text.remove_prefix(mark + 5);
    const auto end = std::min(text.find('\n'), text.size());
    name = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

/// A slash leads out of the folder: such texts may name stages and nothing else.
bool leads_out(const Value& value, bool stage_name = false) {
  if (const auto* text = value.string()) return !stage_name && text->find('/') != text->npos;
  if (const auto* list = value.get<Value::List>())
    return std::any_of(list->begin(), list->end(), [](const Value& one) { return leads_out(one); });
  if (const auto* table = value.get<Value::Table>())
    return std::any_of(table->begin(), table->end(), [](const auto& entry) { return leads_out(entry.value, entry.key == "use"); });
  return false;
}

bool leads_out(std::string_view text) {
  try {
    Mistakes ignored;
    return leads_out(parse_toml(std::string(text), "", ignored));
  } catch (const Error&) {
    return false;  // a file that is no TOML names nothing
  }
}

GraphRequest request_for(const fs::path& file, std::map<std::string, std::string_view>& parts) {
  GraphRequest request;
  request.file = file;
  request.files_must_exist = false;
  const auto each = [](std::string_view text, char separator, auto&& use) {
    while (!text.empty()) {
      const std::string line(text.substr(0, text.find('\n')));
      text.remove_prefix(std::min(line.size() + 1, text.size()));
      if (const auto at = line.find(separator); at != line.npos && at != 0) use(line, at);
    }
  };
  each(parts["set"], '=', [&](const std::string& line, std::size_t) { request.add_set(line); });
  each(parts["arguments"], ' ',
       [&](const std::string& line, std::size_t at) { request.arguments[line.substr(0, at)].push_back(line.substr(at + 1)); });
  return request;
}

/// What a run keeps as its graph.toml is that graph: it reads back as itself.
void check_resolved(const fs::path& file, const std::string& text) {
  GraphRequest request;
  request.file = file;
  request.files_must_exist = false;
  try {
    const auto differences = graph_differences(text, make_plan(request).resolved_text);
    if (!differences.empty()) fuzz::finding("resolved twice, the graph is another: " + differences[0].text() + "\n" + text);
  } catch (const std::exception& error) {
    fuzz::finding(std::string("the resolved graph is refused: ") + error.what() + "\n" + text);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Files files;
  static const bool stages_are_there = fuzz::add_text_stages();
  fuzz::require(stages_are_there, "no stages");
  auto parts = parts_of(fuzz::text_of(data, size));
  for (const char* name : {"graph.toml", "part.toml", "called.toml"})
    if (leads_out(parts[name])) return -1;
  for (const char* name : {"set", "arguments"})
    if (parts[name].find('/') != std::string_view::npos || parts[name].find('\\') != std::string_view::npos) return -1;
  files.put("part.toml", parts["part.toml"]);
  files.put("called.toml", parts["called.toml"]);
  const auto request = request_for(files.put("graph.toml", parts["graph.toml"]), parts);
  std::string resolved;
  fuzz::was_read([&] {
    const Plan plan = make_plan(request);
    static_cast<void>(dot_text(plan));
    static_cast<void>(edges_text(plan));
    resolved = plan.resolved_text;
  });
  if (!resolved.empty()) check_resolved(files.put("resolved.toml", resolved), resolved);
  return 0;
}
