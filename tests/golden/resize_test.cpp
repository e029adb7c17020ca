// resize.npz: a picture in an uncompressed video, through video/decode.
#include <ATen/ops/equal.h>

#include "golden.hpp"
#include "raw_avi.hpp"

namespace {
using namespace tivit::tests;
}

BOOST_AUTO_TEST_SUITE(golden_resize)

BOOST_AUTO_TEST_CASE(areas_of_every_size) {
  if (!shared("golden/resize.npz")) return;
  const auto golden = golden_arrays("resize.npz");
  GoldenGraph graph("resize");
  const auto& image = golden.at("image_u8_hwc");
  const auto video = graph.folder() / "picture.avi";
  std::ofstream(video, std::ios::binary) << raw_avi(image, 3);
  graph.table("stages.clips", {{"use", "data/clips"}, {"files", {video.string()}}});
  graph.stage("whole", "video/decode", "clips");
  graph.stage("luma", "video/decode", "clips", {{"colour", "gray"}});
  json kept{{"whole", "whole"}, {"luma_hw", "luma"}};
  for (const auto& [name, wanted] : golden) {
    const bool luma = name.starts_with("luma_then_area_");
    if (!luma && !name.starts_with("area_")) continue;
    graph.stage(name, "video/decode", "clips", {{"colour", luma ? "gray" : "rgb"}, {"size", {wanted.size(-2), wanted.size(-1)}}});
    kept[name] = name;
  }
  BOOST_TEST(kept.size() >= 11u);
  graph.stage("out", "report/npz", kept, {{"to", (graph.folder() / "out.npz").string()}});
  graph.run();
  const auto found = tivit::data::read_npz(graph.folder() / "out.npz").arrays;
  BOOST_TEST(at::equal(found.at("whole")[1], image.permute({2, 0, 1})));
  for (const auto& [name, frames] : found) {
    if (name == "whole" || name.starts_with("beside.")) continue;
    // Frames are bytes: half of one is their rounding. What a video without a luma plane has for one is GStreamer's, in whole numbers.
    const bool luma = name.starts_with("luma");
    const auto wanted = luma ? golden.at(name).unsqueeze(0) : golden.at(name);
    BOOST_TEST(furthest(frames[1], wanted.mul(255)) < (luma ? 1.5 : 0.5) + 255 * 3e-6, name);
  }
}

BOOST_AUTO_TEST_SUITE_END()
