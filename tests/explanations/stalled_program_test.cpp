// A live tivit-run that stands, because a file of its source is a pipe that nobody writes into: asked by a signal, and by itself.
#include <sys/stat.h>

#include <boost/test/unit_test.hpp>
#include <thread>

#include "../graphs/program.hpp"

namespace {
using namespace tivit::tests;

struct Standing {
  fs::path folder;
  Program program;

  explicit Standing(const std::string& name, const std::string& more)
      : folder(prepared(name)), program({"standing.toml", "--run-dir", "run", "--set", more}, folder, folder / "output.log") {}
  static fs::path prepared(const std::string& name) {
    const fs::path folder = fresh_folder(name);
    BOOST_TEST_REQUIRE(::mkfifo((folder / "pipe.mid").c_str(), 0600) == 0);
    std::ofstream(folder / "standing.toml") << "[stages.music]\nuse = \"notes/read\"\nfiles = [\"pipe.mid\"]\n\n"
                                               "[stages.labels]\nuse = \"notes/text\"\nin = \"music\"\n";
    return folder;
  }
  /// Waits until what the program printed holds this text.
  bool says(const std::string& text, int times = 1) {
    for (int i = 0; i < 1500; ++i) {
      const std::string printed = read_file(folder / "output.log");
      int found = 0;
      for (std::size_t at = 0; (at = printed.find(text, at)) != std::string::npos; ++at) ++found;
      if (found >= times) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    return false;
  }
  std::string output() const { return read_file(folder / "output.log"); }
  ~Standing() {
    program.signal(SIGKILL);
    program.wait();
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(stalled_program)

BOOST_AUTO_TEST_CASE(sigusr1_is_answered_on_stderr_and_in_the_log) {
  Standing run("stalled_asked", "run.stalled_after=0 s");
  for (int i = 0; i < 1500 && !fs::exists(run.folder / "run/log.jsonl"); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(20));
  run.program.signal(SIGUSR1);
  BOOST_TEST(run.says("longest at work: music, is making item 0/0"), run.output());
  BOOST_TEST(run.says("\n  labels  waits for music ("), run.output());
  run.program.signal(SIGUSR1);
  BOOST_TEST(run.says("longest at work: music", 2), run.output());
  const auto log = read_json_lines(run.folder / "run/log.jsonl");
  BOOST_TEST_REQUIRE(!log.empty());
  BOOST_TEST(log[0]["level"] == "info");
  BOOST_TEST(log[0]["text"].get<std::string>().find("labels  waits for music") != std::string::npos);
  BOOST_TEST(run.output().find("stalls") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_stall_is_named_by_itself_and_again_when_it_has_doubled) {
  Standing run("stalled_by_itself", "run.stalled_after=0.3 s");
  BOOST_TEST(run.says("warning: the run stalls: no call has ended for 0.", 1), run.output());
  BOOST_TEST(run.says("the run stalls", 2), run.output());
  BOOST_TEST(run.says("longest at work: music, is making item 0/0", 2), run.output());
  run.program.signal(SIGTERM);
  const auto outcome = run.program.wait();
  BOOST_TEST(outcome.code == 130);
  BOOST_TEST(fs::exists(run.folder / "run/report.html"));
}

BOOST_AUTO_TEST_SUITE_END()
