// Inspectors of note files: labels as text and tables, MIDI.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <stages/labels/label_file.hpp>
#include <tivit/inspector.hpp>
#include <tivit/text_format.hpp>

namespace tivit::labels {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

Recognised is_labels(const fs::path& file, std::string_view) {
  const auto extension = lower_extension(file);
  return extension == ".txt" || extension == ".tsv" || extension == ".csv" ? Recognised::by_name : Recognised::no;
}

Recognised is_midi(const fs::path& file, std::string_view head) {
  if (head.starts_with("MThd")) return Recognised::by_content;
  return lower_extension(file) == ".mid" || lower_extension(file) == ".midi" ? Recognised::by_name : Recognised::no;
}

std::string inspect_notes(const fs::path& file) {
  const auto text = load_labels(file);
  const auto& notes = text.notes.list;
  if (notes.empty() && !text.bad_rows.empty()) {
    const auto& row = text.bad_rows.front();
    throw Error("no row is a note: " + row.problem(),
                row.remedy() + "; a data set's table of recordings is checked by graphs/check_data.toml", row.where());
  }
  Json out{{"notes", notes.size()}};
  if (!notes.empty()) {
    double end_s = 0, shortest_s = 1e9;
    int low = 127, high = 0, soft = 127, loud = 0, sounding = 0, most = 0;
    std::vector<std::pair<double, int>> edges;
    for (const auto& note : notes) {
      end_s = std::max(end_s, note.offset_s), shortest_s = std::min(shortest_s, note.offset_s - note.onset_s);
      low = std::min(low, note.pitch), high = std::max(high, note.pitch);
      soft = std::min(soft, note.velocity), loud = std::max(loud, note.velocity);
      edges.insert(edges.end(), {{note.onset_s, 1}, {note.offset_s, -1}});
    }
    std::sort(edges.begin(), edges.end());  // an end comes before a beginning at the same time
    for (const auto& [time, step] : edges) most = std::max(most, sounding += step);
    out.update({{"first_onset_s", notes.front().onset_s},
                {"last_offset_s", end_s},
                {"notes_per_s", end_s > 0 ? static_cast<double>(notes.size()) / end_s : 0},
                {"shortest_s", shortest_s},
                {"pitch_min", low},
                {"pitch_max", high},
                {"velocity_min", soft},
                {"velocity_max", loud},
                {"most_at_once", most},
                {"outside_88_keys", std::count_if(notes.begin(), notes.end(), [](const auto& note) {
                   return note.pitch < notes::lowest_pitch || note.pitch >= notes::lowest_pitch + notes::key_count;
                 })}});
  }
  for (const auto& row : text.bad_rows) out["bad_rows"].push_back(row.what());
  for (const auto& remark : text.remarks) out["remarks"].push_back(remark);
  return out.dump(-1, ' ', false, Json::error_handler_t::replace);
}

TIVIT_INSPECTOR("labels", "notes of label files (.txt) and note tables (.tsv, .csv), and rows that are none", &is_labels, &inspect_notes)
TIVIT_INSPECTOR("midi", "notes of a MIDI file", &is_midi, &inspect_notes)

}  // namespace
}  // namespace tivit::labels
