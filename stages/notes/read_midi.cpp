// notes/read_midi: MIDI files -> the notes of each.
//
//   [stages.music]
//   use = "notes/read_midi"
//   files = ["one.mid", "two.mid"]
//
// Each item is named by its file's stem. Fails, naming file and byte, on what is no MIDI file; notes that end in the tick in
// which they begin are left out, and a line of the log counts them.
#include <spdlog/spdlog.h>
#include <stages/notes/midi_file.hpp>

#include <tivit/contract.hpp>

namespace tivit::notes {
namespace {

class ReadMidi {
 public:
  std::vector<std::filesystem::path> files;

  static void contract(Contract<ReadMidi>& c) {
    c.source("reads the notes of MIDI files").attaches<SourceName>();
    c.param("files", &ReadMidi::files).required().must_exist().doc("MIDI files, format 0 or 1");
    c.out("notes", "notes");
    c.example("[stages.music]\nuse = \"notes/read_midi\"\nfiles = [\"one.mid\", \"two.mid\"]\n");
  }
  std::optional<Notes> next(Context& context) {
    const std::size_t number = context.id().depth() ? context.id().back() : 0;
    if (number >= files.size()) return std::nullopt;
    const auto& path = files[number];
    context.set(SourceName{path.stem().string()});
    MidiContent content = read_midi(path);
    if (content.without_duration + content.without_end > 0)
      spdlog::warn("{}: {} notes without duration left out, {} without end last to the end of the file", path.string(),
                   content.without_duration, content.without_end);
    return std::move(content.notes);
  }
};
TIVIT_STAGE("notes/read_midi", ReadMidi)

}  // namespace
}  // namespace tivit::notes
