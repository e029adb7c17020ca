// video/… and keyboard/…: on a film of a dozen frames that is made here.
#include <filesystem>
#include <stages/data/clip.hpp>
#include <stages/video/gst.hpp>
#include <stages/video/video_writer.hpp>
#include <tivit/atomic_file.hpp>

#include "../train/keyboard_picture.hpp"
#include "subjects.hpp"

#include "tests/folders.hpp"

namespace tivit::tests {
namespace {

constexpr int width = 160, height = 96, frames = 12;

const std::filesystem::path& film() {
  static const std::filesystem::path path = [] {
    const std::filesystem::path path = build_folder() / "tests/conformance/film.mp4";
    std::filesystem::create_directories(path.parent_path());
    video::VideoWriter writer(path, width, height, 20);
    for (int frame = 0; frame < frames; ++frame) {
      std::vector<std::uint8_t> picture(width * height);
      for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x) picture[static_cast<std::size_t>(y * width + x)] = static_cast<std::uint8_t>(x + 2 * y + 9 * frame);
      writer.write(picture.data(), width);
    }
    writer.close();
    return path;
  }();
  return path;
}

data::Clip clip(std::size_t n) {
  data::Clip clip;
  clip.name = "piece" + std::to_string(n);
  clip.split = "train";
  clip.video = film();
  clip.corners = keyboard::Corners{{{{10, 30}, {150, 30}, {150, 70}, {10, 70}}}};
  clip.duration_s = 1;
  clip.rows = 5;
  clip.first_row = static_cast<std::int64_t>(n % 7);
  return clip;
}
Given of_clip(std::size_t n) { return given({{"clip", Payload::of(clip(n))}}, n); }
Given of_missing_clip() {
  data::Clip missing = clip(1);
  missing.video = "/nowhere/film.mp4";
  return given({{"clip", Payload::of(missing)}}, 1);
}

[[maybe_unused]] const bool added = [] {
  for (const char* use : {"video/decode", "video/windows", "video/probe", "keyboard/strips", "keyboard/background"}) {
    Subject subject{use, {}, of_clip};
    subject.refused = of_missing_clip();
    if (subject.use == "video/windows") subject.settings = {{"rows", {std::int64_t{3}}}, {"hop", {std::int64_t{2}}}};
    add(subject);
  }
  add({"video/encode", {}, [](std::size_t n) { return given({{"frames", made("u8[4,1,32,48]", n)}}, n); }});
  add({"video/tiles", {}, [](std::size_t n) { return given({{"frames", made("u8[4,1,16,60]", n)}}, n); }});
  add({"keyboard/motion", {}, [](std::size_t n) {
         Given given = tests::given({{"strip", made("u8[4,1,64,648]", n)}}, n);
         given.beside.set(keyboard_geometry());
         return given;
       }});
  add({"keyboard/rectify", {}, [](std::size_t n) {
         Given given = tests::given({{"frames", made("u8[2,3,96,160]", n)}}, n);
         given.beside.set(clip(n));
         return given;
       }});
  add({"keyboard/write_table", {{"to", {std::string("{folder}/clips.tsv")}}}, of_clip});
  add({"keyboard/score", {{"train", {std::int64_t{2}}}, {"val", {std::int64_t{1}}}, {"test", {std::int64_t{1}}}, {"duration", {3.0}}}});
  Subject render{"keyboard/render",
                 {{"directory", {std::string("{folder}/set")}},
                  {"width", {std::int64_t{160}}},
                  {"height", {std::int64_t{120}}},
                  {"fps", {std::int64_t{5}}}},
                 [](std::size_t n) {
                   Given given = tests::given({{"notes", Payload::of(piece(n))}}, n);
                   given.beside.set(clip(n));
                   return given;
                 }};
  render.items_per_epoch = 3;
  return add(render);
}();

}  // namespace
}  // namespace tivit::tests
