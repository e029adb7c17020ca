#include <type_traits>  // before smf.h, which includes it as C

#include <smf.h>

#include <algorithm>
#include <cmath>
#include <deque>
#include <map>
#include <memory>
#include <stages/notes/midi_bytes.hpp>
#include <stages/notes/midi_file.hpp>
#include <tivit/atomic_file.hpp>
#include <tivit/error.hpp>
#include <tuple>

namespace tivit::notes {
namespace {

using Smf = std::unique_ptr<smf_t, decltype(&smf_delete)>;
constexpr int ticks_a_quarter = 960;
constexpr double ticks_a_second = ticks_a_quarter * 2.0;  // 120 bpm

struct Started {
  double onset_s;
  int velocity;
};

smf_event_t* event_of(int status, int first, int second, const std::filesystem::path& path) {
  smf_event_t* event = smf_event_new_from_bytes(status, first, second);
  if (!event) throw Error("libsmf refuses a MIDI event", "", path.string());
  return event;
}

void check(const Note& note, const std::filesystem::path& path) {
  const std::string name = "the note at " + std::to_string(note.onset_s) + " s";
  if (note.pitch < 0 || note.pitch > 127)
    throw Error(name + " has pitch " + std::to_string(note.pitch), "MIDI knows 0 to 127", path.string());
  if (note.velocity < 1 || note.velocity > 127)
    throw Error(name + " has velocity " + std::to_string(note.velocity), "MIDI knows 1 to 127", path.string());
  if (!(note.onset_s >= 0) || !(note.offset_s > note.onset_s) || note.offset_s > longest_s)
    throw Error(name + " ends at " + std::to_string(note.offset_s) + " s",
                "a note begins at 0 or later and ends later than it begins, within a day", path.string());
}

}  // namespace

MidiContent read_midi(const std::filesystem::path& path) {
  std::string bytes = plain_midi(read_file(path), path.string());
  const Smf smf(smf_load_from_memory(bytes.data(), static_cast<int>(bytes.size())), &smf_delete);
  if (!smf) throw Error("libsmf cannot read this MIDI file", "save it again with another program", path.string());
  smf_rewind(smf.get());  // loading a tempo track leaves the reading position at the end
  MidiContent content;
  std::map<std::pair<int, int>, std::deque<Started>> sounding;  // by channel and pitch
  double end_s = 0;
  while (const smf_event_t* event = smf_get_next_event(smf.get())) {
    end_s = event->time_seconds;
    const unsigned char* message = event->midi_buffer;
    const int kind = message[0] >> 4;
    if (kind != 0x8 && kind != 0x9) continue;
    auto& started = sounding[{message[0] & 0xF, message[1]}];
    if (kind == 0x9 && message[2] > 0) {
      started.push_back({end_s, message[2]});
    } else if (!started.empty()) {
      const Started note = started.front();
      started.pop_front();
      if (end_s > note.onset_s)
        content.notes.list.push_back({note.onset_s, end_s, message[1], note.velocity});
      else
        ++content.without_duration;
    }
  }
  for (const auto& [key, started] : sounding)
    for (const auto& note : started) {
      ++content.without_end;
      if (end_s > note.onset_s) content.notes.list.push_back({note.onset_s, end_s, key.second, note.velocity});
    }
  std::sort(content.notes.list.begin(), content.notes.list.end(), [](const Note& a, const Note& b) {
    return std::tie(a.onset_s, a.pitch, a.offset_s) < std::tie(b.onset_s, b.pitch, b.offset_s);
  });
  return content;
}

void write_midi(const std::filesystem::path& path, const Notes& notes) {
  struct Event {
    int tick, on, pitch, velocity;  // ends sort before beginnings of the same tick
  };
  std::vector<Event> events;
  for (const auto& note : notes.list) {
    check(note, path);
    const int begin = static_cast<int>(std::lround(note.onset_s * ticks_a_second));
    const int end = std::max(begin + 1, static_cast<int>(std::lround(note.offset_s * ticks_a_second)));
    events.push_back({begin, 1, note.pitch, note.velocity});
    events.push_back({end, 0, note.pitch, 64});
  }
  std::sort(events.begin(), events.end(), [](const Event& a, const Event& b) {
    return std::tie(a.tick, a.on, a.pitch, a.velocity) < std::tie(b.tick, b.on, b.pitch, b.velocity);
  });
  const Smf smf(smf_new(), &smf_delete);
  smf_track_t* track = smf ? smf_track_new() : nullptr;
  if (!track || smf_set_ppqn(smf.get(), ticks_a_quarter)) throw Error("libsmf cannot begin a MIDI file", "", path.string());
  smf_add_track(smf.get(), track);
  unsigned char tempo[] = {0xFF, 0x51, 3, 0x07, 0xA1, 0x20};  // 500,000 microseconds a quarter
  smf_track_add_event_pulses(track, smf_event_new_from_pointer(tempo, sizeof tempo), 0);
  for (const auto& event : events)
    smf_track_add_event_pulses(track, event_of(event.on ? 0x90 : 0x80, event.pitch, event.velocity, path), event.tick);
  AtomicFile file(path);
  if (smf_save(smf.get(), file.temporary().c_str())) throw Error("the MIDI file cannot be written", "is the disk full?", path.string());
  file.commit();
}

}  // namespace tivit::notes
