#include <tivit/cli/new_stage.hpp>

#include <algorithm>
#include <iostream>
#include <optional>
#include <tivit/atomic_file.hpp>
#include <tivit/cli/new_stage_files.hpp>
#include <tivit/cli/new_stage_text.hpp>
#include <tivit/cli/subcommand.hpp>
#include <tivit/error.hpp>
#include <tivit/registry.hpp>
#include <tivit/run_program.hpp>
#include <tivit/version.hpp>

namespace tivit::cli {
namespace fs = std::filesystem;
namespace {

struct Wish {
  std::string use, area, name, kind = "map";
  fs::path to;
};

bool is_word(const std::string& text) {
  return !text.empty() && text[0] >= 'a' && text[0] <= 'z' && text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == text.npos;
}

/// Nothing when only --help was asked for.
std::optional<Wish> read_wish(const std::vector<std::string>& words) {
  Wish wish;
  std::vector<std::string> named;
  Subcommand command(
      "new", "Source, test and graph of a new stage, which build and pass as they are: inside this tree, or in a folder of their own.",
      {"stage AREA/NAME [OPTIONS]"});
  command.words(named);
  command.option("--kind", "KIND", wish.kind, "source, map (the default), expand, gather, sink or resource");
  command.option("--to", "FOLDER", wish.to, "where to (default: stages/ and tests/ of tivit's own tree, elsewhere a new folder NAME)");
  if (!command.read(words)) return std::nullopt;
  if (named.size() != 2 || named[0] != "stage") throw Error("what is to be new?", "write tivit-run new stage AREA/NAME", "command line");
  static const std::vector<std::string> kinds{"source", "map", "expand", "gather", "sink", "resource"};
  if (std::ranges::find(kinds, wish.kind) == kinds.end())
    throw Error("nothing is a \"" + wish.kind + "\"", "kinds are " + quoted_list(kinds), "command line");
  wish.use = named[1];
  const auto slash = wish.use.find('/');
  wish.area = wish.use.substr(0, slash);
  wish.name = slash == std::string::npos ? "" : wish.use.substr(slash + 1);
  if (!is_word(wish.area) || !is_word(wish.name))
    throw Error("\"" + wish.use + "\" cannot be the name of a stage", "write area/name in lower case: notes/my_filter", "command line");
  // Targets that CMake keeps for itself, sections of a graph, and the other stages of the graph that comes with a new one.
  static const std::vector<std::string> taken{
      "all",           "clean", "help", "install", "list_install_components", "package", "package_source", "edit_cache", "preinstall",
      "rebuild_cache", "test",  "run",  "runtime"};
  const bool in_its_graph = new_stage_files().at(wish.kind + ".in").find("[stages." + wish.name + "]") != std::string::npos;
  if (in_its_graph || std::ranges::find(taken, wish.name) != taken.end())
    throw Error("no stage can be called \"" + wish.name + "\": its build or its graph uses that name", "give it another name",
                "command line");
  if (Registry::instance().lookup(wish.use))
    throw Error("there is a stage \"" + wish.use + "\" already", "give it another name", "command line");
  return wish;
}

bool inside_the_tree() {
  std::error_code error;
  return fs::exists("stages/CMakeLists.txt", error) && fs::exists("pipeline/contract.hpp", error);
}

/// Everything is written or, as far as can be told beforehand, nothing.
void write(const Files& files, const Files& edited) {
  for (const auto& [path, text] : files)
    if (fs::exists(path)) throw Error("there is a file " + path.string() + " already", "give the stage another name, or remove it");
  for (const auto* some : {&files, &edited})
    for (const auto& [path, text] : *some) {
      write_file(path, text);
      std::cout << (some == &files ? "wrote   " : "changed ") << path.string() << "\n";
    }
}

}  // namespace

int new_stage(const std::vector<std::string>& words) {
  const auto asked = read_wish(words);
  if (!asked) return exit_ok;
  const Wish& wish = *asked;
  const Template from(wish.use, wish.area, wish.name, wish.kind);
  if (wish.to.empty() && inside_the_tree()) {
    write(from.inside(), from.edited());
    std::cout << "\nmake test builds it and runs its test and its graph, tests/" << wish.use << ".toml\n";
    return exit_ok;
  }
  const fs::path folder = wish.to.empty() ? fs::path(wish.name) : wish.to;
  write(from.outside(folder), {});
  std::cout << "\ncd " << folder.string() << " && cmake -S . -B build && cmake --build build && ctest --test-dir build\ntivit-run "
            << wish.name << ".toml   # with the stage from build/" << wish.name << ".so\n";
  return exit_ok;
}

}  // namespace tivit::cli
