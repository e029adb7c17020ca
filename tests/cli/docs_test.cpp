// What docs/graphs.md shows is true: its files are written, its commands run.
#include <boost/test/unit_test.hpp>

#include "../code_blocks.hpp"
#include "../pipeline/graph_files.hpp"
#include "midi_file.hpp"
#include "program.hpp"

#include "tests/folders.hpp"

BOOST_AUTO_TEST_SUITE(docs)

BOOST_AUTO_TEST_CASE(the_graph_language_as_documented_runs) {
  tivit::tests::GraphFiles files;
  files.write("one.mid", tivit::tests::one_note_midi());
  int commands = 0;
  for (const auto& block : tivit::tests::code_blocks(tivit::tests::read_text(tivit::tests::source_folder() / "docs/graphs.md"))) {
    if (block.language == "toml") {
      BOOST_REQUIRE(block.text.starts_with("# "));
      files.write(block.text.substr(2, block.text.find('\n') - 2), block.text);
      continue;
    }
    BOOST_REQUIRE(block.language == "sh");
    std::istringstream lines(block.text);
    for (std::string line; std::getline(lines, line); ++commands) {
      const std::size_t name = line.find("tivit-run ");
      BOOST_REQUIRE(name != std::string::npos);
      const auto outcome = tivit::tests::tivit_run(files.path(""), line.substr(name + 10), line.substr(0, name));
      BOOST_TEST(outcome.code == 0, line << "\n" << outcome.err);
    }
  }
  BOOST_TEST(commands == 11);
  BOOST_TEST(tivit::tests::read_text(files.path("results/one.txt")) == "0.000000\t0.500000\t60\n");
}

BOOST_AUTO_TEST_SUITE_END()
