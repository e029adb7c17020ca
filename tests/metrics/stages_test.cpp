// metrics/notes and metrics/frames, driven as a run drives them.
#include <ATen/core/Tensor.h>
#include <ATen/ops/zeros.h>

#include <boost/test/unit_test.hpp>
#include <random>
#include <stages/data/clip.hpp>
#include <stages/notes/note.hpp>
#include <stages/report/json_value.hpp>
#include <tivit/frame_range.hpp>
#include <tivit/tensor/stage.hpp>

namespace {

using nlohmann::json;
using tivit::notes::Note;
using tivit::notes::Notes;

struct Collect final : tivit::Emit {
  std::vector<tivit::Payload> got;
  void put(std::vector<tivit::Payload> outputs) override { got.push_back(outputs.at(0)); }
};

class Driver {
 public:
  explicit Driver(const std::string& name) : stage_(tivit::Registry::instance().find(name).make()) {}
  tivit::Stage& stage() { return *stage_; }
  tivit::RunContext& run() { return run_; }
  std::int64_t rows = 0;  ///< of the recording, a tenth of a second each; 0: nobody knows
  void add(const std::string& clip, tivit::Payload estimate, const Notes& reference) {
    tivit::Context context = fresh();
    tivit::data::Clip carried;
    carried.name = clip;
    context.in_.set(carried);
    context.in_.set(tivit::TimeGrid::from_rate(10));
    if (rows > 0) context.in_.set(tivit::FrameRange{0, rows});
    stage_->add({{"estimate", std::move(estimate)}, {"reference", tivit::Payload::of(reference)}}, collect_, context);
  }
  json finish(std::shared_ptr<const tivit::Members> members = nullptr) {
    tivit::Context context = fresh();
    context.members_ = std::move(members);
    stage_->finish(collect_, context);
    return collect_.got.back().as<json>();
  }

 private:
  tivit::Context fresh() {
    tivit::Context context;
    context.run_ = &run_;
    return context;
  }
  std::unique_ptr<tivit::Stage> stage_;
  tivit::RunContext run_;
  Collect collect_;
};

tivit::Payload payload(const Notes& notes) { return tivit::Payload::of(notes); }
Notes shifted(Notes notes, double by_s) {
  for (auto& note : notes.list) note.onset_s += by_s, note.offset_s += by_s;
  return notes;
}
Notes scale(int count) {
  Notes notes;
  for (int i = 0; i < count; ++i) notes.list.push_back({1 + 0.4 * i, 1.3 + 0.4 * i, 50 + i % 24, 64});
  return notes;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(metric_stages)

BOOST_AUTO_TEST_CASE(a_constant_lag_is_found_and_taken_out) {
  Driver driver("metrics/notes");
  driver.add("late", payload(shifted(scale(20), 0.14)), scale(20));
  const json report = driver.finish();
  const json& late = report["recordings"][0];
  BOOST_TEST(late["name"] == "late");
  BOOST_TEST(late["raw"]["note_onset_f1_50ms"] == 0.0);
  BOOST_TEST(late["raw"]["onset_error_ms"].is_null());
  BOOST_TEST(late["shift_ms"].get<double>() == -90, boost::test_tools::tolerance(1e-9));
  BOOST_TEST(late["shifted"]["note_onset_f1_50ms"] == 1.0);
  BOOST_TEST(late["shifted"]["onset_bias_ms"].get<double>() == 50, boost::test_tools::tolerance(1e-6));
  BOOST_TEST(report["mean"]["shifted"]["note_onset_offset_f1_50ms"] == 1.0);
}

BOOST_AUTO_TEST_CASE(means_count_recordings_and_pools_count_notes) {
  Driver driver("metrics/notes");
  Notes half = scale(4);
  half.list.resize(2);
  driver.add("short", payload(half), scale(4));
  driver.add("long", payload(scale(36)), scale(36));
  driver.add("nothing found", payload(Notes{}), scale(2));
  const json report = driver.finish();
  const double f_short = 2.0 / 3;
  BOOST_TEST(report["mean"]["raw"]["note_onset_f1_50ms"].get<double>() == (f_short + 1 + 0) / 3, boost::test_tools::tolerance(1e-12));
  BOOST_TEST(report["pooled"]["raw"]["note_onset_recall_50ms"].get<double>() == 38.0 / 42, boost::test_tools::tolerance(1e-12));
  BOOST_TEST(report["pooled"]["raw"]["note_onset_precision_50ms"].get<double>() == 1.0);
  const auto values = driver.run().last_metrics("eval");
  const auto found = std::find_if(values.begin(), values.end(), [](const auto& v) { return v.first == "note_onset_f1_50ms"; });
  BOOST_REQUIRE(found != values.end());
  BOOST_TEST(found->second == report["mean"]["raw"]["note_onset_f1_50ms"].get<double>());
}

BOOST_AUTO_TEST_CASE(labels_after_the_recordings_end_are_no_missed_notes) {
  Notes labels = scale(5);  // the last begins at 2.6 s and sounds until 2.9 s
  labels.list.push_back({3.05, 3.4, 60, 64});
  Notes found = scale(5);
  found.list.back().offset_s = 2.75;
  Driver driver("metrics/notes"), open("metrics/notes");
  driver.rows = 28;
  driver.add("cut", payload(found), labels);
  open.add("whole", payload(found), labels);
  const json cut = driver.finish()["recordings"][0], whole = open.finish()["recordings"][0];
  BOOST_TEST(cut["reference_notes"] == 5);
  BOOST_TEST(cut["raw"]["note_onset_offset_f1_50ms"] == 1.0);
  BOOST_TEST(whole["reference_notes"] == 6);
}

BOOST_AUTO_TEST_CASE(silent_unlabelled_and_failed_recordings_stay_out_of_the_means) {
  Driver driver("metrics/notes");
  Notes none;
  none.labelled = false;
  driver.add("good", payload(scale(5)), scale(5));
  driver.add("silent", payload(scale(3)), Notes{});
  driver.add("no labels", payload(scale(3)), none);
  auto members = std::make_shared<tivit::Members>(5);
  (*members)[4].lost = tivit::Tombstone{"video/decode", "truncated"};
  const json report = driver.finish(members);
  BOOST_TEST(report["mean"]["raw"]["note_onset_f1_50ms"] == 1.0);
  BOOST_TEST(report["recordings"].size() == 1u);
  BOOST_TEST(report["silent"][0]["name"] == "silent");
  BOOST_TEST(report["silent"][0]["estimated_notes"] == 3);
  BOOST_TEST(report["unlabelled"] == json({"no labels"}));
  BOOST_TEST(report["failed"] == 1);
}

BOOST_AUTO_TEST_CASE(the_strict_offset_rule_and_the_tolerances_differ_as_they_should) {
  Driver driver("metrics/notes");
  const Notes reference{{{1, 3, 60, 64}, {5, 5.2, 62, 64}}};
  const Notes estimate{{{1.05, 3.39, 60, 64}, {5.08, 5.29, 62, 64}}};
  driver.add("clip", payload(estimate), reference);
  const json raw = driver.finish()["recordings"][0]["raw"];
  BOOST_TEST(raw["note_onset_matched_50ms"] == 1);
  BOOST_TEST(raw["note_onset_matched_100ms"] == 2);
  BOOST_TEST(raw["note_onset_offset_matched_50ms"] == 1);
  BOOST_TEST(raw["note_onset_offset_strict_matched_50ms"] == 0);
  BOOST_TEST(raw["note_onset_offset_strict_matched_100ms"] == 1);
}

BOOST_AUTO_TEST_CASE(notes_that_began_before_the_recording_begin_with_it) {
  Driver driver("metrics/notes");
  const Notes reference{{{-2, -1, 59, 64}, {-2, 1, 60, 64}, {-0.01, 2, 62, 64}, {3, 4, 64, 64}}};
  const Notes estimate{{{-0.013, 1, 60, 64}, {0.02, 2, 62, 64}, {3, 4, 64, 64}}};
  driver.add("early", payload(estimate), reference);
  driver.add("over before it begins", payload(estimate), Notes{{{-2, -1, 59, 64}}});
  const json report = driver.finish();
  BOOST_TEST(report["recordings"].size() == 1u);
  BOOST_TEST(report["recordings"][0]["reference_notes"] == 3);
  BOOST_TEST(report["recordings"][0]["raw"]["note_onset_offset_f1_50ms"] == 1.0);
  BOOST_TEST(report["silent"][0]["name"] == "over before it begins");
}

BOOST_AUTO_TEST_CASE(notes_that_cannot_be_scored_are_named) {
  Driver driver("metrics/notes");
  BOOST_CHECK_EXCEPTION(driver.add("clip", payload(Notes{{{1, 1, 60, 64}}}), scale(2)), tivit::Error, [](const tivit::Error& e) {
    return std::string(e.what()) ==
           "estimate of clip: note 1 (1.000000 to 1.000000 s) has no duration; give every note an offset later than its onset";
  });
}

BOOST_AUTO_TEST_CASE(what_was_gathered_survives_saving) {
  Driver whole("metrics/notes"), first("metrics/notes"), second("metrics/notes");
  whole.add("a", payload(scale(3)), scale(5));
  whole.add("b", payload(shifted(scale(7), 0.03)), scale(7));
  first.add("a", payload(scale(3)), scale(5));
  second.stage().load_state(first.stage().save_state());
  second.add("b", payload(shifted(scale(7), 0.03)), scale(7));
  BOOST_TEST(second.finish().dump() == whole.finish().dump());
}

BOOST_AUTO_TEST_CASE(matching_is_as_large_as_the_best_of_all_matchings) {
  std::mt19937 random(7);
  for (int round = 0; round < 40; ++round) {
    Driver driver("metrics/notes");
    driver.stage().set("reach", {std::string("0 s")});
    Notes truth, found;
    const auto draw = [&](Notes& into) {
      for (int i = 0; i < 7; ++i) {
        const double onset_s = 1 + 0.02 * static_cast<double>(random() % 12);
        into.list.push_back({onset_s, onset_s + 0.1 + 0.05 * static_cast<double>(random() % 3), 60 + static_cast<int>(random() % 2), 64});
      }
    };
    draw(truth), draw(found);
    const auto fits = [&](const Note& r, const Note& e) { return r.pitch == e.pitch && std::abs(r.onset_s - e.onset_s) < 0.05001; };
    std::vector<std::size_t> best(1 << 7, 0);  // best[set of estimates used], reference by reference
    for (const auto& r : truth.list)
      for (int used = (1 << 7) - 1; used >= 0; --used)
        for (int e = 0; e < 7; ++e)
          if ((used >> e & 1) && fits(r, found.list[e])) best[used] = std::max(best[used], best[used & ~(1 << e)] + 1);
    driver.add("random", payload(found), truth);
    BOOST_TEST(driver.finish()["recordings"][0]["raw"]["note_onset_matched_50ms"].get<std::size_t>() == best.back());
  }
}

BOOST_AUTO_TEST_CASE(frames_are_counted_cell_by_cell) {
  Driver driver("metrics/frames");
  driver.stage().set("rate", {10.0});
  const Notes reference{{{0, 1, 60, 64}, {0.5, 1.5, 61, 64}}};                     // 10 white cells, 10 black ones
  const Notes estimate{{{0.2, 1, 60, 64}, {0.5, 1.7, 61, 64}, {3, 3.1, 64, 64}}};  // 8 right; 10 right and 2 wrong; 1 wrong
  driver.add("clip", payload(estimate), reference);
  const json report = driver.finish();
  const json& scores = report["recordings"][0]["scores"];
  const auto f1 = [](double both, double reference_cells, double estimate_cells) { return 2 * both / (reference_cells + estimate_cells); };
  const auto close = boost::test_tools::tolerance(1e-12);
  BOOST_TEST(scores["frame_f1"].get<double>() == f1(18, 20, 21), close);
  BOOST_TEST(scores["frame_black_f1"].get<double>() == f1(10, 10, 12), close);
  BOOST_TEST(scores["frame_white_f1"].get<double>() == f1(8, 10, 9), close);
  BOOST_TEST(scores["frame_accuracy"].get<double>() == 18.0 / 23, close);
  BOOST_TEST(report["pooled"]["scores"]["frame_f1"].get<double>() == f1(18, 20, 21), close);
}

BOOST_AUTO_TEST_CASE(a_colour_of_keys_that_nobody_plays_is_in_no_mean) {
  Driver driver("metrics/frames");
  const Notes white{{{0, 1, 60, 64}}}, both{{{0, 1, 60, 64}, {0, 1, 61, 64}}};
  driver.add("white", payload(white), white);
  driver.add("both", payload(both), both);
  driver.add("missed", payload(white), both);
  const json report = driver.finish();
  BOOST_TEST(report["recordings"][0]["scores"]["frame_black_f1"].is_null());
  BOOST_TEST(report["recordings"][2]["scores"]["frame_black_f1"] == 0.0);
  BOOST_TEST(report["mean"]["scores"]["frame_black_f1"] == 0.5);
  BOOST_TEST(report["mean"]["scores"]["frame_white_f1"] == 1.0);
}

BOOST_AUTO_TEST_CASE(frames_end_where_the_recording_does) {
  // A label that goes on for most of a day, one that begins after the film, an estimate of 2 s: 20 rows of 40 are right.
  const Notes reference{{{0, 2, 60, 64}, {1, 80000, 62, 64}, {5, 6, 64, 64}}}, estimate{{{0, 2, 60, 64}, {1, 2, 62, 64}}};
  Driver known("metrics/frames"), unknown("metrics/frames");
  known.stage().set("rate", {10.0});
  known.rows = 20;
  known.add("clip", payload(estimate), reference);
  const json cut = known.finish()["recordings"][0];
  BOOST_TEST(cut["rows"] == 20);
  BOOST_TEST(cut["scores"]["frame_f1"] == 1.0);
  // Rows of another length than the recording's: the time counts.
  known.stage().set("rate", {25.0});
  known.add("clip", payload(estimate), reference);
  BOOST_TEST(known.finish()["recordings"][0]["rows"] == 50);
  // Cells bring their own rows.
  auto roll = at::zeros({20, 88}, at::kBool);
  roll.narrow(0, 0, 20).select(1, 39).fill_(true);
  roll.narrow(0, 10, 10).select(1, 41).fill_(true);
  known.add("clip", tivit::Payload::of(roll), reference);
  BOOST_TEST(known.finish()["mean"]["scores"]["frame_f1"] == 1.0);
  // Of files alone nobody knows where the recording ends.
  unknown.stage().set("rate", {1.0});
  unknown.add("clip", payload(estimate), reference);
  BOOST_TEST(unknown.finish()["recordings"][0]["rows"] == 80000);
  unknown.add("clip", payload(estimate), Notes{{{1, 1e18, 62, 64}}});
  BOOST_TEST(unknown.finish()["recordings"][0]["rows"] == 86400);
}

BOOST_AUTO_TEST_CASE(where_nothing_is_scored_the_remedy_fits_the_reason) {
  auto failed = std::make_shared<tivit::Members>(1);
  (*failed)[0].lost = tivit::Tombstone{"notes/read_pairs", "no notes"};
  const auto says = [](Driver& driver, std::shared_ptr<const tivit::Members> members, const std::string& expected) {
    BOOST_CHECK_EXCEPTION(driver.finish(std::move(members)), tivit::Error, [&](const tivit::Error& e) {
      BOOST_TEST(e.what() == "nothing was scored: " + expected);
      return true;
    });
  };
  Driver broken("metrics/notes"), silent("metrics/notes"), both("metrics/notes");
  says(broken, failed, "failed: 1; correct what quarantine.jsonl names");
  silent.add("a", payload(scale(3)), Notes{});
  says(silent, nullptr, "the reference holds no note: \"a\"; give recordings with labelled notes");
  both.add("a", payload(scale(3)), Notes{});
  says(both, failed,
       "the reference holds no note: \"a\"; failed: 1; give recordings with labelled notes, and correct what quarantine.jsonl names");
}

BOOST_AUTO_TEST_CASE(active_cells_are_scored_on_their_own_grid) {
  Driver driver("metrics/frames");
  auto roll = at::zeros({20, 88}, at::kBool);
  roll.narrow(0, 0, 10).select(1, 39).fill_(true);
  driver.add("clip", tivit::Payload::of(roll), Notes{{{0, 1, 60, 64}}});
  BOOST_TEST(driver.finish()["mean"]["scores"]["frame_f1"] == 1.0);
  BOOST_CHECK_THROW(driver.add("clip", tivit::Payload::of(at::zeros({20, 88})), scale(1)), tivit::Error);
}

BOOST_AUTO_TEST_SUITE_END()
