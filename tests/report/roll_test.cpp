// Piano-roll pictures: layout, and colours where they must be. The pictures stay in the build folder to be looked at.
#include <cairo.h>

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <filesystem>
#include <random>
#include <stages/data/clip.hpp>
#include <stages/report/roll_layout.hpp>
#include <tivit/atomic_file.hpp>
#include <tivit/contract.hpp>

#include "tests/folders.hpp"

namespace {

namespace fs = std::filesystem;
using namespace tivit::notes;
using tivit::report::roll_layout;

/// Two hands for `length_s`, and what a transcription may make of it.
Notes music(double length_s) {
  std::mt19937 random(3);
  Notes notes;
  for (double t = 0.4; t < length_s; t += 0.18 + 0.12 * static_cast<double>(random() % 3)) {
    notes.list.push_back({t, t + 0.25 + 0.1 * static_cast<double>(random() % 4), 64 + static_cast<int>(random() % 20), 64});
    if (random() % 3 == 0) notes.list.push_back({t + 0.01, t + 1.1, 38 + static_cast<int>(random() % 16), 64});
  }
  return notes;
}
Notes heard(const Notes& truth) {
  std::mt19937 random(4);
  Notes notes;
  for (const auto& note : truth.list) {
    if (random() % 16 == 0) continue;
    const double late_s = 0.001 * (static_cast<double>(random() % 41) - 20);
    notes.list.push_back({note.onset_s + late_s, note.offset_s + 4 * late_s + 0.08, note.pitch + (random() % 25 == 0), 64});
  }
  return notes;
}

fs::path draw(const std::string& name, const Notes& estimate, const Notes* reference, const std::string& format) {
  auto stage = tivit::Registry::instance().find("report/roll").make();
  tivit::RunContext run;
  run.directory = tivit::tests::build_folder() / "tests" / "report";
  stage->set("format", {format});
  tivit::Context context;
  context.run_ = &run;
  tivit::data::Clip clip;
  clip.name = name;
  context.in_.set(clip);
  stage->call({{"estimate", tivit::Payload::of(estimate)}, {"reference", reference ? tivit::Payload::of(*reference) : tivit::Payload()}},
              context);
  return run.directory / "rolls" / (name + "." + format);
}

struct Picture {
  cairo_surface_t* surface;
  explicit Picture(const fs::path& path) : surface(cairo_image_surface_create_from_png(path.c_str())) {
    BOOST_REQUIRE(cairo_surface_status(surface) == CAIRO_STATUS_SUCCESS);
  }
  ~Picture() { cairo_surface_destroy(surface); }
  std::array<int, 3> at(double x, double y) const {
    const auto* row = cairo_image_surface_get_data(surface) + static_cast<int>(y) * cairo_image_surface_get_stride(surface);
    const auto* pixel = row + 4 * static_cast<int>(x);
    return {pixel[2], pixel[1], pixel[0]};
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(roll)

BOOST_AUTO_TEST_CASE(notes_that_began_before_the_recording_are_drawn_from_its_beginning) {
  const auto picture = [](const Notes& estimate, const Notes& reference) {
    return tivit::read_file(draw("early", estimate, &reference, "png"));
  };
  const Notes found{{{0, 2, 60, 64}}}, truth{{{0, 2, 60, 64}, {1, 2, 64, 64}}};
  const Notes found_early{{{-0.5, 2, 60, 64}}}, truth_early{{{-3, -1, 50, 64}, {-0.02, 2, 60, 64}, {1, 2, 64, 64}}};
  BOOST_TEST((picture(found_early, truth_early) == picture(found, truth)));
}

BOOST_AUTO_TEST_CASE(long_recordings_fill_rows_and_no_more_than_fifty) {
  const Notes hour{{{0, 1, 21, 64}, {3599, 3600, 108, 64}}};
  const auto layout = roll_layout(hour, nullptr, 20, 1600);
  BOOST_TEST(layout.rows <= 50);
  BOOST_TEST(layout.height < 32767);
  BOOST_TEST(layout.rows * layout.row_s >= 3600);
  const auto minute = roll_layout(Notes{{{0, 60, 60, 64}}}, nullptr, 20, 1600);
  BOOST_TEST(minute.rows == 3);
  BOOST_TEST(minute.x(25, 1) == minute.left + minute.plot_width() / 4);
  BOOST_TEST(minute.highest - minute.lowest + 1 >= 30);
  const auto little_more = roll_layout(Notes{{{0, 20.3, 60, 64}}}, nullptr, 20, 1600);
  BOOST_TEST(little_more.rows == 1);
  BOOST_TEST(little_more.row_s == 21);
}

BOOST_AUTO_TEST_CASE(a_picture_ends_where_the_recording_does) {
  const Notes found{{{1, 3, 60, 64}}}, labels{{{1, 3, 60, 64}, {5, 80000, 62, 64}, {70, 71, 20, 64}}};
  const auto layout = roll_layout(found, &labels, 20, 1600, 60.0);
  BOOST_TEST(layout.row_s == 20);
  BOOST_TEST(layout.rows == 3);
  BOOST_TEST(layout.lowest > 40);  // nor are keys shown that are struck after its end
  // Where nobody knows the end, a day is the most.
  BOOST_TEST(roll_layout(found, &labels, 20, 1600).rows <= 50);
  const Notes absurd{{{1, 3, 60, 64}, {2, 1e18, 62, 64}, {-1e18, 1, 62, 64}, {1e18, 2e18, 62, 64}}};
  BOOST_TEST(roll_layout(absurd, nullptr, 20, 1600).row_s < 7200);
  BOOST_TEST(fs::file_size(draw("absurd", found, &absurd, "png")) > 1000u);
}

BOOST_AUTO_TEST_CASE(played_found_missed_and_made_up_notes_have_their_colours) {
  const Notes truth{{{1, 3, 60, 64}, {4, 6, 64, 64}}}, guess{{{1.02, 2, 60, 64}, {4, 6, 72, 64}}};
  const auto layout = roll_layout(guess, &truth, 20, 1600);
  const Picture picture(draw("colours", guess, &truth, "png"));
  const auto at = [&](double time_s, int pitch) { return picture.at(layout.x(time_s, 0), layout.y(pitch, 0) + layout.lane / 2); };
  const auto blue = at(1.5, 60), light = at(2.5, 60), red = at(5, 64), orange = at(5, 72), empty = at(5.3, 67);
  BOOST_TEST((blue[2] > 140 && blue[0] < 60));
  BOOST_TEST((light[2] > light[0] && light[0] > 150));
  BOOST_TEST((red[0] > 200 && red[1] < 90));
  BOOST_TEST((orange[0] > 220 && orange[1] > 130 && orange[2] < 60));
  BOOST_TEST((empty[0] > 235 && empty[1] > 235 && empty[2] > 235));
}

BOOST_AUTO_TEST_CASE(pictures_of_a_minute_as_pixels_and_vectors) {
  const Notes truth = music(58), guess = heard(truth);
  BOOST_TEST(fs::file_size(draw("minute", guess, &truth, "png")) > 20000u);
  const std::string svg = tivit::read_file(draw("minute", guess, &truth, "svg"));
  BOOST_TEST(svg.find("</svg>") != std::string::npos);
  BOOST_TEST(fs::file_size(draw("found alone", guess, nullptr, "png")) > 20000u);
  BOOST_TEST(fs::file_size(draw("silence", Notes{}, nullptr, "png")) > 1000u);
}

BOOST_AUTO_TEST_SUITE_END()
