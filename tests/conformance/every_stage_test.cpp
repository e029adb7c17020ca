// Every stage of the registry is under the conformance suite: in this folder, or by a line in a test of its own.
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <set>
#include <tivit/atomic_file.hpp>
#include <tivit/registry.hpp>

#include "subjects.hpp"

#include "tests/folders.hpp"

namespace {
namespace fs = std::filesystem;

/// Stages that cannot be held against the suite, and why.
const std::map<std::string, std::string> excused{};

/// A test under this folder that says TIVIT_CONFORMS of the stage; `tivit-run new stage` writes one.
bool has_own_test(const fs::path& folder, const std::string& use) {
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.path().extension() != ".cpp" || entry.path().parent_path().filename() == "conformance") continue;
    const std::string text = tivit::read_file(entry.path());
    const auto line = text.find("TIVIT_CONFORMS(");
    if (line != text.npos && text.find('"' + use + '"', line) != text.npos) return true;
  }
  return false;
}

// Resources are no stages: what they keep, they keep for stages that are here.
bool is_ours(const std::string& name) {
  return !name.starts_with("broken/") && tivit::Registry::instance().find(name).kind != tivit::Kind::resource;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(every_stage)

BOOST_AUTO_TEST_CASE(conforms) {
  for (const auto& name : tivit::Registry::instance().names()) {
    if (!is_ours(name) || excused.contains(name)) continue;
    const auto subject = tivit::tests::subjects().find(name);
    if (subject == tivit::tests::subjects().end()) {
      BOOST_TEST(has_own_test(tivit::tests::source_folder() / "tests", name),
                 name << " is under no test: write TIVIT_CONFORMS(\"" << name << "\") in one");
      continue;
    }
    std::string text;
    try {
      TIVIT_CONFORMS(subject->second);
    } catch (const std::exception& error) {
      text = error.what();
    }
    BOOST_TEST(text == "", text);
  }
}

BOOST_AUTO_TEST_CASE(all_kinds_are_among_them_and_nothing_is_excused_for_nothing) {
  std::set<tivit::Kind> kinds;
  for (const auto& [name, subject] : tivit::tests::subjects()) {
    BOOST_TEST(tivit::Registry::instance().lookup(name), name << " is no stage any more");
    kinds.insert(tivit::Registry::instance().find(name).kind);
  }
  BOOST_TEST(kinds.size() == 5u);
  for (const auto& [name, reason] : excused) {
    BOOST_TEST(!tivit::tests::subjects().contains(name));
    BOOST_TEST(tivit::Registry::instance().lookup(name), name << " is no stage any more");
    BOOST_TEST(reason.size() > 10u);
  }
}

BOOST_AUTO_TEST_CASE(a_test_of_its_own_is_found) {
  const tivit::testing::ScratchFolder scratch;
  fs::create_directories(scratch.path() / "area");
  tivit::write_file(scratch.path() / "area/one_test.cpp", "Harness(\"area/two\");\nTIVIT_CONFORMS(\"area/one\");\n");
  BOOST_TEST(has_own_test(scratch.path(), "area/one"));
  BOOST_TEST(!has_own_test(scratch.path(), "area/two"));
}

BOOST_AUTO_TEST_SUITE_END()
