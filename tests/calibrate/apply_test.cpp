// calibration.json in all its forms, what is wrong with others, and what decoders make of it.
#include <ATen/ops/allclose.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/full.h>
#include <ATen/ops/zeros.h>
#include <ATen/TensorOperators.h>

#include <cmath>
#include <stages/calibrate/calibration.hpp>
#include <stages/notes/head_thresholds.hpp>
#include <stages/notes/note.hpp>
#include <tests/call_stage.hpp>
#include <tivit/atomic_file.hpp>

#include "tests/folders.hpp"

namespace {

using namespace tivit;
using tests::MadeStage;

std::filesystem::path file(const std::string& text) {
  const auto path = tests::build_folder() / "tests/calibrate/calibration.json";
  write_file(path, text);
  return path;
}

std::string refused(const std::string& text) {
  try {
    calibrate::read_calibration(file(text));
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

/// calibrate/apply on `logits`; the thresholds that leave with them.
struct Applied {
  Fields logits;
  notes::HeadThresholds thresholds;
};
Applied apply(const std::string& text, const Fields& logits) {
  MadeStage stage("calibrate/apply", {{"file", {file(text).string()}}});
  stage.open();
  Applied out{stage({Payload::of(logits)})[0].as<Fields>(), {}};
  if (const auto* set = stage.context.out_.find<notes::HeadThresholds>()) out.thresholds = *set;
  return out;
}

notes::Notes decoded(const std::string& use, const std::vector<std::pair<std::string, ParameterValue>>& settings, const Payload& input,
                     const notes::HeadThresholds* thresholds) {
  MadeStage stage(use, settings);
  stage.context.in_.set(TimeGrid::from_rate(20));
  if (thresholds) stage.context.in_.set(*thresholds);
  return stage({input})[0].as<notes::Notes>();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(calibration_file)

BOOST_AUTO_TEST_CASE(files_of_every_age_are_read) {
  const auto seed = calibrate::read_calibration(file(R"({"onset": {"best_logit": -0.4000000059604645, "best_prob": 0.4000000059604645},
    "offset": {"best_prob": 0.47}})"));
  BOOST_TEST(seed.heads.at("onset").threshold == 1 / (1 + std::exp(0.4000000059604645)));
  BOOST_TEST(seed.heads.at("offset").threshold == 0.47);
  BOOST_TEST(seed.heads.at("onset").line.scale == 1.0);
  const auto late = calibrate::read_calibration(file(R"({"onset": {"best_logit": -4.0, "best_prob": 0.02, "temperature": 0.598551479117005,
    "logit_bias": -0.6993633508682251, "platt_scale": 1.6707000732421875, "platt_bias": -0.6993633508682251, "scale": 1.6707000732421875,
    "calibrated_pred_rate": 0.04, "pos_rate": 0.0145, "provenance": "thorough"}, "platt_scale_onset": 1.67, "temperature": null})"));
  BOOST_TEST(late.heads.at("onset").line.scale == 1.6707, boost::test_tools::tolerance(1e-4));
  BOOST_TEST(late.heads.at("onset").line.bias == -0.6993633508682251);
  BOOST_TEST(late.heads.size() == 1u);
  const auto short_name = calibrate::read_calibration(file(R"({"onset": {"best_prob": 0.5, "scale": 2.5, "platt_bias": 0.5}})"));
  BOOST_TEST(short_name.heads.at("onset").line.scale == 2.5);
  BOOST_TEST(short_name.heads.at("onset").line.bias == 0.5);
}

BOOST_AUTO_TEST_CASE(what_is_no_calibration_is_refused_with_its_place) {
  const auto says = [](const std::string& text, const char* part) {
    BOOST_TEST(refused(text).find(part) != std::string::npos, refused(text));
  };
  says("{", "is no JSON");
  says("[1]", "the JSON is a array");
  says("{}", "it names no head");
  says(R"({"best_logit": 1})", "it names no head");
  says(R"({"made_with": {"model": "x"}})", "it names no head");
  says(R"({"onset": {"f1": 0.5}})", "calibration.json:1:11: \"onset\": has neither best_logit nor best_prob");
  says(R"({"onset": {"best_prob": 1.5}})",
       "calibration.json:1:25: best_prob of \"onset\": 1.5 is out of range; a threshold on probabilities lies in 0 to 1");
  says(R"({"onset": {"best_prob": "0.5"}})", "calibration.json:1:25: best_prob of \"onset\": \"0.5\" is not a number");
  says(R"({"onset": {"best_prob": 0.5, "temperature": 0}})", "calibration.json:1:45: temperature of \"onset\": 0 is out of range");
  says(R"({"onset": {"best_prob": 0.5, "temperature": -2}})", "out of range");
  says(R"({"onset": {"best_prob": 0.5, "platt_scale": 1e9}})", "out of range");
  says(R"({"onset": {"best_prob": 0.5, "temperature": 2, "platt_scale": 2}})", "is not 1 / platt_scale");
  says(R"({"onset": {"best_prob": 0.5, "platt_scale": 2, "scale": 3}})",
       "calibration.json:1:57: scale of \"onset\": is not platt_scale; take one of them out");
  says(R"({"onset": {"best_prob": 0.5, "temperature": 2, "scale": 2}})", "is not 1 / scale");
  says(R"({"onset": {"best_prob": 0.5, "scale": -1}})", "out of range");
  says(R"({"onset": {"best_prob": 0.5, "logit_bias": 2, "platt_bias": 1}})", "is not platt_bias");
  says("{\"onset\": {\n  \"best_prob\": 0.5, \"best_porb\": 0.4}}",
       "calibration.json:2:21: \"best_porb\" is no key of a calibration; did you mean \"best_prob\"?");
  says("{\"onset\": {\"best_prob\": 0.5},\n \"offset\": {\"best_prob\": 0.4}, \"onset\": {\"best_prob\": 0.3}}",
       "calibration.json:2:32: \"onset\" stands here a second time; keep one of the two; the first is in line 1");
  says(R"({"onset": {"best_prob": 0.5, "best_prob": 0.4}})", "calibration.json:1:30: \"best_prob\" stands here a second time");
  says(R"({"onset": {"best_prob": 0.5}, "offset": 0.4})", "calibration.json:1:31: \"offset\" is no head of a calibration: it is no object");
  says(R"({"onset": {"best_prob": 0.5}, "made_with": {"modle": "x"}})",
       "calibration.json:1:45: \"modle\" is no key of a calibration; did you mean \"model\"?");
}

BOOST_AUTO_TEST_CASE(logits_are_moved_and_thresholds_travel_along) {
  const Fields logits{{"onset", at::full({2, 88}, 3.f)}, {"frame", at::full({2, 88}, -1.f)}};
  const auto out = apply(R"({"onset": {"best_prob": 0.25, "temperature": 2, "logit_bias": -0.5}})", logits);
  BOOST_TEST(at::allclose(out.logits.at("onset"), at::full({2, 88}, 1.f)));
  BOOST_TEST(at::equal(out.logits.at("frame"), logits.at("frame")));
  BOOST_TEST(out.thresholds.of("onset").value() == 0.25);
  BOOST_TEST(!out.thresholds.of("frame"));
}

BOOST_AUTO_TEST_CASE(a_calibration_of_another_model_is_refused) {
  const Fields logits{{"onset", at::full({2, 88}, 3.f)}};
  const auto says = [&](const std::string& text, const char* part) {
    BOOST_CHECK_EXCEPTION(apply(text, logits), Error,
                          [&](const Error& e) { return std::string(e.what()).find(part) != std::string::npos; });
  };
  says(R"({"offset": {"best_prob": 0.5}})", "names no head \"onset\", but \"offset\"");
  says(R"({"onset": {"best_prob": 0.5}, "pitch": {"best_prob": 0.5}})",
       "calibrates a head \"pitch\" that the model does not have; it has \"onset\"");
  MadeStage misspelt("calibrate/apply", {{"file", {file(R"({"onset": {"best_prob": 0.5}, "ofset": {"best_prob": 0.5}})").string()}}});
  misspelt.open();
  const Fields two{{"onset", logits.at("onset")}, {"offset", logits.at("onset")}};
  BOOST_CHECK_EXCEPTION(misspelt({Payload::of(two)}), Error, [](const Error& e) {
    return std::string(e.what()).find("it has \"onset\", \"offset\"; did you mean \"offset\"?") != std::string::npos;
  });
  MadeStage nothing("calibrate/apply", {{"file", {std::string("/nowhere/calibration.json")}}});
  BOOST_CHECK_EXCEPTION(nothing.open(), Error,
                        [](const Error& e) { return std::string(e.what()).find("/nowhere/calibration.json") != std::string::npos; });
  MadeStage none("calibrate/apply");
  none.open();
  BOOST_TEST(at::equal(none({Payload::of(logits)})[0].as<Fields>().at("onset"), logits.at("onset")));
}

BOOST_AUTO_TEST_CASE(decoders_take_what_the_graph_does_not_set) {
  auto onset = at::zeros({20, 88}), frame = at::full({20, 88}, 0.f);
  onset[5][40] = 0.3;
  for (int row = 5; row < 12; ++row) frame[row][40] = row < 8 ? 0.9 : 0.5;
  const auto rolls = Payload::of(Fields{{"onset", onset}, {"frame", frame}});
  const std::pair<std::string, ParameterValue> probabilities{"input", {std::string("probabilities")}};
  notes::HeadThresholds thresholds;
  thresholds.probability["onset"] = 0.25;
  BOOST_TEST(decoded("notes/events", {probabilities}, rolls, nullptr).list.size() == 0u);
  const auto calibrated = decoded("notes/events", {probabilities}, rolls, &thresholds).list;
  BOOST_REQUIRE(calibrated.size() == 1u);
  BOOST_TEST(decoded("notes/events", {probabilities, {"onset", {0.4}}}, rolls, &thresholds).list.size() == 0u);
  thresholds.probability["frame"] = 0.4;
  const auto longer = decoded("notes/events", {probabilities}, rolls, &thresholds).list;
  BOOST_REQUIRE(longer.size() == 1u);
  BOOST_TEST(longer[0].offset_s > calibrated[0].offset_s + 0.15);
  BOOST_TEST(decoded("notes/events", {probabilities, {"frame_end", {0.6}}}, rolls, &thresholds).list[0].offset_s == calibrated[0].offset_s);
}

BOOST_AUTO_TEST_CASE(the_hysteresis_takes_the_threshold_of_its_head) {
  auto roll = at::zeros({12, 88});
  for (int row = 3; row < 9; ++row) roll[row][7] = 0.3;
  notes::HeadThresholds thresholds;
  thresholds.probability["pitch"] = 0.25;
  const auto cells = [&](const std::string& head, std::optional<double> open) {
    std::vector<std::pair<std::string, ParameterValue>> settings{{"input", {std::string("probabilities")}}, {"head", {head}}};
    if (open) settings.push_back({"open", {*open}});
    MadeStage stage("notes/hysteresis", settings);
    stage.context.in_.set(thresholds);
    return stage({Payload::of(roll)})[0].as<at::Tensor>().sum().item<int>();
  };
  BOOST_TEST(cells("pitch", {}) == 6);
  BOOST_TEST(cells("onset", {}) == 0);
  BOOST_TEST(cells("pitch", 0.36) == 0);
}

BOOST_AUTO_TEST_SUITE_END()
