// What a perfect network would score: real labels painted as targets, decoded to notes, and scored against the labels.
#include <ATen/core/Tensor.h>
#include <ATen/ops/zeros.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <stages/data/clip.hpp>
#include <stages/metrics/note_match.hpp>
#include <tests/shared_data.hpp>
#include <tivit/tensor/stage.hpp>

namespace {

using tivit::Payload;
using tivit::notes::Notes;

std::unique_ptr<tivit::Stage> make(const std::string& name) { return tivit::Registry::instance().find(name).make(); }

}  // namespace

BOOST_AUTO_TEST_SUITE(ceiling)

BOOST_AUTO_TEST_CASE(real_labels_survive_targets_and_decoding_on_several_grids) {
  const auto root = tivit::tests::shared("data/mta");
  if (!root) return;
  tivit::RunContext run;
  auto read = make("labels/read"), paint = make("labels/targets"), decode = make("notes/events");
  paint->open(run);
  decode->set("input", {std::string("probabilities")});
  for (const double rate : {20.0, 25.0, 30.0}) {
    double onset_f1 = 0, offset_f1 = 0;
    int clips = 0;
    for (const auto& file : std::filesystem::recursive_directory_iterator(*root)) {
      if (file.path().extension() != ".txt") continue;
      tivit::data::Clip clip;
      clip.labels = file.path();
      tivit::Context context;
      context.run_ = &run;
      context.in_.set(tivit::TimeGrid::from_rate(rate, tivit::nanoseconds(0.013)));
      const auto labels = read->call({{"clip", Payload::of(clip)}}, context).at(0);
      const auto truth = tivit::metrics::scored(labels.as<Notes>());
      const auto frames = at::zeros({static_cast<std::int64_t>(90 * rate)});
      const auto rolls = paint->call({{"frames", Payload::of(frames)}, {"notes", labels}}, context).at(0);
      const auto found = tivit::metrics::scored(decode->call({{"rolls", rolls}}, context).at(0).as<Notes>());
      const auto f1 = [&](std::optional<double> ratio) {
        return tivit::metrics::ratios(tivit::metrics::match_notes(truth, found, {.offset_ratio = ratio}).size(), truth.size(), found.size())
            .f1;
      };
      onset_f1 += f1(std::nullopt), offset_f1 += f1(0.2);
      ++clips;
    }
    BOOST_REQUIRE(clips == 32);
    BOOST_TEST_MESSAGE(rate << " rows/s: onset F1 " << onset_f1 / clips << ", onset and offset " << offset_f1 / clips);
    BOOST_TEST(onset_f1 / clips > 0.995);
    BOOST_TEST(offset_f1 / clips > 0.985);
  }
}

BOOST_AUTO_TEST_SUITE_END()
