// report/dataset: the recordings of a data set -> what they hold, and what is wrong with them.
//
//   [stages.report]
//   use = "report/dataset"
//   in = { clip = "clips", notes = "labels", video = "video" }     # video: of video/probe, may be left out
//
// Prints a summary and every anomaly: recordings that failed on the way (labels or videos that cannot be read) with the reason, those
// without labels or notes, labels that end after their video, notes outside the 88 keys. The JSON has an entry for each recording,
// with the keys of the earlier system's metadata files. Never fails itself.
#include <algorithm>
#include <cstdio>
#include <stages/data/clip.hpp>
#include <stages/notes/note.hpp>
#include <stages/report/json_value.hpp>

#include <tivit/contract.hpp>
#include <tivit/text_format.hpp>

namespace tivit::report {
namespace {

using nlohmann::json;

class DatasetReport {
 public:
  static void contract(Contract<DatasetReport>& c) {
    c.gather("what the recordings of a data set hold, and what is wrong with them", "run");
    c.in("clip", "clip");
    c.in("notes", "notes").doc("the clip's labels");
    c.in("video", "json").optional().doc("what video/probe found");
    c.out("report", "json");
    c.example("[stages.report]\nuse = \"report/dataset\"\nin = { clip = \"clips\", notes = \"labels\" }\n");
  }

  void add(const data::Clip& clip, const notes::Notes& notes, const json* video, Emit&) {
    json piece{{"stem", clip.name},
               {"has_video", true},
               {"mp4", clip.video.string()},
               {"txt", clip.labels.string()},
               {"has_corners", clip.corners.has_value()}};
    double end_s = 0;
    int low = 127, high = 0;
    std::size_t outside = 0;
    for (const auto& note : notes.list) {
      end_s = std::max(end_s, note.offset_s), low = std::min(low, note.pitch), high = std::max(high, note.pitch);
      outside += note.pitch < notes::lowest_pitch || note.pitch >= notes::lowest_pitch + notes::key_count;
    }
    json odd = json::array();
    if (!notes.labelled)
      odd.push_back(anomaly(clip.name, "has no labels"));
    else if (notes.list.empty())
      odd.push_back(anomaly(clip.name, "its labels hold no notes"));
    if (outside) odd.push_back(anomaly(clip.name, "notes outside the 88 keys: " + std::to_string(outside)));
    if (!notes.list.empty())
      piece.update({{"duration_sec", end_s},
                    {"n_notes", notes.list.size()},
                    {"notes_per_sec", static_cast<double>(notes.list.size()) / end_s},
                    {"pitch_min", low},
                    {"pitch_max", high}});
    if (video) {
      piece["video"] = *video;
      if (end_s > video->at("duration_s").get<double>() + 0.5)
        odd.push_back(anomaly(
            clip.name, "its labels end at " + shown(end_s) + " s, the video at " + shown(video->at("duration_s").get<double>()) + " s"));
      if (!video->at("damage").empty())
        odd.push_back(anomaly(clip.name, "its video is damaged: " + video->at("damage")[0].get<std::string>()));
    }
    // Now nothing fails any more: a recording is counted as a whole, or not at all.
    split_ = clip.split;
    pieces_.push_back(std::move(piece));
    anomalies_.insert(anomalies_.end(), odd.begin(), odd.end());
  }

  void finish(Emit& emit, Context& context) {
    if (const auto* members = context.members())
      for (const auto& member : *members)
        if (member.lost) {
          const auto* source = member.attachments.find<SourceName>();
          anomalies_.push_back(anomaly(source ? source->clip : member.id.text(), member.lost->stage + ": " + member.lost->cause));
        }
    json report{{"kind", "dataset"}, {"split", split_}, {"n", pieces_.size()}, {"pieces", pieces_}, {"anomalies", anomalies_}};
    const auto middle = [&](const char* key) {
      std::vector<double> values;
      for (const auto& piece : pieces_)
        if (piece.contains(key)) values.push_back(piece.at(key).get<double>());
      if (values.empty()) return json();
      std::sort(values.begin(), values.end());
      return json((values[values.size() / 2] + values[(values.size() - 1) / 2]) / 2);
    };
    report["median"] = {{"notes_per_sec", middle("notes_per_sec")}, {"duration_sec", middle("duration_sec")}};
    const auto with = [&](const char* key) {
      return std::count_if(pieces_.begin(), pieces_.end(), [&](const json& p) { return p.value(key, false); });
    };
    std::printf("%s%s; medians: %s notes/s, %s s; %td with corners; %s\n", counted(pieces_.size(), "recording").c_str(),
                split_.empty() ? "" : (" of split " + printable(split_)).c_str(), figure(report["median"]["notes_per_sec"]).c_str(),
                figure(report["median"]["duration_sec"]).c_str(), with("has_corners"),
                anomalies_.size() == 1 ? "1 anomaly" : (std::to_string(anomalies_.size()) + " anomalies").c_str());
    for (const auto& one : anomalies_)
      std::printf("  %s: %s\n", printable(one.at("name").get<std::string>()).c_str(), printable(one.at("what").get<std::string>()).c_str());
    std::fflush(stdout);
    emit(std::move(report));
  }

 private:
  static json anomaly(const std::string& name, const std::string& what) { return {{"name", name}, {"what", what}}; }
  static std::string shown(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.3f", value);
    return text;
  }
  static std::string figure(const json& value) { return value.is_number() ? shown(value.get<double>()) : "-"; }

  std::string split_;
  json pieces_ = json::array(), anomalies_ = json::array();
};
TIVIT_STAGE("report/dataset", DatasetReport)

}  // namespace
}  // namespace tivit::report
