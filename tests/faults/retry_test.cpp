// A stage that fails is tried again, after waits that grow and that the end of a run ends.
#include <thread>

#include "trouble.hpp"

namespace {
using namespace tivit::tests;

Outcome train(const fs::path& folder, const std::string& on_error, int failures) {
  const auto file = graph_with_trouble(folder, "train", "at = 1\ntimes = " + std::to_string(failures) + "\non_error = " + on_error + "\n");
  return run(short_training(file, folder / "run", 1), folder);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(retry)

BOOST_AUTO_TEST_CASE(what_fails_twice_and_then_works_is_done) {
  const fs::path folder = fresh_folder("retry");
  const auto outcome = train(folder, "{ do = \"retry\", times = 2, wait = \"0.4 s\" }", 2);
  BOOST_TEST(outcome.code == 0, outcome.output);
  BOOST_TEST(!fs::exists(folder / "run/quarantine.jsonl"));
  const auto trouble = account_of(folder / "run").at("trouble");
  BOOST_TEST(trouble["done"] == 2);
  BOOST_TEST(trouble["failed"] == 0);
  BOOST_TEST(trouble["busy_s"].get<double>() > 1.2);  // 0.4 s, then twice as long
}

BOOST_AUTO_TEST_CASE(what_fails_once_more_than_that_is_left_out) {
  const fs::path folder = fresh_folder("retry-in-vain");
  const auto outcome = train(folder, "{ do = \"retry\", times = 2, wait = 0 }", 3);
  BOOST_TEST(outcome.code == 3, outcome.output);
  BOOST_TEST(read_json_lines(folder / "run/quarantine.jsonl").size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_wait_ends_with_the_run) {
  const fs::path folder = fresh_folder("retry-cancelled");
  const auto file = graph_with_trouble(folder, "train", "on_error = { do = \"retry\", times = 9, wait = \"30 s\" }\n");
  Program program(short_training(file, folder / "run", 1), folder, folder / "output.log");
  const auto reads = [&](const char* text) { return read_file(folder / "run/log.jsonl").find(text) != std::string::npos; };
  while (program.running() && !reads("again in")) std::this_thread::sleep_for(std::chrono::milliseconds(20));
  program.signal(SIGINT);
  const auto outcome = program.wait();
  BOOST_TEST(outcome.code == 130, outcome.output);
  BOOST_TEST(outcome.wall_s < 1.0);  // before the program would be ended by force
}

BOOST_AUTO_TEST_SUITE_END()
