// What docs/faults.md shows is true: its files are written, its commands run and end as it says.
#include "tests/cli/midi_file.hpp"
#include "trouble.hpp"

BOOST_AUTO_TEST_SUITE(page)

BOOST_AUTO_TEST_CASE(its_commands_end_as_it_says) {
  using namespace tivit::tests;
  const fs::path folder = fresh_folder("faults-page");
  std::ofstream(folder / "good.mid") << one_note_midi();
  std::ofstream(folder / "damaged.mid") << one_note_midi().substr(0, 20);
  std::istringstream text(read_file(fs::path(TIVIT_SOURCE_DIR) / "docs/faults.md"));
  std::string language;
  std::ofstream file;
  int commands = 0;
  for (std::string line; std::getline(text, line);) {
    if (line.starts_with("```")) {
      language = language.empty() ? line.substr(3) : "";
      file.close();
    } else if (language == "toml") {
      if (!file.is_open()) file.open(folder / line.substr(2));
      file << line << "\n";
    } else if (language == "sh") {
      const std::string ends = "# exit code ";
      const auto said = line.find(ends);
      BOOST_TEST_REQUIRE(said != std::string::npos, line);
      const auto outcome = shell("cd '" + folder.string() + "' && " + line.substr(0, said), folder / "output.log");
      BOOST_TEST(outcome.code == std::stoi(line.substr(said + ends.size())), line + "\n" + outcome.output);
      ++commands;
    }
  }
  BOOST_TEST(commands == 5);
}

BOOST_AUTO_TEST_SUITE_END()
