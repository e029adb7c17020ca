// labels/lag on curves whose lag is known exactly, and what it does where nothing can be known.
#include <ATen/ops/full.h>
#include <ATen/ops/zeros.h>
#include <algorithm>
#include <cmath>
#include <random>
#include <stages/data/clip.hpp>
#include <stages/labels/correlation.hpp>
#include <stages/notes/note.hpp>
#include <stages/report/json_value.hpp>
#include <tests/call_stage.hpp>

using namespace tivit;
using nlohmann::json;

namespace {

/// Notes at irregular times on irregular keys; at least 60 ms long.
notes::Notes piece(int count, double length_s, std::uint64_t seed) {
  std::mt19937_64 bits(seed);
  const auto uniform = [&](double low, double high) { return low + (high - low) * static_cast<double>(bits() >> 11) * 0x1p-53; };
  notes::Notes music;
  for (int i = 0; i < count; ++i) {
    const double onset_s = uniform(0.5, length_s - 1.5);
    music.list.push_back({onset_s, onset_s + uniform(0.06, 0.9), 21 + static_cast<int>(bits() % 88)});
  }
  std::sort(music.list.begin(), music.list.end(), [](const auto& a, const auto& b) { return a.onset_s < b.onset_s; });
  return music;
}

/// What a camera sees: at the rows of `grid`, a bump of about `wide_s` where a note begins (or ends) `lag_s` later than labelled.
at::Tensor seen(const notes::Notes& music, double notes::Note::*time, const TimeGrid& grid, std::int64_t rows, double lag_s, double noise,
                double wide_s = 0.06) {
  auto curve = at::zeros({rows, 88});
  std::mt19937_64 bits(3);
  for (std::int64_t i = 0; i < rows * 88; ++i)
    curve.data_ptr<float>()[i] = static_cast<float>(noise * static_cast<double>(bits() >> 11) * 0x1p-53);
  for (const auto& note : music.list)
    for (std::int64_t row = 0; row < rows; ++row) {
      const double off = (grid.seconds_at(static_cast<double>(row)) - note.*time - lag_s) / wide_s;
      if (std::abs(off) < 1) curve.data_ptr<float>()[row * 88 + note.pitch - 21] += static_cast<float>(1 - std::abs(off));
    }
  return curve;
}

struct Found {
  json lag;
  notes::Notes notes;
};
Found lag_of(const tests::Settings& settings, const at::Tensor& onset, const notes::Notes& music, const TimeGrid& grid,
             const at::Tensor* offset = nullptr, double shifted_already_s = 0) {
  tests::MadeStage stage("labels/lag", settings);
  data::Clip clip;
  clip.name = "étude";
  clip.label_shift_s = shifted_already_s;
  stage.context.in_.set(clip);
  stage.context.in_.set(grid);
  stage.context.run_ = &stage.run;
  const auto out = stage({Payload::of(onset), offset ? Payload::of(*offset) : Payload(), Payload::of(music)});
  return {out[0].as<json>(), out[1].as<notes::Notes>()};
}
std::string verdict(const Found& found) { return found.lag["verdict"].get<std::string>(); }

}  // namespace

BOOST_AUTO_TEST_SUITE(lag)

BOOST_AUTO_TEST_CASE(lags_between_the_rows_are_found_at_every_rate_whatever_time_the_rows_begin_at) {
  const auto music = piece(120, 40, 1);
  for (const double rate : {12.5, 20.0, 24000.0 / 1001, 30.0, 60.0})
    for (const double origin_s : {0.0, 0.013, -0.025})
      for (const double lag_s : {-0.2213, -0.013, 0.0, 0.0871, 0.3337}) {
        const auto grid = TimeGrid::from_rate(rate, nanoseconds(origin_s));
        const auto rows = static_cast<std::int64_t>(40 * rate);
        const auto found = lag_of({}, seen(music, &notes::Note::onset_s, grid, rows, lag_s, 0.2), music, grid);
        BOOST_TEST_CONTEXT(rate << " rows a second from " << origin_s << " s, lag " << lag_s << ": " << found.lag.dump()) {
          BOOST_TEST(verdict(found) == "found");
          BOOST_TEST(std::abs(found.lag["lag_ms"].get<double>() - 1e3 * lag_s) < 5);
          BOOST_TEST(found.lag["confidence"].get<double>() > 0.9);
          BOOST_TEST(found.lag["spread_ms"].get<double>() < 8);
          BOOST_TEST(std::abs(found.notes.list[7].onset_s - music.list[7].onset_s - 1e-3 * found.lag["lag_ms"].get<double>()) < 1e-4);
          BOOST_TEST(found.lag["correlation"].get<double>() > 0.4);
        }
      }
}

BOOST_AUTO_TEST_CASE(a_model_whose_steps_are_two_rows_each_lags_no_more_than_its_rows) {
  const auto music = piece(120, 40, 1);
  for (const double rate : {20.0, 25.0, 30.0})
    for (const double lag_s : {-0.2213, 0.0, 0.0871}) {
      const auto rows = TimeGrid::from_rate(rate);
      const auto steps = static_cast<std::int64_t>(20 * rate);
      // What such a model learns: a step is a note's beginning where one of its rows is.
      auto curve = at::zeros({steps, 88});
      for (const auto& note : music.list)
        if (const auto row = std::llround(rows.row_at(note.onset_s + lag_s)); row >= 0 && row / 2 < steps)
          curve[row / 2][note.pitch - 21] = 1;
      const auto found = lag_of({}, curve, music, rows.coarser(2));
      BOOST_TEST_CONTEXT(rate << " rows a second, lag " << lag_s << ": " << found.lag.dump())
      BOOST_TEST(std::abs(found.lag["lag_ms"].get<double>() - 1e3 * lag_s) < 5);
    }
}

BOOST_AUTO_TEST_CASE(where_keys_are_seen_to_come_up_both_ends_of_the_notes_tell) {
  const auto music = piece(60, 30, 2);
  const auto grid = TimeGrid::from_rate(25);
  // Beginnings look 20 ms early and ends 20 ms late, as in a film of keys that take time to travel: the lag lies between.
  const auto down = seen(music, &notes::Note::onset_s, grid, 750, 0.08, 0.1),
             up = seen(music, &notes::Note::offset_s, grid, 750, 0.12, 0.1);
  const at::Tensor both = down.add(up);
  BOOST_TEST(std::abs(lag_of({}, both, music, grid, &both).lag["lag_ms"].get<double>() - 100) < 6);
  BOOST_TEST(std::abs(lag_of({}, down, music, grid).lag["lag_ms"].get<double>() - 80) < 4);
}

BOOST_AUTO_TEST_CASE(logits_go_through_the_sigmoid) {
  const auto music = piece(60, 30, 2);
  const auto grid = TimeGrid::from_rate(20);
  const auto logits = seen(music, &notes::Note::onset_s, grid, 600, 0.0625, 0).mul(12).sub(8);
  BOOST_TEST(std::abs(lag_of({{"input", {std::string("logits")}}}, logits, music, grid).lag["lag_ms"].get<double>() - 62.5) < 4);
}

BOOST_AUTO_TEST_CASE(what_the_data_set_moved_already_is_added) {
  const auto music = piece(60, 30, 2);
  const auto grid = TimeGrid::from_rate(20);
  const auto curve = seen(music, &notes::Note::onset_s, grid, 600, -0.1, 0.1);
  const auto found = lag_of({}, curve, music, grid, nullptr, 0.25);
  BOOST_TEST(found.lag["name"] == "étude");
  BOOST_TEST(std::abs(found.lag["label_shift_s"].get<double>() - 0.15) < 0.005);
  BOOST_TEST(lag_of({}, curve, music, grid).lag == lag_of({}, curve, music, grid).lag);  // no chance in it
}

BOOST_AUTO_TEST_CASE(what_cannot_be_known_leaves_the_labels_as_they_are) {
  const auto music = piece(60, 30, 4), others = piece(60, 30, 5);
  const auto grid = TimeGrid::from_rate(20);
  const auto curve = seen(music, &notes::Note::onset_s, grid, 600, 0.1, 0.2);
  const auto left = [&](const Found& found, const notes::Notes& before, const std::string& why) {
    BOOST_TEST(verdict(found) == why, found.lag.dump());
    BOOST_TEST((found.notes.list == before.list));
    BOOST_TEST(found.lag["label_shift_s"] == 0.0);
  };
  notes::Notes few{{music.list.begin(), music.list.begin() + 19}};
  left(lag_of({}, curve, few, grid), few, "too few notes");
  left(lag_of({{"least_notes", {std::int64_t{60}}}}, curve, {}, grid), {}, "too few notes");
  left(lag_of({}, curve, {{}, false}, grid), {}, "no labels");
  left(lag_of({}, at::full({600, 88}, 0.5), music, grid), music, "nothing moves");
  left(lag_of({}, curve, others, grid), others, "halves disagree");
  left(lag_of({{"least_confidence", {0.0}}, {"reach", {std::string("60 ms")}}}, curve, music, grid), music, "beyond reach");
  // Notes beyond the end of the film, and off the keyboard, are none.
  auto elsewhere = music;
  for (auto& note : elsewhere.list) note.onset_s += 1e9, note.offset_s += 1e9;
  for (std::size_t i = 0; i < 30; ++i) elsewhere.list.push_back({5, 6, 20});
  left(lag_of({}, curve, elsewhere, grid), elsewhere, "too few notes");
}

BOOST_AUTO_TEST_CASE(notes_of_few_seconds_are_dealt_where_they_are) {
  // Two seconds of a minute hold notes: every second halving leaves one half without any.
  const auto grid = TimeGrid::from_rate(20);
  const auto music = [](const std::vector<double>& seconds) {
    notes::Notes notes;
    for (const double second : seconds)
      for (int i = 0; i < 15; ++i) notes.list.push_back({second + 0.06 * i, second + 0.06 * i + 0.3, 30 + 3 * i});
    return notes;
  };
  const auto found = [&](const std::vector<double>& seconds) {
    return lag_of({}, seen(music(seconds), &notes::Note::onset_s, grid, 1200, 0.1, 0.1), music(seconds), grid);
  };
  const auto two = found({10, 40});
  BOOST_TEST(verdict(two) == "found", two.lag.dump());
  BOOST_TEST(two.lag["confidence"] == 1.0);
  BOOST_TEST(std::abs(two.lag["lag_ms"].get<double>() - 100) < 5);
  BOOST_TEST(two.lag["spread_ms"].get<double>() < 8);
  // Those of one second cannot be halved.
  notes::Notes one = music({10});
  for (const auto& note : music({10}).list) one.list.push_back({note.onset_s + 0.03, note.offset_s, note.pitch + 1});
  const auto undealt = lag_of({}, seen(one, &notes::Note::onset_s, grid, 1200, 0.1, 0.1), one, grid);
  BOOST_TEST(verdict(undealt) == "too few notes", undealt.lag.dump());
  BOOST_TEST(undealt.lag["confidence"] == 0.0);
}

BOOST_AUTO_TEST_CASE(labels_of_other_recordings_are_hardly_ever_believed) {
  const auto music = piece(100, 30, 6);
  const auto grid = TimeGrid::from_rate(20);
  const auto curve = seen(music, &notes::Note::onset_s, grid, 600, 0.1, 0.3);
  int believed = 0;
  for (std::uint64_t seed = 100; seed < 150; ++seed) believed += verdict(lag_of({}, curve, piece(100, 30, seed), grid)) == "found";
  BOOST_TEST(believed <= 1);
}

BOOST_AUTO_TEST_CASE(numbers_that_are_none_are_refused) {
  const auto music = piece(30, 30, 2);
  const auto grid = TimeGrid::from_rate(20);
  const auto curve = at::full({600, 88}, std::nan(""));
  BOOST_CHECK_EXCEPTION(lag_of({}, curve, music, grid), Error,
                        [](const Error& e) { return e.problem() == "the onset curve holds values that are no numbers"; });
  tests::MadeStage stage("labels/lag");
  BOOST_CHECK_EXCEPTION(stage({Payload::of(at::zeros({4, 88})), Payload(), Payload::of(music)}), Error,
                        [](const Error& e) { return e.problem() == "the item carries no time grid"; });
}

BOOST_AUTO_TEST_CASE(correlation_is_that_of_the_text_books) {
  const std::vector<float> x{1, 2, 3, 4}, y{2, 4, 6, 8}, z{4, 3, 2, 1}, w{1, 0, 0, 1}, flat{3, 3, 3, 3};
  BOOST_TEST(std::abs(*labels::centred_correlation(x, y) - 1) < 1e-12);
  BOOST_TEST(std::abs(*labels::centred_correlation(x, z) + 1) < 1e-12);
  BOOST_TEST(std::abs(*labels::centred_correlation(x, w)) < 1e-12);
  BOOST_TEST(!labels::centred_correlation(x, flat).has_value());
  BOOST_TEST(!labels::centred_correlation({}, {}).has_value());
}

BOOST_AUTO_TEST_CASE(a_sweep_refuses_two_time_axes_and_curves_without_a_shape) {
  const auto problem = [](const at::Tensor& prediction, const at::Tensor& events) {
    try {
      tests::MadeStage stage("labels/lag_sweep");
      stage({Payload::of(prediction), Payload::of(events)});
    } catch (const Error& error) {
      return error.problem();
    }
    return std::string();
  };
  auto curve = at::zeros({6}), events = at::zeros({6});
  BOOST_TEST(problem(at::zeros({3}), events) == "the prediction has 3 rows, the events have 6");
  BOOST_TEST(problem(curve, events) == "the events hold no event");
  events[2] = 1;
  BOOST_TEST(problem(curve, events) == "the prediction is constant or no number");
  curve[3] = std::nan("");
  BOOST_TEST(problem(curve, events) == "the prediction is constant or no number");
  BOOST_TEST(problem(at::zeros({0}), events) == "the prediction has no rows or more than two axes");
  curve[3] = 1;
  BOOST_TEST(problem(curve, events) == "");
}

BOOST_AUTO_TEST_CASE(a_sweep_takes_rolls_too) {
  auto roll = at::zeros({8, 88}), events = at::zeros({8, 88});
  roll[5][3] = 4, roll[2][50] = 4, events[4][3] = 1, events[1][50] = 1;
  tests::MadeStage stage("labels/lag_sweep",
                         {{"max_shift", {std::int64_t{2}}}, {"input", {std::string("probabilities")}}, {"threshold", {0.01}}});
  const auto out = stage({Payload::of(roll), Payload::of(events)});
  BOOST_TEST(out[4].as<at::Tensor>().item<std::int64_t>() == 1);
  BOOST_TEST(out[2].as<at::Tensor>()[3].item<double>() == 1);
  BOOST_TEST(out[3].as<at::Tensor>()[0].item<std::int64_t>() == 6);
}

BOOST_AUTO_TEST_SUITE_END()
