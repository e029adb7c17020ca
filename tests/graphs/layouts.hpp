#pragma once
// Fixtures of data sets, and the graphs that read them.
#include <map>
#include <stages/notes/midi_file.hpp>

#include "sample.hpp"

#include "tests/folders.hpp"

namespace tivit::tests {

inline void write(const fs::path& file, const std::string& text) {
  fs::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary) << text;
}
inline void link(const fs::path& to, const fs::path& name) {
  fs::create_directories(name.parent_path());
  fs::create_symlink(fs::canonical(to), name);
}

struct Music {
  fs::path file;
  int notes = 0;  ///< with a duration
};
inline std::vector<Music> midi_files(const fs::path& folder) {
  std::vector<Music> files;
  for (const auto& entry : fs::directory_iterator(folder))
    if (entry.path().extension() == ".mid") files.push_back({entry.path(), 0});
  std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) { return a.file < b.file; });
  for (auto& one : files) one.notes = static_cast<int>(notes::read_midi(one.file).notes.list.size());
  return files;
}

/// The notes of a performance that end before a film of this length does.
inline notes::Notes first_notes(const fs::path& midi, double seconds) {
  auto notes = notes::read_midi(midi).notes;
  std::erase_if(notes.list, [&](const auto& note) { return note.offset_s > seconds; });
  return notes;
}

/// Notes as PianoVAM writes them; a pedal holds every sound for half a second more.
inline std::string note_table(const notes::Notes& notes, bool header) {
  std::string text = header ? "onset\tkey_offset\tframe_offset\tnote\tvelocity\n" : "";
  for (const auto& note : notes.list) {
    char line[128];
    std::snprintf(line, sizeof line, "%.6f\t%.6f\t%.6f\t%d\t%d\n", note.onset_s, note.offset_s, note.offset_s + 0.5, note.pitch,
                  note.velocity);
    text += line;
  }
  return text;
}

/// 3 s of a film at another frame rate.
inline fs::path film_at(const fs::path& film, int fps, const fs::path& folder) {
  write(folder / "film.toml", "[stages.clips]\nuse = \"data/clips\"\nfiles = [\"" + film.string() + "\"]\nframe_times = { rate = " +
                                  std::to_string(fps) + " }\ndraws_per_epoch = 1\nrows = " + std::to_string(3 * fps) +
                                  "\n[stages.frames]\nuse = \"video/decode\"\nin = \"clips\"\n[stages.film]\nuse = \"video/encode\"\nin = "
                                  "\"frames\"\ndirectory = \"" +
                                  folder.string() + "\"\n");
  const auto outcome = run({"film.toml"}, folder);
  BOOST_TEST_REQUIRE(outcome.code == 0, outcome.output);
  return folder / (film.stem().string() + ".mp4");
}

struct ReadSet {
  Outcome outcome;
  std::vector<std::string> names;    ///< of recordings
  std::map<std::string, int> notes;  ///< of each
  std::string skipped;
};

inline std::string set_graph(const std::string& data, const fs::path& root, const std::string& rest) {
  return "include = [\"" + source_folder().string() + "/configs/data/" + data + ".toml\"]\n[vars]\nsplit = \"train\"\n" + rest +
         "[run]\non_error = { do = \"skip\" }\n[stages.labels]\nuse = \"labels/read\"\nin = \"clips\"\n# " + root.string() + "\n";
}

/// The labels of all recordings of a split, as the set's configuration and labels/read give them.
inline ReadSet read_set(const std::string& data, const fs::path& root, const std::string& split,
                        const std::vector<std::string>& more = {}) {
  const auto folder = fresh_folder(data + "-run");
  write(folder / "labels.toml", set_graph(data, root, "draws = 0\nrows = 24\n") + "[stages.text]\nuse = \"notes/text\"\nin = \"labels\"\n");
  ReadSet set;
  set.outcome = run(
      std::vector<std::string>{"labels.toml", "--run-dir", "run", "--set", "clips.root=" + root.string(), "--set", "split=" + split} + more,
      folder);
  if (fs::exists(folder / "run/labels"))
    for (const auto& entry : fs::recursive_directory_iterator(folder / "run/labels")) {
      if (entry.is_directory()) continue;
      const auto text = read_file(entry.path());
      set.names.push_back(entry.path().lexically_relative(folder / "run/labels").replace_extension().string());
      set.notes[set.names.back()] = static_cast<int>(std::count(text.begin(), text.end(), '\n'));
    }
  std::sort(set.names.begin(), set.names.end());
  set.skipped = read_file(folder / "run/skipped_files.tsv");
  return set;
}

struct ReadStrips {
  Outcome outcome;
  fs::path strips;  ///< folder of NumPy files, one for each of two windows
};

/// Two windows of 24 rows through keyboard/strips.
inline ReadStrips read_strips(const std::string& data, const fs::path& root, const std::vector<std::string>& more) {
  static int number = 0;
  const auto folder = fresh_folder(data + "-strips-" + std::to_string(++number));
  write(folder / "strips.toml",
        set_graph(data, root, "draws = 2\nrows = 24\n") +
            "[stages.strips]\nuse = \"keyboard/strips\"\nin = \"clips\"\n[stages.save]\nuse = \"report/npz\"\nin = { "
            "strips = \"strips\", labels = \"labels\" }\n");
  const auto outcome =
      run(std::vector<std::string>{"strips.toml", "--run-dir", "run", "--set", "clips.root=" + root.string()} + more, folder);
  return {outcome, folder / "run/save"};
}

}  // namespace tivit::tests
