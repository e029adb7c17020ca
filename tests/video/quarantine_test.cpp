// Ten clips, one truncated and one with flipped bytes: eight results, and two entries that say which, where and why.
#include <ATen/core/Tensor.h>
#include <ATen/ops/empty.h>

#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <random>
#include <set>
#include <stages/data/clip.hpp>
#include <tests/video/bar_code.hpp>
#include <tivit/make_plan.hpp>
#include <tivit/run_program.hpp>
#include <tivit/tensor/stage.hpp>

namespace fs = std::filesystem;
using namespace tivit;

namespace {

struct Remember {
  static std::map<std::string, std::int64_t>& rows() {
    static std::map<std::string, std::int64_t> all;
    return all;
  }
  static void contract(Contract<Remember>& c) {
    c.sink("remembers how many rows of each clip came");
    c.in("frames", "u8[T,C,H,W]");
  }
  void operator()(const at::Tensor& frames, Context& context) { rows()[context.get<data::Clip>("clip").name] += frames.size(0); }
};
TIVIT_STAGE("test/remember", Remember)

struct Greedy {
  static void contract(Contract<Greedy>& c) {
    c.sink("wants more memory than there is");
    c.in("frames", "u8[T,C,H,W]");
  }
  void operator()(const at::Tensor&) { at::empty({std::int64_t{1} << 50}, at::kByte); }
};
TIVIT_STAGE("test/greedy", Greedy)

std::string bytes_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

fs::path ten_clips() {
  const auto folder = tests::video_folder() / "ten";
  fs::remove_all(folder);
  fs::create_directories(folder);
  // Noise, so that flipped bytes cannot hide in a still picture; the index comes first, so that a cut is no error of the container.
  std::mt19937 random(2);
  std::vector<std::uint8_t> gray(96 * 64);
  for (int i = 0; i < 10; ++i) {
    video::VideoWriter writer(tests::video_folder() / "one.mp4", 96, 64, 30);
    for (int frame = 0; frame < 90; ++frame) {
      for (auto& pixel : gray) pixel = static_cast<std::uint8_t>(random() >> 24);
      writer.write(gray.data(), 96);
    }
    writer.close();
    tests::transcoded(tests::video_folder() / "one.mp4", "fast.mp4", "x264enc threads=1 ! mp4mux faststart=true");
    auto bytes = bytes_of(tests::video_folder() / "fast.mp4");
    if (i == 3) bytes.resize(bytes.size() * 6 / 10);
    if (i == 7)
      for (int flip = 0; flip < 60; ++flip)
        bytes[bytes.size() / 3 + random() % (bytes.size() / 3)] ^= static_cast<char>(1 + random() % 255);
    std::ofstream(folder / ("clip" + std::to_string(i) + ".mp4"), std::ios::binary) << bytes;
  }
  return folder;
}

int run(const std::string& name, const std::string& text, const fs::path& directory) {
  const auto file = tests::video_folder() / (name + ".toml");
  std::ofstream(file) << text;
  Remember::rows().clear();
  fs::remove_all(directory);
  const Plan plan = make_plan(GraphRequest{file, {}, {}, {}});
  return run_program(plan, {.run_directory = directory, .quiet = true});
}

}  // namespace

BOOST_AUTO_TEST_SUITE(quarantine)

BOOST_AUTO_TEST_CASE(two_of_ten_clips_are_named_and_left_out) {
  const auto folder = ten_clips();
  const auto directory = tests::video_folder() / "ten_run";
  const std::string graph =
      "[runtime]\npipeline_threads = 2\n[stages.clips]\nuse = \"data/clips\"\nroot = \"" + folder.string() +
      "\"\n[stages.frames]\nuse = \"video/decode\"\nin = \"clips\"\n[stages.remember]\nuse = \"test/remember\"\nin = \"frames\"\n[run]\n";
  BOOST_TEST(run("ten", graph + "on_error = { do = \"skip\" }\n", directory) == exit_quarantined);
  BOOST_TEST(Remember::rows().size() == 8u);
  for (const auto& [name, rows] : Remember::rows()) BOOST_TEST(rows == 90, name);

  std::map<std::string, nlohmann::json> entries;
  std::ifstream lines(directory / "quarantine.jsonl");
  for (std::string line; std::getline(lines, line);) {
    const auto entry = nlohmann::json::parse(line);
    entries[entry.at("clip")] = entry;
    BOOST_TEST(entry.at("stage") == "frames");
  }
  BOOST_REQUIRE(entries.size() == 2u);
  const auto cause = [&](const std::string& clip) { return entries.at(clip).at("cause").get<std::string>(); };
  BOOST_TEST(cause("clip3").find("the file is truncated") != std::string::npos, cause("clip3"));
  BOOST_TEST(cause("clip7").find("is damaged: the decoder reports") != std::string::npos, cause("clip7"));
  // A budget of one failure is exceeded: then the run fails.
  BOOST_TEST(run("ten_strict", graph + "on_error = { do = \"skip\", budget = 1 }\n", directory) == exit_failed);
}

BOOST_AUTO_TEST_CASE(a_cause_is_no_dump_of_the_stack) {
  const auto film = tests::coded_video("greedy.mp4", 4, 20);
  const auto directory = tests::video_folder() / "greedy_run";
  BOOST_TEST(run("greedy",
                 "[stages.clips]\nuse = \"data/clips\"\nfiles = [\"" + film.string() +
                     "\"]\n[stages.frames]\nuse = \"video/decode\"\nin = \"clips\"\n[stages.greedy]\nuse = \"test/greedy\"\nin = "
                     "\"frames\"\non_error = \"skip\"\n",
                 directory) == exit_quarantined);
  const auto cause = nlohmann::json::parse(bytes_of(directory / "quarantine.jsonl")).at("cause").get<std::string>();
  BOOST_TEST(cause.find("allocate") != std::string::npos, cause);
  BOOST_TEST(cause.find('\n') == std::string::npos, cause);
}

BOOST_AUTO_TEST_SUITE_END()
