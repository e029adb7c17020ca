#include <tivit/text/load.hpp>

#include <algorithm>
#include <tivit/text/toml_file.hpp>

namespace tivit {
namespace {

constexpr const char* include_remedy = "write include = [\"file.toml\"]";

/// The including file's entry takes the included one's place, as a whole.
void lay_over(Value::Table& base, const Value::Table& over) {
  for (const auto& own : over) {
    if (auto* under = find_entry(base, own.key))
      *under = own;
    else
      base.push_back(own);
  }
}

}  // namespace

const std::vector<std::string>& graph_keys() {
  static const std::vector<std::string> keys{"title", "include", "vars", "run", "runtime", "stages", "resources", "args", "after"};
  return keys;
}

LoadedText Loader::load(const std::filesystem::path& file) {
  const Value text = read_toml(file, mistakes_);
  loaded_.insert(std::filesystem::weakly_canonical(file));
  LoadedText own, all;
  const auto& table = std::get<Value::Table>(text.data);
  const Value* include = nullptr;
  for (const auto& [key, origin, value] : table) {
    if (key == "title" && (value.string() || value.bad()))
      own.title = value;
    else if (key == "title")
      mistakes_.add(value.origin, "the title must be a string, not " + value.kind(), "write title = \"what the graph does\"");
    else if (key == "include")
      include = &value;
    else if (key == "after" && value.get<Value::List>())
      own.after = *value.get<Value::List>();
    else if (key == "after" && !value.bad())
      mistakes_.add(value.origin, "\"after\" must be a list of tables", "write [[after]]");
    else if (std::find(graph_keys().begin(), graph_keys().end(), key) == graph_keys().end())
      mistakes_.add(origin, "there is no section \"" + key + "\"", Mistakes::suggestion(key, graph_keys(), ""));
    else if (const auto* entries = section(key, value))
      own.sections[key] = *entries;
  }
  for (const auto& variable : own.sections["vars"]) variables_.define(variable.key, variable.value);
  if (on_arguments) on_arguments(own.sections["args"]);  // after [vars]: an argument beats what files say
  open_.push_back(std::filesystem::weakly_canonical(file));
  if (include) load_includes(*include, file, all);
  open_.pop_back();

  for (const char* parts : {"stages", "resources"})
    std::erase_if(own.sections[parts], [&](const Value::Entry& part) {
      const auto* body = part.value.get<Value::Table>();
      const auto* under = find_entry(all.sections[parts], part.key);
      const bool half = under && body && !find(*body, "use");
      if (half)
        mistakes_.add(part.origin,
                      "\"" + part.key + "\" stands in an included file too (" + under->origin.text() + "), and here it has no \"use\"",
                      "a file replaces an included stage whole: write all of it here, or change one parameter by --set or a variable");
      return half;
    });
  for (const auto& [name, entries] : own.sections) lay_over(all.sections[name], entries);
  if (!own.title.bad()) all.title = own.title;
  all.after.insert(all.after.end(), own.after.begin(), own.after.end());
  all.files.insert(all.files.begin(), file.string());
  return all;
}

const Value::Table* Loader::section(const std::string& name, const Value& value) {
  const auto* table = value.get<Value::Table>();
  if (!table) {
    if (!value.bad()) mistakes_.add(value.origin, "\"" + name + "\" must be a table, not " + value.kind(), "write [" + name + "]");
    mistakes_.set_incomplete();
  }
  return table;
}

void Loader::load_includes(const Value& list, const std::filesystem::path& file, LoadedText& into) {
  if (list.bad()) return mistakes_.set_incomplete();
  if (list.string()) return load_include(list, file, into);
  const auto* paths = list.get<Value::List>();
  if (!paths) return mistakes_.add(list.origin, "\"include\" must be a list of files, not " + list.kind(), include_remedy);
  for (const auto& path : *paths) load_include(path, file, into);
}

void Loader::load_include(const Value& path, const std::filesystem::path& file, LoadedText& into) {
  if (path.bad()) return mistakes_.set_incomplete();
  if (!path.string()) return mistakes_.add(path.origin, "\"include\" lists files, not " + path.kind(), include_remedy);
  if (path.string()->empty()) return mistakes_.add(path.origin, "\"include\" names no file", include_remedy);
  const std::string name = variables_.fill_text(path);
  if (name.empty()) return mistakes_.set_incomplete();  // its variable is wrong or an argument not given, which is told
  const auto asked = (file.parent_path() / name).lexically_normal();
  std::error_code ignored;
  const auto whole = std::filesystem::weakly_canonical(asked, ignored);
  if (const auto begin = std::find(open_.begin(), open_.end(), whole); begin != open_.end()) {
    std::vector<std::string> circle;
    for (auto at = begin; at != open_.end(); ++at) circle.push_back(at->filename().string());
    return mistakes_.add(path.origin, "\"" + name + "\" includes itself", "break the circle " + quoted_list(circle));
  }
  if (loaded_.count(whole)) return;
  if (!std::filesystem::is_regular_file(asked, ignored)) {
    // The first part of the path that is not there is the one to look at.
    auto missing = asked;
    while (missing.parent_path().has_filename() && !std::filesystem::exists(missing.parent_path(), ignored))
      missing = missing.parent_path();
    std::vector<std::string> there;
    for (const auto& one : std::filesystem::directory_iterator(missing.parent_path().empty() ? "." : missing.parent_path(), ignored))
      there.push_back(one.path().filename().string());
    std::sort(there.begin(), there.end());
    // Of files the names without their extension are compared: "steps.toml" is not nearly "notes.toml".
    const auto extension = missing.extension().string();
    std::vector<std::string> stems;
    for (const auto& one : there)
      if (one.ends_with(extension)) stems.push_back(one.substr(0, one.size() - extension.size()));
    std::string near = nearest_name(missing.stem().string(), stems);
    if (!near.empty()) near += extension;
    mistakes_.add(path.origin, "there is no file \"" + asked.string() + "\" to include",
                  !near.empty()   ? "did you mean \"" + near + "\"?"
                  : there.empty() ? "paths start at the folder of the file that includes"
                                  : "there is " + quoted_list(there));
    // Where the name is nearly that of a file, it goes on as if that one were meant: the rest of the graph is checked all the same.
    const auto rest = asked.lexically_relative(missing);
    const auto meant = (missing.parent_path() / near / (rest == "." ? "" : rest)).lexically_normal();
    if (!std::filesystem::is_regular_file(meant, ignored)) return mistakes_.set_incomplete();
    return loaded_.count(std::filesystem::weakly_canonical(meant)) ? void() : add_beside(into, load(meant));
  }
  add_beside(into, load(asked));
}

void Loader::add_beside(LoadedText& into, LoadedText included) {
  for (auto& [name, entries] : included.sections)
    for (auto& one : entries) {
      if (const auto* other = find_entry(into.sections[name], one.key))
        mistakes_.add(one.origin,
                      "\"" + one.key + "\" of [" + name + "] is also in " + other->origin.text() + ", and neither file includes the other",
                      "keep one of the two, or let the including file replace it");
      else
        into.sections[name].push_back(std::move(one));
    }
  if (into.title.bad()) into.title = included.title;
  into.after.insert(into.after.end(), included.after.begin(), included.after.end());
  into.files.insert(into.files.end(), included.files.begin(), included.files.end());
}

}  // namespace tivit
