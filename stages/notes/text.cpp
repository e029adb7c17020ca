// notes/text: the notes of each recording -> a label file: onset, offset (seconds) and MIDI pitch, separated by tabs.
//
//   [stages.text]
//   use = "notes/text"
//   in = "events"
//   to = "out"                # out/<recording>.txt; without it, labels/ in the run directory
//
// What it writes reads as labels again: a note that began before 0 begins there, one that ended by then is left out, and none is shorter
// than a microsecond. A recording without labels has no file. Fails when two recordings have one name, and when a file cannot be written.
#include <stages/labels/label_file.hpp>
#include <stages/notes/recording_name.hpp>
#include <stages/notes/shifted.hpp>
#include <tivit/contract.hpp>
#include <tivit/writable.hpp>

namespace tivit::notes {
namespace {

class WriteText {
 public:
  std::filesystem::path to;

  static void contract(Contract<WriteText>& c) {
    c.sink("writes the notes of each recording to a label file: onset, offset, pitch");
    c.param("to", &WriteText::to).doc("folder of the files; empty: labels/ in the run directory");
    c.in("notes", "notes");
    c.example("[stages.text]\nuse = \"notes/text\"\nin = \"events\"\nto = \"out\"\n");
  }
  void check(Faults& faults) const { check_file_or_folder(faults, "to", to, ".txt"); }
  void operator()(const Notes& notes, Context& context) {
    if (!notes.labelled) return folder_.pass_over(context);
    labels::write_labels(folder_.file(to, "labels", ".txt", context), shifted(notes, 0));
  }

 private:
  OutputFolder folder_;
};
TIVIT_STAGE("notes/text", WriteText)

}  // namespace
}  // namespace tivit::notes
