#include <tivit/cli/new_stage_text.hpp>

#include <cctype>
#include <tivit/atomic_file.hpp>
#include <tivit/cli/new_stage_files.hpp>
#include <tivit/error.hpp>
#include <tivit/version.hpp>

namespace tivit::cli {
namespace {

namespace fs = std::filesystem;

/// "local_contrast" -> "LocalContrast"
std::string class_name(const std::string& name) {
  std::string out;
  bool up = true;
  for (const char c : name) {
    if (c != '_') out += up ? static_cast<char>(std::toupper(static_cast<unsigned char>(c))) : c;
    up = c == '_';
  }
  return out;
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) text.replace(at, from.size(), to);
  return text;
}

/// `text` with `added` put in after the first `mark`.
std::string put_after(std::string text, const std::string& mark, const std::string& added, const fs::path& file) {
  const auto at = text.find(mark);
  if (at == std::string::npos) throw Error("there is no \"" + mark + "\" in " + file.string(), "add " + added + " by hand");
  return text.insert(at + mark.size(), added);
}

const std::string cmake_lists = "CMakeLists.txt";

}  // namespace

Template::Template(const std::string& use, const std::string& area, const std::string& name, const std::string& kind)
    : area_(area), name_(name), kind_(kind) {
  words_ = {{"@USE@", use}, {"@AREA@", area}, {"@NAME@", name}, {"@CLASS@", class_name(name)}, {"@VERSION@", version()}};
}

std::string Template::filled(std::string text) const {
  for (const auto& [word, value] : words_) text = replaced(std::move(text), word, value);
  return text;
}

/// What follows "=== section" in the template of the kind, up to the next.
std::string Template::part(const std::string& section) const {
  const std::string& all = new_stage_files().at(kind_ + ".in");
  const auto begin = all.find("=== " + section) + 4;
  return filled(all.substr(begin, all.find("\n===", begin) + 1 - begin));
}

std::string Template::test(const std::string& frame, const std::string& check) const {
  std::string text = part("test ");
  const auto end = text.find('\n');
  const std::string name = text.substr(5, end - 5);
  std::string body = replaced(text.substr(end + 1), "EXPECT(", check);
  return filled(replaced(replaced(new_stage_files().at(frame), "@CASE@", name), "@BODY@", body));
}

Files Template::inside() const {
  const fs::path tests = fs::path("tests") / area_;
  const std::string stage = part("stage"), graph = part("graph");
  return {{fs::path("stages") / area_ / (name_ + ".cpp"), stage.substr(stage.find('\n') + 1)},
          {tests / (name_ + "_test.cpp"), test("test_inside.in", "BOOST_TEST(")},
          {tests / (name_ + ".toml"), "title = \"" + name_ + "\"\n" + graph.substr(graph.find('\n'))},
          {tests / (name_ + ".npz"), new_stage_files().at("values.npz")}};
}

Files Template::edited() const {
  Files files;
  const fs::path stages = fs::path("stages") / area_ / cmake_lists, tests = fs::path("tests") / area_ / cmake_lists;
  if (fs::exists(stages)) {
    const std::string text = read_file(stages);
    const std::string call = "tivit_stages(" + area_ + " SOURCES ";
    // An area that takes all its files needs no change.
    if (text.find(call + "${sources}") == std::string::npos) files[stages] = put_after(text, call, name_ + ".cpp ", stages);
  } else {
    files[stages] = "tivit_stages(" + area_ + " SOURCES " + name_ + ".cpp)\n";
    const fs::path all = fs::path("stages") / cmake_lists;
    files[all] = put_after(read_file(all), "foreach(area IN ITEMS ", area_ + " ", all);
  }
  std::string text = "file(GLOB sources CONFIGURE_DEPENDS *_test.cpp)\ntivit_test(" + area_ + " SOURCES ${sources} AREAS " + area_ + ")\n";
  if (fs::exists(tests)) {
    text = read_file(tests);
    if (text.find("tivit_test(" + area_ + " SOURCES ${sources}") == std::string::npos)
      text = put_after(text, "tivit_test(" + area_ + " SOURCES ", name_ + "_test.cpp ", tests);
  }
  files[tests] = text + filled(
                            "add_test(NAME @AREA@_@NAME@_graph COMMAND tivit-run @NAME@.toml --run-dir ${CMAKE_CURRENT_BINARY_DIR}/@NAME@\n"
                            "  WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR})\n");
  return files;
}

Files Template::outside(const fs::path& folder) const {
  const std::string stage = part("stage"), graph = part("graph");
  return {{folder / (name_ + ".cpp"), stage.substr(stage.find('\n') + 1)},
          {folder / (name_ + "_test.cpp"), test("test_outside.in", "EXPECT(")},
          {folder / cmake_lists, filled(new_stage_files().at("outside_cmake.in"))},
          {folder / (name_ + ".toml"),
           "title = \"" + name_ + "\"\n\n[run]\nplugins = [\"build/" + name_ + ".so\"]\n" + graph.substr(graph.find('\n'))},
          {folder / (name_ + ".npz"), new_stage_files().at("values.npz")}};
}

}  // namespace tivit::cli
