// docs/threads-and-devices.md: how many threads a run may have.
#include <thread>

#include "sample.hpp"
#include "shell_words.hpp"

#include "tests/code_blocks.hpp"
#include "tests/holds.hpp"

namespace {
using namespace tivit::tests;

struct Threads {
  int workers, intra_op, decode;
};

/// What the page shows in a block that begins so.
std::string shown(const std::string& beginning) {
  for (const auto& block : code_blocks(read_file(source_folder() / "docs/threads-and-devices.md")))
    if (block.text.starts_with(beginning)) return block.text;
  BOOST_FAIL("docs/threads-and-devices.md shows no " + beginning);
  return "";
}

/// The bound of the page; transcribe.toml has two expands, and the sample's files one stream.
int most_allowed(const Threads& n) {
  const int expands = 2, streams = 1, decode = n.decode > 1 ? n.decode : 0;
  return 2 + (n.workers + expands) * n.intra_op + (6 + n.workers + expands) * (1 + streams + decode);
}

int most_seen(Program& program) {
  int most = 0;
  for (; program.running(); std::this_thread::sleep_for(std::chrono::milliseconds(2))) most = std::max(most, program.threads());
  return most;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(threads)

BOOST_AUTO_TEST_CASE(a_run_has_no_more_than_the_runtime_section_allows) {
  BOOST_TEST(shown("threads").starts_with(
      "threads ≤ 2 + (workers + expands)·intra_op + (6 + workers + expands) · (1 + streams + decode)\n"));  // as most_allowed() has it
  std::vector<std::string> videos;
  for (const auto& entry : fs::directory_iterator(sample_set() / "test"))
    if (entry.path().extension() == ".mp4") videos.push_back(entry.path().string());
  BOOST_TEST_REQUIRE(videos.size() >= 2);
  const std::string weights = some_weights().string();
  for (const Threads n : {Threads{1, 1, 1}, Threads{2, 1, 1}, Threads{8, 1, 2}, Threads{2, 2, 1}}) {
    const fs::path folder = fresh_folder("threads");
    const auto set = [](const char* name, int value) { return "runtime." + std::string(name) + "=" + std::to_string(value); };
    // A cache of its own: everything is decoded.
    Program program(std::vector<std::string>{graph("transcribe.toml"), "--checkpoint", weights, "--to", "out", "--run-dir", "run", "--set",
                                             "cache=" + (folder / "cache").string(), "--set", set("pipeline_threads", n.workers), "--set",
                                             set("intra_op_threads", n.intra_op), "--set", set("decode_threads", n.decode)} +
                        videos,
                    folder, folder / "output.log");
    const int most = most_seen(program);
    const auto outcome = program.wait();
    BOOST_TEST_REQUIRE(outcome.code == 0, outcome.output);
    BOOST_TEST_CONTEXT(n.workers << " workers, " << n.intra_op << " intra-op, " << n.decode << " decoder threads") {
      BOOST_TEST(most >= 1 + n.workers);
      BOOST_TEST(most <= most_allowed(n));
      BOOST_TEST_MESSAGE(most << " threads, allowed are " << most_allowed(n));
    }
  }
}

BOOST_AUTO_TEST_CASE(what_the_page_shows_is_what_happens) {
  const fs::path folder = fresh_folder("threads-page");
  for (const char* name : {"graphs", "configs"}) fs::create_directory_symlink(source_folder() / name, folder / name);
  fs::create_directories(folder / "data");
  fs::create_directory_symlink(sample_set(), folder / "data/sample");
  fs::create_directories(folder / "runs/latest-train/checkpoints");
  fs::copy_file(some_weights(), folder / "runs/latest-train/checkpoints/best.safetensors");
  const auto command = shown("tivit-run ");
  const auto cached = std::vector<std::string>{"--set", "cache=" + (build_folder() / "tests/cache").string()};
  const auto words = words_of(command.substr(10, command.find('\n') - 10)) + cached;
  const auto outcome = run(words, folder);
  BOOST_TEST(outcome.code == 0, outcome.output);

  const auto on_gpu = run(words + std::vector<std::string>{"--set", "run.device=cuda"}, folder);
  if (!holds(on_gpu.output, "needs LibTorch's CUDA library")) {  // it is there, with a GPU or without
    BOOST_TEST_MESSAGE("the page's message was not seen: " << on_gpu.output);
    return;
  }
  BOOST_TEST(on_gpu.code == 1, on_gpu.output);
  const auto message = shown("resource \"model\"");
  const auto gap = message.find("…");  // what the loader says
  BOOST_TEST_REQUIRE(gap != std::string::npos);
  BOOST_TEST(holds(on_gpu.output, message.substr(0, gap)), on_gpu.output);
  BOOST_TEST(holds(on_gpu.output, message.substr(gap + std::string("…").size())), on_gpu.output);
}

BOOST_AUTO_TEST_SUITE_END()
