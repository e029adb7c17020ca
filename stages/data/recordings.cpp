#include <algorithm>
#include <cmath>
#include <stages/data/recordings.hpp>
#include <stages/labels/label_file.hpp>
#include <tivit/error.hpp>

namespace tivit::data {

std::vector<Recording> measure(std::vector<Clip>& clips, double rows_per_second) {
  std::vector<Recording> recordings;
  for (auto& clip : clips) {
    labels::LabelText labels;
    if (!clip.labels.empty()) labels = labels::load_labels(clip.labels);
    const notes::Notes& notes = labels.notes;
    double end_s = 0;
    for (const auto& note : notes.list) end_s = std::max(end_s, note.offset_s);
    if (clip.duration_s <= 0) clip.duration_s = end_s;
    if (clip.duration_s <= 0 && !clip.labels.empty())
      throw Error(
          "no note can be read from these labels, so the length of their recording is not known" +
              (labels.bad_rows.empty() ? std::string() : ": " + labels.bad_rows[0].problem() + " (" + labels.bad_rows[0].where() + ")"),
          "correct them, leave the recording out with `exclude`, or give a table with columns.duration", clip.labels.string());
    if (clip.duration_s <= 0)
      throw Error("the length of this recording is not known", "give labels, or a table with columns.duration", clip.video.string());
    const auto rows = std::max<std::int64_t>(1, static_cast<std::int64_t>(std::floor(clip.duration_s * rows_per_second)));
    recordings.push_back({clip.duration_s, static_cast<std::int64_t>(notes.list.size()), rows});
  }
  return recordings;
}

}  // namespace tivit::data
