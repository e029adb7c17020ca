// What calibrate/thresholds cannot work with.
#include <ATen/ops/full.h>
#include <ATen/ops/full_like.h>
#include <ATen/ops/zeros.h>
#include <ATen/TensorOperators.h>

#include <unistd.h>
#include <cmath>
#include <random>
#include <stages/calibrate/made_with.hpp>
#include <stages/calibrate/note_sweep.hpp>
#include <stages/model/model.hpp>
#include <stages/report/json_value.hpp>
#include <tests/model/models.hpp>
#include <tivit/atomic_file.hpp>

#include "performance.hpp"
#include "tests/folders.hpp"

using namespace tivit;
using namespace tivit::tests;
using nlohmann::json;

BOOST_AUTO_TEST_SUITE(thresholds_refused)

BOOST_AUTO_TEST_CASE(what_is_missing_is_told) {
  says(
      [] {
        Performance empty(1);
        empty.logits = {};
        Calibrating({{"criterion", {std::string("cells")}}}).add(empty);
      },
      "the record holds no logits");
  says([] { Calibrating({{"from", {3.0}}, {"to", {2.0}}}); }, "`to` is not above `from`");
  says([] { Calibrating({}).finish(); }, "no labelled recording came");
  says([] { Calibrating({}).add(Performance(1), false); }, "`targets` is not connected");
  Calibrating unlabelled({});
  unlabelled.add(Performance(1), true, false);
  says([&] { unlabelled.finish(); }, "no labelled recording came");
  Calibrating other({{"heads", {ParameterValue::List{{std::string("offset")}}}}});
  says([&] { other.add(Performance(1)); }, "heads: there are no logits \"offset\"; there is \"onset\", \"frame\"");
  Performance more(1);
  more.logits.set("offset", more.logits.at("onset"));
  says([&] { other.add(more); }, "nothing tells which threshold of head \"offset\" is best; connect targets that have it");
}

BOOST_AUTO_TEST_CASE(a_graph_that_connects_too_little_is_refused_before_it_runs) {
  const auto told = [](const std::string& criterion, const std::string& fit, std::set<std::string> open) {
    const auto faults =
        tivit::Registry::instance()
            .find("calibrate/thresholds")
            .faults([&](const auto& set) { set("criterion", {criterion}), set("fit", {fit}); }, tivit::Faults(std::move(open)));
    return faults.list().empty() ? std::string() : faults.list()[0].first + ": " + faults.list()[0].second.problem();
  };
  BOOST_TEST(told("notes", "none", {"targets"}) == "");
  BOOST_TEST(told("notes", "platt", {"targets"}) == "fit: `targets` is not connected");
  BOOST_TEST(told("notes", "none", {"reference"}) == "criterion: notes are to be scored, but `reference` is not connected");
  BOOST_TEST(told("cells", "none", {"reference", "targets"}) == "criterion: `targets` is not connected");
  BOOST_TEST(told("cells", "none", {"reference"}) == "");
}

BOOST_AUTO_TEST_CASE(rolls_of_128_pitches_are_those_of_the_piano_and_other_widths_are_refused) {
  const auto wide = [](const at::Tensor& roll, double rest) {
    auto pitches = at::full({roll.size(0), 128}, rest, at::kDouble);
    pitches.narrow(1, notes::lowest_pitch, notes::key_count).copy_(roll);
    return pitches;
  };
  Performance usual(1), midi(1);
  for (const char* head : {"onset", "frame"}) {
    midi.logits.set(head, wide(midi.logits.at(head), -9));
    midi.targets.set(head, wide(midi.targets.at(head), 0));
  }
  Calibrating one({{"fit", {std::string("none")}}}), other({{"fit", {std::string("none")}}});
  one.add(usual), other.add(midi);
  BOOST_TEST(one.finish().calibration["onset"]["best_logit"] == other.finish().calibration["onset"]["best_logit"]);
  Performance narrow(1);
  for (auto* fields : {&narrow.logits, &narrow.targets})
    for (const char* head : {"onset", "frame"}) fields->set(head, fields->at(head).narrow(1, 0, 12));
  says([&] { Calibrating({}).add(narrow); },
       "\"onset\" has shape [400, 12]: notes are made of rows of 88 keys or 128 pitches; score cells: criterion = \"cells\"");
}

BOOST_AUTO_TEST_SUITE_END()
