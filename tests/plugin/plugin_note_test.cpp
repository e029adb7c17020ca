// What a shared library says it was built with, read from its file.
#include <boost/test/unit_test.hpp>
#include <random>
#include <tivit/error.hpp>
#include <tivit/plugin.hpp>

#include "files.hpp"

using namespace tivit::tests;
namespace fs = std::filesystem;

BOOST_AUTO_TEST_SUITE(plugin_note)

BOOST_AUTO_TEST_CASE(the_note_tells_what_this_program_tells) {
  const auto found = tivit::read_plugin_note(plugin("one"));
  BOOST_TEST_REQUIRE(found.has_value());
  BOOST_TEST((*found == tivit::build_facts()));
  BOOST_TEST(found->size() == 4U);
  BOOST_TEST(!tivit::read_plugin_note(plugin("no_note")).has_value());
  BOOST_TEST(tivit::read_plugin_note(plugin("other_torch"))->back().value == "2.6");
}

BOOST_AUTO_TEST_CASE(what_is_no_plugin_is_named) {
  const auto folder = scratch("note");
  const auto problem = [](const fs::path& file) { return thrown([&] { tivit::read_plugin_note(file); }); };
  BOOST_TEST(problem(folder / "none.so") ==
             "cannot read plugin " + (folder / "none.so").string() + ": No such file or directory; check the path");
  const auto text = folder / "text.so";
  tivit::write_file(text, "not a library\n");
  const std::string name = "plugin " + text.string() + ": ", remedy = "; build it again with tivit_add_stage()";
  BOOST_TEST(problem(text) == name + "it is no shared library" + remedy);
  tivit::write_file(text, "");
  BOOST_TEST(problem(text) == name + "it is no shared library" + remedy);
  std::string other = tivit::read_file(plugin("one"));
  other[18] = 8;  // e_machine: MIPS
  tivit::write_file(text, other);
  BOOST_TEST(problem(text) == name + "it was built for another kind of processor" + remedy);
  BOOST_TEST(problem(plugin("damaged")) ==
             "plugin " + plugin("damaged").string() + ": its note of what it was built with is damaged" + remedy);
  tivit::write_file(text, tivit::read_file(plugin("one")).substr(0, 5000));
  BOOST_TEST(problem(text).starts_with(name), problem(text));
}

BOOST_AUTO_TEST_CASE(no_damage_does_more_than_an_error) {
  const std::string whole = tivit::read_file(plugin("one"));
  const auto file = scratch("damage") / "x.so";
  std::mt19937 random(3);
  for (int i = 0; i < 300; ++i) {
    std::string bytes = whole;
    if (i % 3 == 0) bytes.resize(random() % whole.size());
    // The headers of the file and of its sections, which lie at its end, and anything else.
    for (int k = 0; k < 4 && !bytes.empty(); ++k) {
      const std::size_t at = i % 2 ? random() % std::min<std::size_t>(64, bytes.size())
                                   : bytes.size() - 1 - random() % std::min<std::size_t>(2500, bytes.size());
      bytes[at] = static_cast<char>(random());
    }
    tivit::write_file(file, bytes);
    try {
      tivit::read_plugin_note(file);
    } catch (const tivit::Error& error) {
      BOOST_TEST(std::string(error.what()).find("x.so") != std::string::npos);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
