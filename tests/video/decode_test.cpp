// The stages that open videos, driven as a graph drives them.
#include <ATen/ops/equal.h>

#include <stages/data/clip.hpp>
#include <stages/video/frame_cache.hpp>
#include <stages/video/resize.hpp>
#include <stages/video/video_file.hpp>
#include <tests/video/bar_code.hpp>
#include <tivit/tensor/stage.hpp>

using namespace tivit;
using tivit::tests::code_of;
using tivit::tests::coded_video;
using Parameters = std::vector<std::pair<std::string, ParameterValue>>;

namespace {

struct Driver {
  RunContext run;
  const StageSpec& spec;
  std::unique_ptr<Stage> stage;

  Driver(const std::string& name, const Parameters& parameters, std::shared_ptr<Resource> cache = {})
      : spec(Registry::instance().find(name)), stage(spec.make()) {
    for (const auto& [key, value] : parameters) stage->set(key, spec.parameter(key)->checked(value));
    if (cache) stage->bind("cache", cache);
    stage->open(run);
  }
  Context context() {
    Context made;
    made.run_ = &run, made.spec_ = &spec, made.stage_ = spec.name;
    return made;
  }
  at::Tensor decode(const data::Clip& clip) {
    auto at = context();
    return decode(clip, at);
  }
  at::Tensor decode(const data::Clip& clip, Context& at) { return stage->call({{"clip", Payload::of(clip)}}, at)[0].as<at::Tensor>(); }
};

struct Collect final : Emit {
  std::vector<data::Clip> clips;
  void put(std::vector<Payload> outputs) override { clips.push_back(outputs[0].as<data::Clip>()); }
};

ParameterValue list(std::initializer_list<std::int64_t> numbers) {
  ParameterValue::List values;
  for (const auto number : numbers) values.emplace_back().value = number;
  ParameterValue made;
  made.value = std::move(values);
  return made;
}

data::Clip clip_of(const std::filesystem::path& video, std::int64_t first = 0, std::int64_t rows = -1) {
  data::Clip clip;
  clip.name = video.stem().string();
  clip.video = video;
  clip.first_row = first, clip.rows = rows;
  return clip;
}

std::shared_ptr<Resource> memory_cache() { return std::make_shared<video::FrameCache>(video::memory_store(64 << 20), 16); }

}  // namespace

BOOST_AUTO_TEST_SUITE(decode)

BOOST_AUTO_TEST_CASE(windows_cover_every_row_and_decode_to_their_frames) {
  const auto path = coded_video("windows.mp4", 250, 30000, 1001);
  Driver windows("video/windows", {{"rows", {std::int64_t{60}}}, {"hop", {std::int64_t{50}}}});
  Driver decode("video/decode", {{"colour", {std::string("gray")}}});
  Collect collect;
  auto context = windows.context();
  windows.stage->expand({{"clip", Payload::of(clip_of(path))}}, collect, context);
  std::vector<std::int64_t> begins, lengths;
  for (const auto& clip : collect.clips) begins.push_back(clip.first_row), lengths.push_back(clip.rows);
  BOOST_TEST(begins == (std::vector<std::int64_t>{0, 50, 100, 150, 200}));
  BOOST_TEST(lengths == (std::vector<std::int64_t>{60, 60, 60, 60, 50}));
  for (const auto& clip : collect.clips) {
    auto at = decode.context();
    const auto frames = decode.decode(clip, at);
    BOOST_TEST(frames.size(0) == clip.rows);
    for (std::int64_t row = 0; row < frames.size(0); ++row) BOOST_TEST(code_of(frames[row]) == clip.first_row + row);
    BOOST_TEST(at.find<TimeGrid>()->seconds_at(0) == static_cast<double>(clip.first_row) * 1001 / 30000,
               boost::test_tools::tolerance(1e-6));
    BOOST_TEST(at.find<SourceName>()->clip == "windows");
    BOOST_TEST(at.find<data::Clip>()->rows == clip.rows);
  }
}

BOOST_AUTO_TEST_CASE(a_window_beyond_the_end_is_shorter) {
  const auto path = coded_video("short.mp4", 40, 20);
  Driver decode("video/decode", {{"colour", {std::string("gray")}}});
  BOOST_TEST(decode.decode(clip_of(path, 30, 32)).size(0) == 10);
  data::Clip slow = clip_of(path, 0, 4);
  slow.frame_times.rate = 5;
  const auto frames = decode.decode(slow);
  for (std::int64_t row = 0; row < 4; ++row) BOOST_TEST(code_of(frames[row]) == 4 * row);
}

BOOST_AUTO_TEST_CASE(size_and_crop_are_taken_from_the_source_picture) {
  const auto path = coded_video("sizes.mp4", 20, 20);
  BOOST_TEST((Driver("video/decode", {}).decode(clip_of(path, 3, 4)).sizes() == at::IntArrayRef{4, 3, 64, 256}));
  const std::pair<std::string, ParameterValue> gray{"colour", {std::string("gray")}};
  const auto whole = Driver("video/decode", {gray}).decode(clip_of(path, 3, 4));
  const auto cut = Driver("video/decode", {gray, {"crop", list({32, 8, 64, 48})}, {"size", list({12, 16})}}).decode(clip_of(path, 3, 4));
  BOOST_TEST(at::equal(cut, video::area_resize(whole.narrow(2, 8, 48).narrow(3, 32, 64), 12, 16)));
  BOOST_CHECK_EXCEPTION(Driver("video/decode", {{"crop", list({32, 8, 64})}}), Error,
                        [](const Error& error) { return error.problem() == "crop is not [x, y, width, height]"; });
  // No memory is taken for what cannot be.
  BOOST_CHECK_EXCEPTION(Driver("video/decode", {{"crop", list({0, 0, 65536, 65536})}}).decode(clip_of(path, 0, 4)), Error,
                        [](const Error& error) {
                          return std::string(error.what()) ==
                                 "sizes [0.000 s, 0.200 s): the box 65536x65536 at 0,0 does not lie in the picture of 256x64; give a box "
                                 "inside the picture";
                        });
  BOOST_CHECK_EXCEPTION(
      Driver("video/decode", {{"crop", list({200, 8, 64, 48})}}).decode(clip_of(path, 0, 4)), Error, [](const Error& error) {
        return std::string(error.what()) ==
               "sizes [0.000 s, 0.200 s): the box 64x48 at 200,8 does not lie in the picture of 256x64; give a box inside the picture";
      });
}

BOOST_AUTO_TEST_CASE(a_second_epoch_decodes_nothing) {
  const auto path = coded_video("cached.mp4", 250, 30);
  const auto cache = memory_cache();
  Driver plain("video/decode", {{"size", list({16, 64})}});
  Driver cached("video/decode", {{"size", list({16, 64})}}, cache);
  const auto epoch = [&] {
    for (const std::int64_t first : {0, 7, 100, 93, 230, 17, 150}) {
      const auto clip = clip_of(path, first, 32);
      BOOST_TEST(at::equal(cached.decode(clip), plain.decode(clip)));
    }
  };
  epoch();
  const auto before = video::VideoFile::decoded();
  for (const std::int64_t first : {0, 7, 100, 93, 230, 17, 150}) cached.decode(clip_of(path, first, 32));
  BOOST_TEST(video::VideoFile::decoded() == before);
  // Any other parameter, time base or file content is decoded anew.
  Driver other("video/decode", {{"size", list({16, 65})}}, cache);
  BOOST_TEST(other.decode(clip_of(path, 0, 32)).size(3) == 65);
  auto slower = clip_of(path, 0, 32);
  slower.frame_times.rate = 10;
  BOOST_TEST(at::equal(cached.decode(slower), plain.decode(slower)));
  coded_video("cached.mp4", 100, 30, 1, {.quantizer = 40});
  BOOST_TEST(at::equal(cached.decode(clip_of(path, 0, 32)), plain.decode(clip_of(path, 0, 32))));
}

BOOST_AUTO_TEST_CASE(a_window_of_no_rows_has_none_with_and_without_a_cache) {
  const auto path = coded_video("none.mp4", 40, 20);
  Driver plain("video/decode", {});
  Driver cached("video/decode", {}, memory_cache());
  for (Driver* one : {&plain, &cached}) BOOST_TEST((one->decode(clip_of(path, 10, 0)).sizes() == at::IntArrayRef{0, 3, 64, 256}));
}

BOOST_AUTO_TEST_CASE(cache_keys_know_every_part_that_decodes) {
  const auto text = video::VideoFile::decoder();
  for (const char* part : {" libav 1.", " isomp4 1.", " matroska 1.", " videoparsersbad 1.", " jpeg 1.", " avcodec ", " FFmpeg "})
    BOOST_TEST(text.find(part) != std::string::npos, text);
  BOOST_TEST(text.find(" avcodec 0") == std::string::npos, text);
}

BOOST_AUTO_TEST_CASE(bytes_do_not_depend_on_decoder_threads) {
  const auto path = coded_video("threads.mp4", 200, 30, 1, {.key_frame_interval = 100, .b_frames = 3});
  Driver one("video/decode", {});
  Driver four("video/decode", {});
  four.run.threads.decode = 4;
  four.stage->open(four.run);
  for (const std::int64_t first : {0, 120, 50})
    BOOST_TEST(at::equal(one.decode(clip_of(path, first, 40)), four.decode(clip_of(path, first, 40))));
}

BOOST_AUTO_TEST_CASE(a_cancelled_run_stops_decoding) {
  const auto path = coded_video("cancelled.mp4", 250, 30);
  Driver decode("video/decode", {});
  decode.run.cancel_flag = std::make_shared<std::atomic<bool>>(true);
  BOOST_CHECK_THROW(decode.decode(clip_of(path, 200, 40)), Cancelled);
}

BOOST_AUTO_TEST_SUITE_END()
