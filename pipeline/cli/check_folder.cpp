#include <tivit/cli/check_folder.hpp>

#include <fnmatch.h>

#include <algorithm>
#include <tivit/make_plan.hpp>
#include <tivit/text/load.hpp>
#include <tivit/text/toml_file.hpp>

namespace tivit::cli {
namespace {
namespace fs = std::filesystem;

/// Files that another one includes or calls, as patterns: what a variable stands for may be anything.
struct References {
  std::string by;
  std::vector<std::string> patterns;
};

std::string pattern_of(const std::string& path) {
  std::string out;
  for (std::size_t at = 0; at < path.size();) {
    const auto end = path.compare(at, 2, "${") == 0 ? path.find('}', at) : path.npos;
    if (end == path.npos) {
      if (path[at] == '*' || path[at] == '?' || path[at] == '[') out += '\\';
      out += path[at++];
    } else {
      out += '*';
      at = end + 1;
    }
  }
  return out;
}

References references_of(const fs::path& file, const Value::Table& table) {
  References out{file.string(), {}};
  const auto add = [&](const Value* path) {
    if (path && path->string()) out.patterns.push_back((fs::absolute(file).parent_path() / pattern_of(*path->string())).lexically_normal());
  };
  const auto each = [](const Value* value, auto&& use) {
    if (value && value->get<Value::List>())
      for (const auto& one : *value->get<Value::List>()) use(one);
    else if (value)
      use(*value);
  };
  each(find(table, "include"), [&](const Value& path) { add(&path); });
  each(find(table, "after"), [&](const Value& after) {
    if (const auto* entries = after.get<Value::Table>()) add(find(*entries, "run"));
  });
  return out;
}

bool leads_to(const References& from, const fs::path& file) {
  const std::string path = fs::absolute(file).lexically_normal();
  return std::any_of(from.patterns.begin(), from.patterns.end(),
                     [&](const auto& one) { return fnmatch(one.c_str(), path.c_str(), 0) == 0; });
}

void add_toml_files(const fs::path& folder, std::vector<fs::path>& all) {
  std::error_code ignored;
  if (!fs::is_directory(folder, ignored)) throw Error("there is no folder \"" + folder.string() + "\"", "check the path", "command line");
  std::vector<fs::path> files;
  for (auto entry = fs::recursive_directory_iterator(folder); entry != fs::recursive_directory_iterator(); ++entry) {
    const bool hidden = entry->path().filename().string().starts_with('.');
    if (hidden && entry->is_directory()) entry.disable_recursion_pending();
    if (!hidden && entry->path().extension() == ".toml" && entry->is_regular_file()) files.push_back(entry->path());
  }
  std::sort(files.begin(), files.end());
  all.insert(all.end(), files.begin(), files.end());
}

void check_graph(CheckedFile& into) {
  GraphRequest request;
  request.file = into.file;
  request.files_must_exist = request.arguments_must_be_given = false;
  try {
    const Plan plan = make_plan(request);
    into.warnings = plan.warnings;
    into.stages = plan.stages.size();
  } catch (const Errors& errors) {
    for (const auto& error : errors.list()) into.mistakes.push_back(error.what());
  }
}

}  // namespace

std::vector<CheckedFile> check_trees(const std::vector<std::string>& folders) {
  std::vector<fs::path> paths;
  for (const auto& folder : folders) add_toml_files(folder, paths);
  using Sort = CheckedFile::Sort;
  std::vector<CheckedFile> files;
  std::vector<References> references;
  for (const auto& path : paths) {
    auto& file = files.emplace_back();
    file.file = path;
    try {
      Mistakes told_later;  // with the graph that holds it
      const Value text = read_toml(path, told_later);
      const auto& table = *text.get<Value::Table>();
      const bool language = std::any_of(table.begin(), table.end(), [](const auto& entry) {
        return std::find(graph_keys().begin(), graph_keys().end(), entry.key) != graph_keys().end();
      });
      file.sort = find(table, "title") ? Sort::graph : language ? Sort::orphan : Sort::other;
      if (language) references.push_back(references_of(path, table));
    } catch (const Error& error) {
      file.sort = Sort::unreadable;
      file.mistakes.push_back(error.what());
    }
  }
  for (auto& file : files) {
    if (file.sort == Sort::graph) check_graph(file);
    if (file.sort != Sort::orphan) continue;
    for (const auto& one : references)
      if (leads_to(one, file.file)) file.used_by.push_back(one.by);
    if (!file.used_by.empty())
      file.sort = Sort::part;
    else
      check_graph(file);  // tivit-run would run it
  }
  return files;
}

}  // namespace tivit::cli
