// Clips in recordings.
#include <stages/data/clip.hpp>
#include <tivit/detail/json_codec.hpp>

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

const bool added = detail::add_json_codec<Clip>(
    "clip", [](const Clip& clip) { return told(clip); }, [](const json& from) { return clip_of(from); });

}  // namespace
}  // namespace tivit::data
