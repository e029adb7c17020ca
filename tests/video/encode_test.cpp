// Frames to a file and back, through the ports.
#include <ATen/core/Tensor.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/full.h>
#include <ATen/ops/randint.h>

#include <cstring>
#include <stages/video/video_file.hpp>
#include <tests/file_size_limit.hpp>
#include <tests/video/bar_code.hpp>
#include <tivit/tensor/stage.hpp>

using namespace tivit;
namespace fs = std::filesystem;

namespace {

at::Tensor coded_frames(int first, int count) {
  at::Tensor frames = at::empty({count, 1, tests::code_height, tests::code_width}, at::kByte);
  for (int i = 0; i < count; ++i) std::memcpy(frames[i].data_ptr(), tests::coded_picture(first + i).data(), frames[i].nbytes());
  return frames;
}

struct Sink {
  RunContext run;
  const StageSpec& spec = Registry::instance().find("video/encode");
  std::unique_ptr<Stage> stage = spec.make();

  explicit Sink(const std::string& name, const fs::path& directory = {}, bool resumed = false) {
    run.directory = tests::video_folder() / name;
    if (!resumed) fs::remove_all(run.directory);
    stage->set("directory", {directory.string()});
    stage->open(run);
  }
  Context context() {
    Context made;
    made.run_ = &run, made.spec_ = &spec, made.stage_ = spec.name;
    return made;
  }
  void write(const std::string& clip, const at::Tensor& frames, const TimeGrid& grid, ItemId id = {0, 0, 0}) {
    auto at = context();
    at.id_ = id;
    at.in_.set(SourceName{clip, 0, -1});
    at.in_.set(grid);
    stage->call({{"frames", Payload::of(frames)}}, at);
  }
  void end(ItemId scope) {
    auto at = context();
    at.scope_ = {"recording", scope};
    stage->scope_end(at);
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(encode)

BOOST_AUTO_TEST_CASE(overlapping_windows_become_one_film) {
  Sink sink("encode");
  const auto grid = TimeGrid::from_rate(30000 / 1001.0);
  sink.write("a", coded_frames(0, 20), grid, {0, 0, 0});
  sink.write("a", coded_frames(15, 20), grid.from_row(15), {0, 0, 1});
  const auto path = sink.run.directory / "videos/a.mp4";
  BOOST_TEST(!fs::exists(path));
  sink.end({0, 1});
  BOOST_TEST(!fs::exists(path));
  sink.end({0, 0});
  const auto film = video::VideoFile::open(path);
  BOOST_TEST(film->table().count() == 35);
  BOOST_TEST(film->table().fps() == 30000 / 1001.0, boost::test_tools::tolerance(1e-6));
  for (std::int64_t frame = 0; frame < 35; ++frame) BOOST_TEST(tests::code_of(film->read(std::vector{frame})[0]) == frame);
  // The next clip of the scope begins a file of its own, and ends the one before.
  sink.write("b", coded_frames(0, 5), grid, {0, 1, 0});
  sink.write("c", coded_frames(0, 5), grid, {0, 1, 1});
  BOOST_TEST(fs::exists(sink.run.directory / "videos/b.mp4"));
  // What lies in no recording is a film of its own.
  sink.write("d", coded_frames(0, 5), grid, {0, 2});
  BOOST_TEST(fs::exists(sink.run.directory / "videos/d.mp4"));
}

BOOST_AUTO_TEST_CASE(colours_come_back) {
  Sink sink("encode_rgb");
  auto frames = at::full({3, 3, 32, 64}, 0, at::kByte);
  const int colours[3][3] = {{200, 40, 60}, {30, 180, 90}, {128, 128, 128}};
  for (int t = 0; t < 3; ++t)
    for (int channel = 0; channel < 3; ++channel) frames[t][channel].fill_(colours[t][channel]);
  sink.write("colours", frames, TimeGrid::from_rate(25));
  sink.end({});
  const auto film = video::VideoFile::open(sink.run.directory / "videos/colours.mp4");
  const auto back = film->read(std::vector<std::int64_t>{0, 1, 2}, {.colour = video::Colour::rgb});
  BOOST_TEST(back.to(at::kInt).sub(frames.to(at::kInt)).abs().max().item<int>() <= 6);
}

BOOST_AUTO_TEST_CASE(a_film_that_cannot_be_finished_costs_no_other) {
  const auto noise = at::randint(256, {2, 1, 360, 640}, at::kByte);  // few enough for the encoder to hold them to the end
  const auto grid = TimeGrid::from_rate(30);
  const auto is_full = [](const Error& error) {
    BOOST_TEST_MESSAGE(error.what());
    return fs::path(error.where()).filename() == "large.mp4" && error.problem().starts_with("cannot be written: ");
  };
  Sink sink("encode_full");
  const auto videos = sink.run.directory / "videos";
  {
    const tests::FileSizeLimit full(100 << 10);
    BOOST_CHECK_EXCEPTION(sink.write("large", noise, grid, {0, 0}), Error, is_full);
    sink.write("small", coded_frames(0, 5), grid, {0, 1});
    BOOST_TEST(fs::exists(videos / "small.mp4"));
  }
  sink.write("large", noise, grid, {0, 0});  // another attempt
  BOOST_TEST(fs::exists(videos / "large.mp4"));
  // Windows: which one is a recording's last is known at its end.
  Sink windows("encode_full");
  {
    const tests::FileSizeLimit full(100 << 10);
    windows.write("large", noise, grid, {0, 0, 0});
    windows.write("small", coded_frames(0, 5), grid, {0, 0, 1});
    BOOST_CHECK_EXCEPTION(windows.end({0, 0}), Error, is_full);
  }
  BOOST_TEST(!fs::exists(videos / "large.mp4"));
  BOOST_TEST(fs::exists(videos / "small.mp4"));
}

BOOST_AUTO_TEST_CASE(a_resumed_run_writes_its_own_films_anew_and_no_others) {
  const auto folder = tests::video_folder() / "films";
  fs::remove_all(folder);
  const auto grid = TimeGrid::from_rate(30);
  const auto refused = [](const std::string& problem) {
    return [problem](const std::string& name) {
      return [=](const Error& error) { return error.problem() == problem && fs::path(error.where()).filename() == name; };
    };
  };
  const auto exists = refused("exists already"),
             made = refused("was made in this run already: a recording came twice, or two have one name");
  {
    Sink begun("encode_resumed", folder);
    for (const char* name : {"mine", "replaced"}) begun.write(name, coded_frames(0, 5), grid, {0, 0});
    BOOST_CHECK_EXCEPTION(begun.write("mine", coded_frames(0, 5), grid, {0, 1}), Error, made("mine.mp4"));
    begun.write("half", coded_frames(0, 5), grid, {0, 2, 0});
  }
  fs::copy(folder / "mine.mp4", folder / "other.mp4");
  fs::rename(folder / "other.mp4", folder / "replaced.mp4");
  Sink resumed("encode_resumed", folder, true);
  for (const char* name : {"mine", "half"}) resumed.write(name, coded_frames(0, 9), grid, {0, 0});
  BOOST_TEST(video::VideoFile::open(folder / "mine.mp4")->table().count() == 9);
  BOOST_CHECK_EXCEPTION(resumed.write("mine", coded_frames(0, 5), grid, {0, 1}), Error, made("mine.mp4"));
  BOOST_CHECK_EXCEPTION(resumed.write("replaced", coded_frames(0, 9), grid, {0, 2}), Error, exists("replaced.mp4"));
  Sink another("encode_another", folder);
  BOOST_CHECK_EXCEPTION(another.write("mine", coded_frames(0, 5), grid, {0, 0}), Error, exists("mine.mp4"));
}

BOOST_AUTO_TEST_CASE(what_cannot_be_encoded_says_why) {
  const auto says = [](const std::string& text) {
    return [text](const Error& error) {
      BOOST_TEST_MESSAGE(error.what());
      return std::string(error.what()).find(text) != std::string::npos;
    };
  };
  Sink sink("encode_errors");
  const auto grid = TimeGrid::from_rate(30);
  sink.write("a", coded_frames(0, 5), grid);
  BOOST_CHECK_EXCEPTION(sink.write("a", coded_frames(9, 5), grid.from_row(9)), Error,
                        says("row 5 is missing; windows must overlap and come in order"));
  BOOST_CHECK_EXCEPTION(sink.write("a", coded_frames(9, 5), grid.from_row(9)), Error, says("row 5 is missing"));  // the same item again
  BOOST_CHECK_EXCEPTION(sink.write("a", coded_frames(5, 5), grid.from_row(5), {0, 0, 1}), Error,
                        says("a: a window of this clip failed before; it gets no video"));
  sink.end({});
  BOOST_TEST(fs::is_empty(sink.run.directory / "videos"));  // half a video gets no name
  sink.write("a", coded_frames(0, 5), grid);
  BOOST_CHECK_EXCEPTION(sink.write("a", at::full({2, 1, 32, 32}, 0, at::kByte), grid.from_row(5)), Error,
                        says("the picture's size changes within the clip"));
  sink.end({});
  sink.write("a", coded_frames(0, 5), grid);
  sink.end({});
  BOOST_CHECK_EXCEPTION(sink.write("a", coded_frames(0, 5), grid), Error,
                        says("a.mp4: was made in this run already: a recording came twice, or two have one name; let each come once "
                             "(draws_per_epoch = 0), rename one, or set overwrite = true"));
  BOOST_CHECK_EXCEPTION(sink.write("b", at::full({2, 2, 32, 32}, 0, at::kByte), grid), Error, says("pictures of 2 channels are no video"));
}

BOOST_AUTO_TEST_SUITE_END()
