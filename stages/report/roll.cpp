// report/roll: notes, and the truth where it is known -> a piano-roll picture of each recording.
//
//   [stages.picture]
//   use = "report/roll"
//   in = { estimate = "events", reference = "labels" }      # reference may be left out
//   to = "out"                # out/<recording>.png; without it, rolls/ in the run directory
//
// The picture ends where the recording does, as far as its rows travel beside the notes: labels may go on. Light bars were played, dark
// blue ones on them were found; red ones were missed, orange ones were never played. Fails when two recordings have one name, and when the
// file cannot be written.
#include <stages/notes/recording_end.hpp>
#include <stages/notes/recording_name.hpp>
#include <stages/notes/shifted.hpp>
#include <stages/report/picture_file.hpp>
#include <stages/report/roll_drawing.hpp>

#include <optional>
#include <tivit/contract.hpp>
#include <tivit/writable.hpp>

namespace tivit::report {
namespace {

class Roll {
 public:
  std::filesystem::path to;
  std::string format = "png";
  Duration row{20};
  int width = 1600;

  static void contract(Contract<Roll>& c) {
    c.sink("draws a piano roll of each recording: what was played, found, missed and made up");
    c.param("to", &Roll::to).doc("folder of the pictures; empty: rolls/ in the run directory");
    c.param("format", &Roll::format).one_of({"png", "svg"}).doc("pixels or vectors");
    c.param("row", &Roll::row).range(1, 3600).unit("s").doc("length of a row; longer ones where more than 50 would be needed");
    c.param("width", &Roll::width).range(300, 16000).unit("px").doc("of the picture");
    c.in("estimate", "notes");
    c.in("reference", "notes").optional().doc("the truth");
    c.example("[stages.picture]\nuse = \"report/roll\"\nin = { estimate = \"events\", reference = \"labels\" }\nto = \"out\"\n");
  }
  void check(Faults& faults) const { check_file_or_folder(faults, "to", to, "." + format); }

  void operator()(const notes::Notes& estimate, const notes::Notes* reference, Context& context) {
    const auto end_s = notes::recording_end_s(context);
    const notes::Notes found = notes::shifted(estimate, 0);
    std::optional<notes::Notes> played;
    if (reference && reference->labelled) played = notes::until(notes::shifted(*reference, 0), end_s);
    const auto* truth = played ? &*played : nullptr;
    const RollLayout layout = roll_layout(found, truth, row.seconds, width, end_s);
    const std::string name = notes::recording_name(context);
    write_picture(folder_.file(to, "rolls", "." + format, context), width, layout.height, name,
                  [&](cairo_t* cairo) { draw_roll(cairo, layout, name, found, truth); });
  }

 private:
  notes::OutputFolder folder_;
};
TIVIT_STAGE("report/roll", Roll)

}  // namespace
}  // namespace tivit::report
