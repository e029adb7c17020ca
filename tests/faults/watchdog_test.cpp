// A run that fails or is cancelled ends within 2 s, even while a stage computes for ever or a decoder stands still.
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <thread>

#include "trouble.hpp"

namespace {
using namespace tivit::tests;

/// Seconds from the moment at which `mark` is written to the end of the program.
struct Ended {
  double after_s = 0;
  Outcome outcome;
};
Ended ended(Program& program, const fs::path& mark, int signal) {
  const auto now = [] { return std::chrono::steady_clock::now(); };
  while (program.running() && !fs::exists(mark)) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  const auto begin = now();
  if (signal) program.signal(signal);
  while (program.running()) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  return {std::chrono::duration<double>(now() - begin).count(), program.wait()};
}

void check(const Ended& end, const fs::path& run_directory, int code, const std::string& outcome) {
  BOOST_TEST(end.outcome.code == code, end.outcome.output);
  BOOST_TEST(end.after_s < 4.0);  // 2 s, and as much again for a busy machine
  BOOST_TEST(end.outcome.output.find("what was still at work was left behind") != std::string::npos, end.outcome.output);
  const auto account = nlohmann::json::parse(read_file(run_directory / "account.json"));
  BOOST_TEST(account["outcome"].get<std::string>().starts_with(outcome), account["outcome"]);
  int unfinished = 0;
  double longest_busy_s = 0;
  for (const auto& stage : account["stages"]) {
    unfinished += stage.value("unfinished", 0);
    longest_busy_s = std::max(longest_busy_s, stage["busy_s"].get<double>());
  }
  BOOST_TEST(unfinished >= 1);
  BOOST_TEST(longest_busy_s > 0.5);  // the call that never ended counts
}

}  // namespace

BOOST_AUTO_TEST_SUITE(watchdog)

BOOST_AUTO_TEST_CASE(an_error_ends_a_run_in_which_another_stage_computes_for_ever) {
  const fs::path folder = fresh_folder("watchdog-error");
  const auto file = graph_with_trouble(folder, "train", "how = \"spin\"\nat = 0\n");
  // A second one beside it, which throws a moment later.
  std::ofstream(file, std::ios::app) << "[stages.other]\nuse = \"faults/misbehave\"\nin = \"batch\"\nat = 1\nmark = \""
                                     << (folder / "mark").string() << "\"\non_error = \"fail\"\n";
  Program program(short_training(file, folder / "run", 1), folder, folder / "output.log");
  check(ended(program, folder / "mark", 0), folder / "run", 1, "failed: stage \"other\"");
}

BOOST_AUTO_TEST_CASE(ctrl_c_ends_a_run_in_which_a_stage_stands_still) {
  const fs::path folder = fresh_folder("watchdog-stall");
  const auto file = graph_with_trouble(folder, "train", "how = \"stall\"\nat = 0\nmark = \"" + (folder / "mark").string() + "\"\n");
  Program program(short_training(file, folder / "run", 1), folder, folder / "output.log");
  check(ended(program, folder / "mark", SIGINT), folder / "run", 130, "cancelled");
}

/// One stage of it fails while another stands still in a call of the system, which nothing interrupts.
BOOST_AUTO_TEST_CASE(a_failure_in_a_called_graph_ends_the_run_in_which_another_stage_of_it_stands_still) {
  const fs::path folder = fresh_folder("watchdog-called");
  BOOST_TEST_REQUIRE(::mkfifo((folder / "pipe.mid").c_str(), 0600) == 0);
  std::ofstream(folder / "broken.mid") << "no MIDI";
  constexpr char silence[] = "MThd\0\0\0\6\0\0\0\1\0\x60MTrk\0\0\0\4\0\xff\x2f";  // the string's own end is the last byte
  std::ofstream(folder / "silence.mid").write(silence, sizeof silence);
  std::ofstream(folder / "called.toml") << "[run]\non_error = \"fail\"\n[stages.blocked]\nuse = \"notes/read\"\nfiles = [\"pipe.mid\"]\n"
                                           "[stages.broken]\nuse = \"notes/read\"\nfiles = [\"broken.mid\"]\n";
  std::ofstream(folder / "graph.toml") << "[stages.music]\nuse = \"notes/read\"\nfiles = [\"silence.mid\"]\n"
                                          "[[after]]\nevery = \"run\"\nrun = \"called.toml\"\n";
  Program program({"graph.toml", "--quiet", "--run-dir", "run", "--set", "runtime.pipeline_threads=2"}, folder, folder / "output.log");
  const Ended end = ended(program, folder / "run/quarantine.jsonl", 0);
  BOOST_TEST(end.outcome.code == 1, end.outcome.output);
  BOOST_TEST(end.after_s < 4.0);
  BOOST_TEST(end.outcome.output.find("what was still at work was left behind") != std::string::npos, end.outcome.output);
  const auto account = nlohmann::json::parse(read_file(folder / "run/account.json"));
  BOOST_TEST(account["outcome"].get<std::string>().starts_with("failed: stage \"broken\""), account["outcome"]);
  // The call that never ended counts.
  BOOST_TEST(account["called"]["called"]["stages"][0]["busy_s"].get<double>() > 0.5, account.dump());
}

/// What is written when the run is over takes its time, too: here the disk never says that trace.json is in its place.
BOOST_AUTO_TEST_CASE(a_run_whose_trace_cannot_be_written_ends_all_the_same) {
  const fs::path folder = fresh_folder("watchdog-trace"), mark = folder / "mark";
  std::ofstream(folder / "broken.mid") << "no MIDI";
  std::ofstream(folder / "graph.toml") << "[stages.music]\nuse = \"notes/read\"\nfiles = [\"broken.mid\"]\n";
  const std::map<std::string, std::string> hangs{{"FAULT_CALL", "rename"}, {"FAULT_SUFFIX", "trace.json"}, {"FAULT_UNDER", ""},
                                                 {"FAULT_AT", "0"},        {"FAULT_COUNT", "1"},           {"FAULT_ERRNO", "0"},
                                                 {"FAULT_MS", "-1"},       {"FAULT_MARK", mark.string()}};
  for (const auto& [name, value] : hangs) ::setenv(name.c_str(), value.c_str(), 1);
  ::setenv("LD_PRELOAD", FAULTS_DIR "/preload.so", 1);
  Program program({"graph.toml", "--run-dir", "run", "--trace"}, folder, folder / "output.log");
  ::unsetenv("LD_PRELOAD");
  for (const auto& [name, value] : hangs) ::unsetenv(name.c_str());
  const Ended end = ended(program, mark, 0);
  BOOST_TEST(fs::exists(mark));
  BOOST_TEST(end.outcome.code == 1, end.outcome.output);
  BOOST_TEST(end.after_s < 4.0);
  BOOST_TEST(end.outcome.output.find("the run was over; what was still at work was left behind") != std::string::npos, end.outcome.output);
  const auto account = nlohmann::json::parse(read_file(folder / "run/account.json"));
  BOOST_TEST(account["outcome"].get<std::string>().starts_with("failed: stage \"music\""), account["outcome"]);
}

BOOST_AUTO_TEST_CASE(ctrl_c_ends_a_run_with_a_trace_which_is_written) {
  const fs::path folder = fresh_folder("watchdog-traced");
  const std::string mark = (folder / "mark").string();
  const auto file = graph_with_trouble(folder, "train", "how = \"throw\"\nat = 0\nmark = \"" + mark + "\"\non_error = \"skip\"\n");
  auto words = short_training(file, folder / "run", 50);
  words.push_back("--trace");
  Program program(words, folder, folder / "output.log");
  const Ended end = ended(program, mark, SIGINT);
  BOOST_TEST(end.outcome.code == 130, end.outcome.output);
  BOOST_TEST(end.after_s < 4.0);
  BOOST_TEST(nlohmann::json::parse(read_file(folder / "run/account.json"))["outcome"] == "cancelled");
  // A machine that was too busy for it says so.
  if (end.outcome.output.find("what was still at work was left behind") == std::string::npos)
    BOOST_TEST(!nlohmann::json::parse(read_file(folder / "run/trace.json"))["traceEvents"].empty());
}

/// As behind `| less`, or in a terminal that was halted: the first message that finds no room waits for ever.
BOOST_AUTO_TEST_CASE(a_run_whose_messages_nobody_reads_ends_all_the_same) {
  const fs::path folder = fresh_folder("watchdog-unread"), unread = folder / "unread";
  std::string files;
  for (int i = 0; i < 2000; ++i) {
    const fs::path file = folder / ("broken-" + std::to_string(i) + ".mid");
    std::ofstream(file) << "no MIDI";
    files += (i ? ", \"" : "\"") + file.string() + "\"";
  }
  std::ofstream(folder / "graph.toml") << "[run]\non_error = \"skip\"\n[stages.music]\nuse = \"notes/read\"\nfiles = [" << files << "]\n";
  BOOST_TEST_REQUIRE(::mkfifo(unread.c_str(), 0600) == 0);
  const int reader = ::open(unread.c_str(), O_RDWR | O_NONBLOCK);
  {
    Program program({"graph.toml", "--run-dir", "run"}, folder, unread);
    int held = 0;
    for (int before = -1; program.running() && (held == 0 || held != before); std::this_thread::sleep_for(std::chrono::milliseconds(300))) {
      before = held;
      ::ioctl(reader, FIONREAD, &held);
    }
    BOOST_TEST_REQUIRE(program.running(), "it never had to wait");
    program.signal(SIGTERM);
    const auto begin = std::chrono::steady_clock::now();
    while (program.running() && std::chrono::steady_clock::now() - begin < std::chrono::seconds(20))
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    BOOST_TEST(std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count() < 4.0);
    if (program.running()) program.signal(SIGKILL);
  }
  ::close(reader);
  BOOST_TEST(nlohmann::json::parse(read_file(folder / "run/account.json"))["outcome"] == "cancelled");
}

BOOST_AUTO_TEST_SUITE_END()
