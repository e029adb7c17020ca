// video/probe: a clip's video -> what is known of it once its frames have been looked at.
//
//   [stages.video]
//   use = "video/probe"
//   in = "clips"
//
// A JSON object: width, height, fps, frames, duration_s, container, codec, exact_seeks, key_frames, damage (a list of texts); where
// the first picture comes later than the file begins, first_picture_s; where players do not show the picture as it is stored, orientation
// ("rotate-90") and pixel_aspect ("4:3"). Fails for a file that cannot be read as a video, naming the cause.
#include <nlohmann/json.hpp>
#include <stages/data/clip.hpp>
#include <stages/report/json_value.hpp>
#include <stages/video/clip_rows.hpp>
#include <stages/video/video_file.hpp>
#include <tivit/contract.hpp>

namespace tivit::video {

struct Probe {
  static void contract(Contract<Probe>& c) {
    c.map("what is known of a video once its frames have been looked at").parallel();
    c.in("clip", "clip");
    c.out("video", "json");
    c.example("[stages.video]\nuse = \"video/probe\"\nin = \"clips\"\n");
  }
  nlohmann::json operator()(const data::Clip& clip, Context& context) const {
    const auto file = VideoFile::open(clip.video, stop_of(context));
    const auto& table = file->table();
    nlohmann::json out{{"width", table.width},         {"height", table.height},        {"fps", table.fps()},
                       {"frames", table.count()},      {"codec", table.codec},          {"duration_s", seconds(table.end)},
                       {"container", table.container}, {"exact_seeks", table.seekable}, {"key_frames", table.keys.size()}};
    if (table.start != 0) out["first_picture_s"] = seconds(table.start);
    for (const auto& [name, value] : table.display()) out[name] = value;
    out["damage"] = nlohmann::json::array();
    for (const auto& damage : table.damage)
      out["damage"].push_back("frames " + std::to_string(damage.first) + " to " + std::to_string(damage.last - 1) + ": " + damage.what);
    return out;
  }
};
TIVIT_STAGE("video/probe", Probe)

}  // namespace tivit::video
