// Clips in recordings.
#include <stages/data/clip.hpp>
#include <tivit/json_codec.hpp>

namespace tivit::data {
namespace {
using nlohmann::json;

json told(const Clip& clip) {
  json out{{"name", clip.name},
           {"split", clip.split},
           {"video", clip.video.string()},
           {"labels", clip.labels.string()},
           {"frame_times", {clip.frame_times.rate, clip.frame_times.from_fps, clip.frame_times.offset_s}},
           {"duration_s", clip.duration_s},
           {"label_shift_s", clip.label_shift_s},
           {"first_row", clip.first_row},
           {"rows", clip.rows}};
  if (clip.corners)
    for (const auto& point : clip.corners->points) out["corners"].push_back({point.x, point.y});
  return out;
}

Clip clip_of(const json& from) {
  Clip clip;
  clip.name = from.at("name");
  clip.split = from.at("split");
  clip.video = from.at("video").get<std::string>();
  clip.labels = from.at("labels").get<std::string>();
  const auto& times = from.at("frame_times");
  clip.frame_times = {times.at(0), times.at(1), times.at(2)};
  clip.duration_s = from.at("duration_s");
  clip.label_shift_s = from.at("label_shift_s");
  clip.first_row = from.at("first_row");
  clip.rows = from.at("rows");
  if (from.contains("corners")) {
    clip.corners.emplace();
    for (std::size_t i = 0; i < 4; ++i) clip.corners->points[i] = {from.at("corners").at(i).at(0), from.at("corners").at(i).at(1)};
  }
  return clip;
}

const bool added = add_json_codec<Clip>(
    "clip", [](const Clip& clip) { return told(clip); }, [](const json& from) { return clip_of(from); },
    {{"name", "text", "/name", ""},
     {"video", "text", "/video", "\"\""},
     {"labels", "text", "/labels", "\"\""},
     {"corners", "f64[4,2]", "/corners", "null"},
     {"frame_times.rate", "f64[]", "/frame_times/0", "0", 0},
     {"frame_times.from_fps", "f64[]", "/frame_times/1", "0", 0},
     {"frame_times.offset_s", "f64[]", "/frame_times/2", "0"},
     {"duration_s", "f64[]", "/duration_s", "0", 0},
     {"label_shift_s", "f64[]", "/label_shift_s", "0"},
     {"first_row", "i64[]", "/first_row", "0", 0},
     {"rows", "i64[]", "/rows", "-1"},
     {"split", "text", "/split", "\"\""}});

}  // namespace
}  // namespace tivit::data
