// keyboard/score: pieces to render, made up. See the contract.
#include <array>
#include <cstdio>
#include <stages/data/clip.hpp>
#include <stages/keyboard/music.hpp>
#include <tivit/contract.hpp>

namespace tivit::keyboard {
namespace {

/// Composes pieces of runs, chords, repeated notes and melodies for two hands, for the three splits of a sample data set. Piece
/// n is the same for the same seed of the run.
///   [stages.score]
///   use = "keyboard/score"
///   train = 8
///   duration = "20 s"
struct Score {
  int train = 8, val = 2, test = 3;
  Duration duration{20};

  static void contract(Contract<Score>& c) {
    c.source("made-up pieces for a sample data set");
    c.param("train", &Score::train).range(0, 1000).unit("pieces").doc("of the training split");
    c.param("val", &Score::val).range(0, 1000).unit("pieces").doc("of the validation split");
    c.param("test", &Score::test).range(0, 1000).unit("pieces").doc("of the test split");
    c.param("duration", &Score::duration).range(3, 3600).doc("of each piece");
    c.out("notes", "notes");
    c.attaches<data::Clip>().attaches<SourceName>();
    c.example("[stages.score]\nuse = \"keyboard/score\"\ntrain = 8\nval = 2\ntest = 3\nduration = \"20 s\"\n");
  }
  void open(RunContext&) { number_ = 0; }
  std::optional<notes::Notes> next(Context& context) {
    const std::array<std::pair<const char*, int>, 3> splits{{{"train", train}, {"val", val}, {"test", test}}};
    int before = 0;
    for (const auto& [split, count] : splits) {
      if (number_ < before + count) {
        std::array<char, 16> name;
        std::snprintf(name.data(), name.size(), "%03d", number_);
        data::Clip clip;
        clip.name = name.data();
        clip.split = split;
        clip.duration_s = duration.seconds;
        context.set(SourceName{std::string(split) + "/" + name.data()});
        context.set(std::move(clip));
        ++number_;
        return compose(context.seed(), duration.seconds);
      }
      before += count;
    }
    number_ = 0;
    return std::nullopt;
  }

 private:
  int number_ = 0;
};
TIVIT_STAGE("keyboard/score", Score)

}  // namespace
}  // namespace tivit::keyboard
