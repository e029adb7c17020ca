// notes/key_prior on music whose key is known, at the edges of recordings, on any time grid; and what it refuses.
#include <ATen/ops/cat.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/full.h>
#include <ATen/TensorOperators.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stages/notes/key_model.hpp>
#include <stages/notes/pitch_range.hpp>
#include <tests/call_stage.hpp>
#include <tests/shared_data.hpp>
#include <tivit/atomic_file.hpp>

#include "tests/folders.hpp"

namespace {

using namespace tivit;
using tests::MadeStage;
using tests::Settings;

/// Chord and scale of C major, as the golden block of the specification has it.
at::Tensor c_major(std::int64_t rows, double low = -3, double high = 5) {
  constexpr int scale[] = {0, 2, 4, 5, 7, 9, 11};
  auto logits = at::full({rows, 12}, low, at::kDouble);
  for (std::int64_t row = 0; row < rows; ++row)
    for (const int pitch : {0, 4, 7, scale[row % 7], scale[(row + 1) % 7]}) logits[row][pitch] = high;
  return logits;
}

struct Result {
  at::Tensor logits, posterior, prior;
};

Result rescore(const at::Tensor& logits, double rate, Settings settings) {
  settings.emplace_back("lowest_pitch", ParameterValue{std::int64_t{60}});
  MadeStage stage("notes/key_prior", settings);
  stage.context.in_.set(TimeGrid::from_rate(rate, 5'000'000'000));
  stage.open();
  const auto out = stage({Payload::of(Fields{{"onset", logits}})});
  return {out[0].as<Fields>().at("onset"), out[1].as<at::Tensor>(), out[2].as<at::Tensor>()};
}

std::string refused(const Fields& logits, const Settings& settings, bool with_grid = true) {
  try {
    MadeStage stage("notes/key_prior", settings);
    if (with_grid) stage.context.in_.set(TimeGrid::from_rate(20));
    stage.open();
    stage({Payload::of(logits)});
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

double value(const at::Tensor& table, std::int64_t row, std::int64_t column) { return table[row][column].item<double>(); }

}  // namespace

BOOST_AUTO_TEST_SUITE(key_prior)

BOOST_AUTO_TEST_CASE(c_major_is_heard_as_c_major) {
  const auto logits = c_major(32);
  const auto out = rescore(logits, 4, {{"window", {1.5}}});
  const auto is = [](double a, double b, double tolerance) { BOOST_TEST(std::abs(a - b) < tolerance, a << " is not " << b); };
  BOOST_TEST(out.posterior.argmax(1).eq(0).all().item<bool>());
  is(value(out.posterior, 0, 0), 0.0933350431, 1e-9);
  is(value(out.posterior, 0, 1), 0.0238839992, 1e-9);
  is(value(out.prior, 0, 1), 0.08180519, 1e-8);
  is(value(out.logits, 0, 0), 5.01090815, 1e-8);
  is(out.logits.sum().item<double>(), -96.01775671, 1e-7);
  const auto change = out.logits - logits;
  double in_key = 0, outside = 0;
  for (const int pitch : {0, 2, 4, 5, 7, 9, 11}) in_key += change.select(1, pitch).mean().item<double>() / 7;
  for (const int pitch : {1, 3, 6, 8, 10}) outside += change.select(1, pitch).mean().item<double>() / 5;
  is(in_key, 0.0050778536, 1e-9);
  is(outside, -0.0072199745, 1e-9);
}

BOOST_AUTO_TEST_CASE(windows_are_an_odd_number_of_rows_at_any_rate) {
  const auto text = tests::shared("golden/key_prior.json");
  if (!text) return;
  const auto golden = nlohmann::json::parse(std::ifstream(*text));
  for (const auto& row : golden["windows"]["rows"]) BOOST_TEST(notes::window_rows(row[0], row[1]) == row[2].get<std::int64_t>());
  BOOST_TEST(notes::window_rows(0.15, 1e9 / (1e9 / 10.0)) == 3);
}

BOOST_AUTO_TEST_CASE(a_recording_is_not_smoothed_into_the_next) {
  const auto first = c_major(20), second = at::full({20, 12}, 0.5, at::kDouble) - c_major(20).roll(6, 1);
  const Settings window{{"window", {2.0}}};
  const auto a = rescore(first, 10, window), b = rescore(second, 10, window);
  Settings parts = window;
  parts.emplace_back("recording_rows", ParameterValue{std::int64_t{20}});
  const auto both = rescore(at::cat({first, second}), 10, parts), blurred = rescore(at::cat({first, second}), 10, window);
  BOOST_TEST(at::equal(both.logits, at::cat({a.logits, b.logits})));
  BOOST_TEST(at::equal(both.posterior, at::cat({a.posterior, b.posterior})));
  BOOST_TEST(!at::equal(blurred.logits, both.logits));
}

BOOST_AUTO_TEST_CASE(half_the_rate_and_half_the_rows_hear_the_same) {
  const auto fast = at::full({40, 12}, -2.0, at::kDouble);
  fast.select(1, 9).fill_(3);
  const auto slow = fast.slice(0, 0, 40, 2);
  const auto a = rescore(fast, 30, {}), b = rescore(slow, 15, {});
  BOOST_TEST((a.posterior[20] - b.posterior[10]).abs().max().item<double>() < 1e-12);
}

BOOST_AUTO_TEST_CASE(without_strength_logits_are_the_same_bits_and_dtypes_stay) {
  const auto logits = c_major(9).to(at::kFloat);
  const auto same = rescore(logits, 4, {{"strength", {0.0}}});
  BOOST_TEST(at::equal(same.logits, logits));
  BOOST_TEST((rescore(logits, 4, {}).logits.scalar_type() == at::kFloat));
  BOOST_TEST(!at::equal(rescore(logits, 4, {}).logits, logits));
}

BOOST_AUTO_TEST_CASE(where_nobody_wants_keys_any_logits_pass) {
  MadeStage stage("notes/key_prior", {{"strength", ParameterValue{0.0}}, {"find_keys", ParameterValue{false}}});
  stage.open();
  const Fields logits{{"pedal", at::full({7, 3}, 0.5)}, {"hand", at::full({7, 61}, 1)}};  // no head, no piano, no rate
  const auto out = stage({Payload::of(logits)});
  BOOST_TEST(out[0].as<Fields>().at("pedal").is_same(logits.at("pedal")));
  BOOST_TEST(out[0].as<Fields>().size() == 2u);
  BOOST_TEST(out[1].as<at::Tensor>().size(0) == 0);
  // Where logits are moved the keys must be found.
  MadeStage moving("notes/key_prior", {{"strength", ParameterValue{0.5}}, {"find_keys", ParameterValue{false}}});
  moving.context.in_.set(TimeGrid::from_rate(20));
  moving.open();
  BOOST_CHECK_THROW(moving({Payload::of(logits)}), Error);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_rescored_is_refused) {
  BOOST_TEST(refused(Fields{{"onset", at::zeros({4, 88}, at::kInt)}}, {}) ==
             "the logits of \"onset\" are Int, which would cut what is added; give fractions, such as float32");
  const auto roll = at::full({3, 88}, 0.f);
  const auto says = [](const std::string& text, const char* part) { BOOST_TEST(text.find(part) != std::string::npos, text); };
  says(refused({{"onset", roll}}, {}, false), "time grid");
  says(refused({{"onset", at::full({3, 51}, 0.f)}}, {}), "51 columns, and nothing says which pitches");
  says(refused({{"onset", at::full({3, 51}, 0.f)}}, {{"lowest_pitch", {std::int64_t{100}}}}), "lie in 0 to 127");
  says(refused({{"pitch", roll}}, {}), "none of the heads in apply_to is there: \"onset\"; there are \"pitch\"");
  says(refused({{"onset", roll}}, {{"reference", {std::string("pitch")}}}), "pitch");
  says(refused({{"onset", roll}}, {{"reference", {std::string("hand")}}}), "\"hand\" in reference is no head");
  says(refused({{"onset", roll}}, {{"beta", {0.0}}}), "is out of range");
  says(refused({{"onset", roll}}, {{"uniform", {1.2}}}), "is out of range");
  says(refused({{"onset", roll}}, {{"window", {-1.0}}}), "is out of range");
  says(refused({{"onset", roll}}, {{"strength", {-0.1}}}), "is out of range");
  says(refused({{"onset", roll}}, {{"epsilon", {0.0}}}), "is out of range");
  says(refused({{"onset", roll}}, {{"recording_rows", {std::int64_t{2}}}}), "no whole number of recordings");
  auto broken = roll.clone();
  broken[1][4] = NAN;
  says(refused({{"onset", broken}}, {}), "row 1, column 4 of the onset roll");
}

BOOST_AUTO_TEST_CASE(the_two_most_probable_keys_are_written) {
  const auto file = tests::build_folder() / "tests/notes/keys.csv";
  auto posterior = at::full({2, 24}, 0.01, at::kDouble);
  posterior[0][0] = 0.5, posterior[0][21] = 0.25, posterior[1][23] = 0.75;
  const Settings to{{"to", {file.string()}}};
  MadeStage stage("notes/key_track", to);
  stage.context.in_.set(TimeGrid::from_rate(4, 1'000'000'000));
  stage.open();
  stage({Payload::of(posterior)});
  BOOST_TEST(read_file(file) ==
             "t_sec,top1_key,top1_prob,top2_key,top2_prob\r\n1.0,C:maj,0.5,A:min,0.25\r\n1.25,B:min,0.75,C:maj,0.01\r\n");
  stage.context.id_ = {0, 1};
  BOOST_CHECK_EXCEPTION(stage({Payload::of(posterior)}), Error,
                        [](const Error& e) { return e.problem() == "a second recording would replace this file"; });
}

BOOST_AUTO_TEST_SUITE_END()
