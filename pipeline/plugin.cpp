#include <tivit/plugin.hpp>

#include <dlfcn.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <mutex>
#include <set>
#include <string_view>
#include <tivit/detail/registered_twice.hpp>
#include <tivit/error.hpp>
#include <tivit/registry.hpp>

namespace tivit {
namespace fs = std::filesystem;
namespace {

struct Loaded {
  std::mutex mutex;
  std::vector<std::string> files;
  std::set<void*> handles;
};
Loaded& loaded() {
  static Loaded all;
  return all;
}

std::string value_of(const std::vector<BuildFact>& facts, const std::string& what) {
  const auto at = std::find_if(facts.begin(), facts.end(), [&](const BuildFact& fact) { return fact.what == what; });
  return at == facts.end() ? "none" : at->value;
}

/// In what a plugin differs from this program: "LibTorch: found 2.9, needed 2.15", one for each difference.
std::vector<std::string> differences(const std::vector<BuildFact>& found, const std::vector<BuildFact>& needed) {
  std::vector<std::string> names, list;
  for (const auto* facts : {&needed, &found})
    for (const auto& fact : *facts)
      if (std::find(names.begin(), names.end(), fact.what) == names.end()) names.push_back(fact.what);
  for (const auto& name : names)
    if (const auto here = value_of(needed, name), there = value_of(found, name); here != there)
      list.push_back(name + ": found " + there + ", needed " + here);
  return list;
}

void check(const fs::path& file, const std::vector<BuildFact>& found) {
  const auto wrong = differences(found, build_facts());
  if (wrong.empty()) return;
  std::string text;
  for (const auto& one : wrong) text += (text.empty() ? "" : "; ") + one;
  throw Error("plugin " + file.string() + " was not built for this tivit: " + text, "build it again against the package of this tivit");
}

/// Stages of the plugin whose names were taken when it came.
void refuse_taken_names(const std::string& file) {
  bool any = false;
  for (const auto& name : Registry::instance().names()) {
    const StageSpec& spec = *Registry::instance().lookup(name);
    any = any || spec.origin == file;
    if (std::find(spec.problems.begin(), spec.problems.end(), registered_twice(spec.origin, file)) != spec.problems.end())
      throw Error("plugin " + file + " brings a stage \"" + name + "\", which is there already (" + spec.origin + ")",
                  "load one of them, or give the stage another name");
  }
  if (!any) throw Error("plugin " + file + " brings no stage", "register one with TIVIT_STAGE");
}

/// What a static initialiser throws cannot be caught: it would have to pass through the loader, which C++ ends the program for. While one
/// of these lives, the program ends with the plugin's name and what was thrown.
class LastWords {
 public:
  explicit LastWords(const std::string& name) : before_(std::set_terminate(&say)) { plugin() = name; }
  LastWords(const LastWords&) = delete;
  LastWords& operator=(const LastWords&) = delete;
  ~LastWords() { std::set_terminate(before_); }

 private:
  static std::string& plugin() {
    static std::string name;
    return name;
  }
  [[noreturn]] static void say() {
    std::string what = "something that is no std::exception";
    try {
      if (const auto thrown = std::current_exception()) std::rethrow_exception(thrown);
      what = "nothing, but ended the program";
    } catch (const std::exception& error) {
      what = error.what();
    } catch (...) {  // said already
    }
    std::fprintf(stderr, "plugin %s threw while it was loaded: %s\n  a static object of it fails: make it in the stage's open() instead\n",
                 plugin().c_str(), what.c_str());
    std::_Exit(2);
  }
  std::terminate_handler before_;
};

void load(const fs::path& file, const std::vector<BuildFact>& facts) {
  const std::string name = fs::canonical(file).string();
  const std::lock_guard lock(loaded().mutex);
  if (std::find(loaded().files.begin(), loaded().files.end(), name) != loaded().files.end()) return;
  check(name, facts);
  Registry::instance().set_origin(name);
  // Never unloaded: stages, their types and their specs live as long as the process.
  void* const handle = [&] {
    const LastWords last_words(name);
    return ::dlopen(name.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  }();
  Registry::instance().set_origin("built in");
  if (!handle) throw Error("plugin " + name + " cannot be loaded: " + ::dlerror(), "build it again, or install what it links to");
  if (!loaded().handles.insert(handle).second) return;  // the same file by another name
  loaded().files.push_back(name);
  refuse_taken_names(name);
}

/// Linker scripts, texts and what is cut to nothing have the name of a library as well.
bool is_elf(const fs::path& file) {
  char magic[4] = {};
  std::ifstream in(file, std::ios::binary);
  if (!in) return true;  // read_plugin_note() says why it cannot be read
  return in.read(magic, sizeof magic) && std::string_view(magic, sizeof magic) == "\177ELF";
}

/// Files of a folder that may be plugins: what cannot be looked at, such as a link that leads to itself, is none.
std::vector<fs::path> libraries_in(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code error, none;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error))
    if (at->path().extension() == ".so" && fs::is_regular_file(at->path(), none) && is_elf(at->path())) files.push_back(at->path());
  if (error)
    throw Error("cannot read the folder of plugins " + folder.string() + ": " + error.message(), "check the path and its permissions");
  std::sort(files.begin(), files.end());
  return files;
}

/// How many of the file or folder are loaded now.
std::size_t load_all(const fs::path& file_or_folder) {
  std::error_code error;
  if (!fs::is_directory(file_or_folder, error)) {
    const auto facts = read_plugin_note(file_or_folder);
    if (!facts)
      throw Error("plugin " + file_or_folder.string() + ": it does not say what it was built with", "build it with tivit_add_stage()");
    return load(file_or_folder, *facts), 1;
  }
  std::size_t plugins = 0;
  for (const auto& file : libraries_in(file_or_folder))
    if (const auto facts = read_plugin_note(file)) load(file, *facts), ++plugins;
  return plugins;
}

}  // namespace

void load_plugins(const fs::path& file_or_folder) {
  if (load_all(file_or_folder) == 0)
    throw Error("there is no plugin in the folder " + file_or_folder.string(),
                "give a .so file that tivit_add_stage() made, or a folder of them");
}

void load_plugins_of_environment() {
  const char* variable = std::getenv("TIVIT_PLUGIN_PATH");
  std::string list = variable ? variable : "";
  while (!list.empty()) {
    const std::string one = list.substr(0, list.find(':'));
    list.erase(0, one.size() + 1);
    if (one.empty()) continue;
    try {
      load_all(one);  // an empty folder is no mistake here
    } catch (const Error& error) {
      throw error.located("TIVIT_PLUGIN_PATH");
    }
  }
}

std::vector<std::string> loaded_plugins() {
  const std::lock_guard lock(loaded().mutex);
  return loaded().files;
}

}  // namespace tivit
