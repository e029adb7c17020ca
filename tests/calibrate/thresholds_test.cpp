// calibrate/thresholds by the notes that decoders find; its table and its picture.
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

BOOST_AUTO_TEST_SUITE(thresholds)

BOOST_AUTO_TEST_CASE(the_threshold_between_true_and_false_notes_is_found) {
  Calibrating stage({{"fit", {std::string("none")}}});
  for (unsigned seed : {1, 2, 3}) stage.add(Performance(seed));
  const auto found = stage.finish();
  const auto& onset = found.calibration["onset"];
  BOOST_TEST(onset["criterion"] == "notes");
  BOOST_TEST(onset["f1"] == 1.0);
  BOOST_TEST((onset["best_prob"] > 0.37 && onset["best_prob"] < 0.43), onset.dump());
  BOOST_TEST(onset["edge"].is_null());
  BOOST_TEST(std::abs(onset["best_prob"].get<double>() - calibrate::sigmoid(onset["best_logit"])) < 1e-12);
  BOOST_TEST(found.calibration["frame"]["f1"] == 1.0);
  BOOST_TEST(found.report["recordings"].size() == 3u);
}

BOOST_AUTO_TEST_CASE(a_fitted_line_and_its_threshold_belong_together) {
  Calibrating stage({});
  for (unsigned seed : {1, 2, 3}) stage.add(Performance(seed));
  const auto found = stage.finish();
  const auto& onset = found.calibration["onset"];
  const double raw = (onset["best_logit"].get<double>() - onset["logit_bias"].get<double>()) * onset["temperature"].get<double>();
  BOOST_TEST(onset["platt_scale"] != 1.0);
  BOOST_TEST((calibrate::sigmoid(raw) > 0.37 && calibrate::sigmoid(raw) < 0.43), onset.dump());
  BOOST_TEST(found.report["heads"]["onset"]["after"]["ece"].get<double>() <= found.report["heads"]["onset"]["before"]["ece"].get<double>());
}

BOOST_AUTO_TEST_CASE(notes_of_a_head_whose_logits_lie_close_together_are_found) {
  // The same order of peaks on a hundredth of the scale: 0.0017 logits lie between true and false ones.
  for (const float centre : {-1.23f, -3.97f, -9.7f, 5.5f})
    for (const bool with_targets : {true, false}) {
      Calibrating stage({{"fit", {std::string("none")}}, {"heads", {ParameterValue::List{{std::string("onset")}}}}});
      for (unsigned seed : {1, 2, 3}) {
        Performance one(seed);
        one.logits.set("onset", one.logits.at("onset").mul(0.01).add(centre));
        stage.add(one, with_targets);
      }
      const auto found = stage.finish();
      const auto& onset = found.calibration["onset"];
      BOOST_TEST(onset["f1"] == 1.0, centre << " " << onset);
      const double logit = onset["best_logit"], half = 0.01 * std::log(0.38 / 0.62), high = 0.01 * std::log(0.42 / 0.58);
      BOOST_TEST((logit > centre + half - 0.001 && logit < centre + high + 0.001), centre << " " << onset);
      BOOST_TEST(onset["edge"].is_null(), onset);
    }
}

BOOST_AUTO_TEST_CASE(the_best_of_notes_is_that_of_the_plain_grid_or_better) {
  for (unsigned seed : {21, 22, 23, 24}) {
    std::mt19937 random(seed);
    std::normal_distribution<float> noise;
    Performance one(seed);
    for (const char* head : {"onset", "frame"}) {
      auto logits = one.logits.at(head);
      for (int row = 0; row < 400; ++row)
        for (int key = 0; key < 88; ++key)
          if (logits[row][key].item<float>() > -8) logits[row][key] += 1.5f * noise(random);
    }
    // Without targets the other head keeps the decoder's own threshold.
    Calibrating stage({{"fit", {std::string("none")}}, {"heads", {ParameterValue::List{{std::string("onset")}}}}});
    stage.add(one, false);
    const auto onset = stage.finish().calibration["onset"];
    // By the decoder and the matching themselves, over the plain grid.
    double best = 0;
    for (int i = 0; i <= 120; ++i) {
      tests::MadeStage events("notes/events", {{"onset", {calibrate::sigmoid(-4 + 0.05 * i)}}});
      events.context.in_.set(one.grid);
      const auto found = metrics::scored(events({Payload::of(one.logits)})[0].as<notes::Notes>());
      const auto matched = metrics::match_notes(metrics::scored(one.truth), found, {0.05, std::nullopt}).size();
      best = std::max(best, 2.0 * static_cast<double>(matched) / static_cast<double>(one.truth.list.size() + found.size()));
    }
    BOOST_TEST(onset["f1"].get<double>() >= best - 1e-12, seed << " " << best << " " << onset);
  }
}

BOOST_AUTO_TEST_CASE(a_head_without_positives_has_no_threshold) {
  Performance silent(1);
  silent.truth.list.clear();
  silent.targets = {{"onset", at::zeros({400, 88})}, {"frame", at::zeros({400, 88})}};
  Calibrating nothing({});
  nothing.add(silent);
  says([&] { nothing.finish(); }, "no head has a threshold: \"frame\" (its labels hold nothing that it could find), \"onset\" (its labels");
  Performance other(1);
  for (Fields* fields : {&other.logits, &other.targets}) fields->set("pedal", fields->at("onset"));
  other.targets.set("pedal", at::zeros({400, 88}));
  Calibrating stage({});
  stage.add(other);
  const auto found = stage.finish();
  BOOST_TEST(found.calibration.contains("onset"));
  BOOST_TEST(found.calibration.contains("frame"));
  BOOST_TEST(!found.calibration.contains("pedal"));
  BOOST_TEST(found.report["heads"]["pedal"]["left_out"] == "its labels hold nothing that it could find");
  BOOST_TEST(!found.report["heads"]["onset"].contains("left_out"));
  // A curve of given thresholds may be zero where there is something to find.
  Calibrating given({{"fit", {std::string("none")}}, {"probabilities", {ParameterValue::List{{1.0}}}}});
  given.add(Performance(1));
  const auto zero = given.finish();
  BOOST_TEST(!zero.calibration.contains("onset"));
  BOOST_TEST(zero.report["heads"]["onset"]["left_out"] == "nothing is right at any threshold that was tried");
}

BOOST_AUTO_TEST_CASE(a_sweep_counts_what_the_decoders_stages_find) {
  const Performance one(7);
  std::vector<calibrate::Recording> recordings;
  recordings.emplace_back("one", one.logits, one.grid, nullptr, &one.truth);
  calibrate::NoteSweep sweep(recordings, {}, {}, 0.05);
  for (const double threshold : {0.0, 0.05, 0.3, 0.4, 0.5, 0.8, 1.0}) {
    tests::MadeStage events("notes/events", {{"onset", {threshold}}});
    events.context.in_.set(one.grid);
    const auto found = events({Payload::of(one.logits)})[0].as<notes::Notes>();
    const auto score = sweep.score("onset", {{{"onset", threshold}}});
    BOOST_TEST(score.estimate == found.list.size());
    BOOST_TEST(score.reference == one.truth.list.size());
    const auto matches = metrics::match_notes(metrics::scored(one.truth), metrics::scored(found), {0.05, std::nullopt});
    BOOST_TEST(score.matched == matches.size());
  }
}

BOOST_AUTO_TEST_CASE(notes_that_began_before_the_recording_begin_with_it) {
  const Performance one(7);
  for (const double onset_s : {-5.0, -0.04, -0.01}) {
    auto truth = one.truth;
    truth.list.insert(truth.list.begin(), {{onset_s - 9, -0.001, 40, 64}, {onset_s, 0.3, 41, 64}});
    const calibrate::Recording early("one", one.logits, one.grid, nullptr, &truth);
    BOOST_TEST_REQUIRE(early.reference.size() == one.truth.list.size() + 1);
    BOOST_TEST(early.reference[0].onset_s == 0);
    BOOST_TEST(early.reference[0].cents == 4100);
  }
}

BOOST_AUTO_TEST_CASE(notes_of_segments_as_their_stages_find_them) {
  Performance one(3);
  one.logits = {{"onset", one.logits.at("onset")}, {"pitch", one.logits.at("frame")}};
  std::vector<calibrate::Recording> recordings;
  recordings.emplace_back("one", one.logits, one.grid, nullptr, &one.truth);
  calibrate::NoteSweep sweep(recordings, {}, {.segments = true}, 0.05);
  for (const double threshold : {0.1, 0.36, 0.9}) {
    const auto cells = [&](const char* head, double value) {
      tests::MadeStage stage("notes/hysteresis", {{"head", {std::string(head)}}, {"threshold", {value}}});
      return stage({Payload::of(one.logits.at(head))})[0];
    };
    tests::MadeStage segments("notes/segments");
    segments.context.in_.set(one.grid);
    const auto found = segments({cells("pitch", 0.5), cells("onset", threshold)})[0].as<notes::Notes>();
    const auto score = sweep.score("onset", {{{"onset", threshold}, {"pitch", 0.5}}});
    BOOST_TEST(score.estimate == found.list.size());
    BOOST_TEST(score.matched == metrics::match_notes(metrics::scored(one.truth), metrics::scored(found), {0.05, std::nullopt}).size());
  }
}

BOOST_AUTO_TEST_CASE(only_rows_and_keys_that_are_there_count) {
  Performance part(1);
  const auto all = part.truth.list.size();
  part.logits = {{"onset", part.logits.at("onset").slice(0, 0, 200)}, {"frame", part.logits.at("frame").slice(0, 0, 200)}};
  keyboard::KeyGeometry geometry;
  for (int key = 0; key < 88; ++key) geometry.keys.push_back({.index = key, .present = key >= 44});
  const calibrate::Recording half("half", part.logits, part.grid, nullptr, &part.truth),
      seen("seen", part.logits, part.grid, &geometry, &part.truth);
  BOOST_TEST((half.reference.size() > all / 3 && half.reference.size() < all * 2 / 3));
  BOOST_TEST((!seen.reference.empty() && seen.reference.size() < half.reference.size()));
  for (const auto& note : seen.reference) BOOST_TEST(note.cents >= 100 * (notes::lowest_pitch + 44));
}

BOOST_AUTO_TEST_CASE(where_no_note_is_found_cells_decide) {
  Performance faint(1);
  faint.logits = {{"onset", faint.logits.at("onset")}, {"frame", at::full({400, 88}, -30.f)}};
  Calibrating stage({{"fit", {std::string("none")}}, {"events.frame_support", {1.0}}});
  stage.add(faint);
  const auto found = stage.finish();
  BOOST_TEST(found.calibration["onset"]["criterion"] == "cells");
  BOOST_TEST(found.calibration["onset"]["f1"] == 1.0);
}

BOOST_AUTO_TEST_CASE(a_recording_that_fails_leaves_nothing_behind) {
  Calibrating alone({}), after({});
  Performance broken(5);
  broken.targets = {{"onset", broken.targets.at("onset")}, {"frame", at::zeros({399, 88})}};
  says([&] { after.add(broken); }, "are not the same cells");
  alone.add(Performance(1)), after.add(Performance(1));
  BOOST_TEST(alone.finish().report == after.finish().report);
}

BOOST_AUTO_TEST_CASE(the_key_prior_of_a_recording_that_fails_is_forgotten) {
  tests::MadeStage stage("calibrate/thresholds");
  stage.open();
  Collect collect;
  const auto add = [&](const Performance& one, double strength) {
    stage.context.in_ = {};
    stage.context.in_.set(one.grid);
    stage.context.in_.set(notes::UsedKeyPrior{{.strength = strength}, {"onset"}, "pitch"});
    stage.stage->add({{"logits", Payload::of(one.logits)}, {"reference", Payload::of(one.truth)}, {"targets", Payload::of(one.targets)}},
                     collect, stage.context);
  };
  Performance broken(5);
  broken.targets = {{"onset", broken.targets.at("onset")}, {"frame", at::zeros({399, 88})}};
  add(Performance(1), 0.25);
  says([&] { add(broken, 0.75); }, "are not the same cells");
  stage.stage->finish(collect, stage.context);
  BOOST_TEST(collect.got.at(0).as<json>()["made_with"]["key_prior"]["strength"] == 0.25);
}

BOOST_AUTO_TEST_CASE(a_fingerprint_is_that_of_the_weights_of_a_checkpoint) {
  const tests::Settings tiny{{"channels", {std::int64_t{1}}},       {"patch", {std::int64_t{4}}},
                             {"d_model", {std::int64_t{8}}},        {"num_heads", {std::int64_t{2}}},
                             {"depth_temporal", {std::int64_t{1}}}, {"depth_spatial", {std::int64_t{1}}},
                             {"head_mode", {std::string("frame")}}};
  const auto trained = tests::make_model("model/tivit", tiny), other = tests::make_model("model/tivit", tiny, 2);
  BOOST_TEST(calibrate::fingerprint(nullptr) == "");
  BOOST_TEST(calibrate::fingerprint(trained.get()) != calibrate::fingerprint(other.get()));
  trained->average(0.9);
  for (const auto& [name, value, moves] : trained->parameters())
    if (moves) {
      value.detach().add_(0.5);
      value.mutable_grad() = at::full_like(value.detach(), 1.0);
    }
  trained->average(0.9);
  other->parameters().load(trained->best_known_weights(), "test");
  BOOST_TEST(calibrate::fingerprint(trained.get()) == calibrate::fingerprint(other.get()));
  // As a graph that the training calls sees it, while the averaged weights are in use.
  trained->lease_begins({.shared_run = true});
  BOOST_TEST(calibrate::fingerprint(trained.get()) == calibrate::fingerprint(other.get()));
  trained->lease_ends();
}

BOOST_AUTO_TEST_CASE(a_line_of_the_table_is_of_one_threshold) {
  json head{{"criterion", "cells"}, {"best_logit", -0.4}, {"best_prob", 0.47},  {"f1", 0.5},         {"precision", 0.25},
            {"recall", 0.75},       {"edge", nullptr},    {"platt_scale", 1.0}, {"platt_bias", 0.0}, {"temperature", 1.0}};
  const auto line = [&] {
    const auto file = tests::build_folder() / "tests/calibrate/table.txt";
    const int before = dup(1);
    std::fflush(stdout);
    BOOST_REQUIRE(std::freopen(file.c_str(), "w", stdout));
    tests::MadeStage("report/thresholds")({Payload::of(json{{"kind", "thresholds"},
                                                            {"heads", {{"onset", head}}},
                                                            {"recordings", json::array()},
                                                            {"unlabelled", json::array()},
                                                            {"failed", 0}})});
    std::fflush(stdout);
    dup2(before, 1);
    close(before);
    const std::string text = read_file(file);
    const auto begin = text.find('\n') + 1;
    return text.substr(begin, text.find('\n', begin) - begin);
  };
  BOOST_TEST(line().find(" 0.4013     0.5000     0.2500     0.7500 ") != std::string::npos, line());
  head.erase("best_logit");  // of the probability 1 there is none
  BOOST_TEST(line().find(" 0.4700     0.5000 ") != std::string::npos, line());
}

BOOST_AUTO_TEST_CASE(given_thresholds_need_no_targets_and_are_printed) {
  Calibrating stage({{"fit", {std::string("none")}},
                     {"heads", {ParameterValue::List{{std::string("onset")}}}},
                     {"probabilities", {ParameterValue::List{{0.0}, {0.4}, {1.0}}}}});
  stage.add(Performance(1), false);
  const auto found = stage.finish();
  const auto& curve = found.report["heads"]["onset"]["curve"];
  BOOST_TEST(curve.size() == 3u);
  BOOST_TEST(curve[1]["f1"] == 1.0);
  BOOST_TEST(curve[0]["estimate"].get<int>() >= 60);
  BOOST_TEST(curve[2]["estimate"] == 0);
  BOOST_TEST(curve[0]["logit"].is_null());
  tests::MadeStage table("report/thresholds", {{"curve", {true}}});
  table({Payload::of(found.report)});
  says([&] { tests::MadeStage("report/thresholds")({Payload::of(json{{"kind", "notes"}})}); }, "not one of thresholds");
  says([&] { tests::MadeStage("report/reliability")({Payload::of(found.report)}); }, "no head was compared with targets");
  says([&] { tests::MadeStage("report/reliability", {{"to", {std::string("picture.gif")}}}).open(); }, "neither a .png nor a .svg");
}

BOOST_AUTO_TEST_CASE(the_picture_is_there) {
  Calibrating stage({});
  stage.add(Performance(1));
  const auto found = stage.finish();
  for (const std::string extension : {".png", ".svg"}) {
    const auto file = tests::build_folder() / ("tests/calibrate/reliability" + extension);
    std::filesystem::remove(file);
    tests::MadeStage picture("report/reliability", {{"to", {file.string()}}});
    picture.open();
    picture({Payload::of(found.report)});
    BOOST_TEST(std::filesystem::file_size(file) > 5000u);
  }
  // Two diagrams without `to` would be one file.
  RunContext run;
  run.directory = tests::build_folder() / "tests/calibrate/diagrams";
  tests::MadeStage one("report/reliability"), two("report/reliability");
  one.context.run_ = two.context.run_ = &run;
  two.context.stage_ = "second";
  one({Payload::of(found.report)});
  one({Payload::of(found.report)});
  says([&] { two({Payload::of(found.report)}); }, "the stages \"tested\" and \"second\" both write this file");
}

BOOST_AUTO_TEST_SUITE_END()
