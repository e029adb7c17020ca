// What docs/faults.md shows is true: its files are written, its commands run and end as it says.
#include "tests/cli/midi_file.hpp"
#include "tests/code_blocks.hpp"
#include "tests/folders.hpp"
#include "trouble.hpp"

BOOST_AUTO_TEST_SUITE(page)

BOOST_AUTO_TEST_CASE(its_commands_end_as_it_says) {
  using namespace tivit::tests;
  const fs::path folder = fresh_folder("faults-page");
  std::ofstream(folder / "good.mid") << one_note_midi();
  std::ofstream(folder / "damaged.mid") << one_note_midi().substr(0, 20);
  int commands = 0;
  for (const auto& block : code_blocks(read_file(source_folder() / "docs/faults.md"))) {
    if (block.language == "toml") std::ofstream(folder / block.text.substr(2, block.text.find('\n') - 2)) << block.text;
    if (block.language != "sh") continue;
    std::istringstream lines(block.text);
    for (std::string line; std::getline(lines, line); ++commands) {
      const std::string ends = "# exit code ";
      const auto said = line.find(ends);
      BOOST_TEST_REQUIRE(said != std::string::npos, line);
      const auto outcome = shell("cd '" + folder.string() + "' && " + line.substr(0, said), folder / "output.log");
      BOOST_TEST(outcome.code == std::stoi(line.substr(said + ends.size())), line + "\n" + outcome.output);
    }
  }
  BOOST_TEST(commands == 5);
}

BOOST_AUTO_TEST_SUITE_END()
