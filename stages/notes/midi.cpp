// notes/midi: the notes of each recording -> a MIDI file of its name.
//
//   [stages.midi]
//   use = "notes/midi"
//   in = "events"
//   to = "out"                # out/<recording>.mid; without it, midi/ in the run directory
//
// 960 ticks a quarter at 120 bpm. A file begins at 0: a note that began before it begins there, one that ended by then is left out. A
// recording without labels has no file. Fails when two recordings have one name, and when a file cannot be written.
#include <stages/notes/midi_file.hpp>
#include <stages/notes/recording_name.hpp>
#include <stages/notes/shifted.hpp>

#include <tivit/contract.hpp>
#include <tivit/writable.hpp>

namespace tivit::notes {
namespace {

class WriteMidi {
 public:
  std::filesystem::path to;

  static void contract(Contract<WriteMidi>& c) {
    c.sink("writes the notes of each recording to a MIDI file");
    c.param("to", &WriteMidi::to).doc("folder of the files; empty: midi/ in the run directory");
    c.in("notes", "notes");
    c.example("[stages.midi]\nuse = \"notes/midi\"\nin = \"events\"\nto = \"out\"\n");
  }
  void check(Faults& faults) const { check_file_or_folder(faults, "to", to, ".mid"); }
  void operator()(const Notes& notes, Context& context) {
    if (!notes.labelled) return folder_.pass_over(context);
    write_midi(folder_.file(to, "midi", ".mid", context), shifted(notes, 0));
  }

 private:
  OutputFolder folder_;
};
TIVIT_STAGE("notes/midi", WriteMidi)

}  // namespace
}  // namespace tivit::notes
