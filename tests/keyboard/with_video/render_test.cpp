// keyboard/render: files, reproducible bytes, and pictures that mean brightness cannot read.
#include <algorithm>
#include <array>
#include <boost/test/unit_test.hpp>
#include <chrono>
#include <cmath>
#include <fstream>
#include <iterator>
#include <numeric>
#include <stages/keyboard/corners_of.hpp>
#include <stages/keyboard/music.hpp>
#include <stages/keyboard/sidecar.hpp>
#include <stages/labels/label_file.hpp>
#include <stages/video/video_file.hpp>

#include "rendered.hpp"

#include "tests/folders.hpp"

namespace fs = std::filesystem;
using namespace tivit;
using tests::Driven;
using tests::rendered;

namespace {

std::string bytes_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

const std::vector<std::string> views{"straight", "angled", "upside_down", "angled_upside_down"};

}  // namespace

BOOST_AUTO_TEST_SUITE(render)

BOOST_AUTO_TEST_CASE(writes_film_labels_and_corners) {
  for (const auto& view : views) {
    const auto piece = keyboard::compose(21, 4);
    const auto clip = rendered("files_" + view, piece, 4, view);
    const auto file = video::VideoFile::open(clip.video);
    BOOST_TEST(file->table().width == 640);
    BOOST_TEST(file->table().fps() == 25);
    BOOST_TEST(file->table().count() >= 100);
    const auto labels = labels::read_labels(clip.labels).notes.list;
    BOOST_REQUIRE_EQUAL(labels.size(), piece.list.size());
    for (std::size_t i = 0; i < labels.size(); ++i) {
      BOOST_TEST(std::abs(labels[i].onset_s - piece.list[i].onset_s) < 1e-6);
      BOOST_TEST(labels[i].pitch == piece.list[i].pitch);
    }
    BOOST_CHECK(keyboard::read_sidecar(keyboard::sidecar_path(clip.video)).corners == *clip.corners);
    // Bass at the left, or at the right where the picture stands on its head.
    const bool turned = view.ends_with("upside_down");
    BOOST_TEST((clip.corners->points[0].x < clip.corners->points[1].x) != turned);
    const std::array<std::int64_t, 1> frame{60};
    keyboard::write_png(tests::build_folder() / "tests/keyboard" / (view + ".png"), file->read(frame, {.colour = video::Colour::rgb})[0]);
  }
}

BOOST_AUTO_TEST_CASE(the_same_seed_writes_the_same_bytes_and_a_finished_clip_is_left_alone) {
  const auto piece = keyboard::compose(5, 3);
  const auto clip = rendered("twice", piece, 3, "angled");
  const auto first = bytes_of(clip.video);
  const auto time = fs::last_write_time(clip.video);
  rendered("twice", piece, 3, "angled");
  BOOST_CHECK(fs::last_write_time(clip.video) == time);
  keyboard::write_sidecar(keyboard::sidecar_path(clip.video), {*clip.corners, "rendered, not finished"});  // as after a crash
  rendered("twice", piece, 3, "angled");
  BOOST_CHECK(fs::last_write_time(clip.video) != time);
  BOOST_CHECK(bytes_of(clip.video) == first);
  rendered("twice", keyboard::compose(6, 3), 3, "angled");
  BOOST_CHECK(bytes_of(clip.video) != first);
}

BOOST_AUTO_TEST_CASE(files_that_were_not_rendered_are_kept) {
  const auto piece = keyboard::compose(5, 3);
  const auto clip = rendered("mine", piece, 3, "angled");
  const auto before = bytes_of(clip.labels);
  const auto sidecar = keyboard::sidecar_path(clip.video);
  const auto refused = [](const Error& e) { return e.problem() == "the file is there already, and was not rendered"; };
  keyboard::write_sidecar(sidecar, {*clip.corners, "read off frame 90"});
  BOOST_CHECK_EXCEPTION(rendered("mine", keyboard::compose(6, 3), 3, "angled"), Error, refused);
  fs::remove(sidecar);
  BOOST_CHECK_EXCEPTION(rendered("mine", keyboard::compose(6, 3), 3, "angled"), Error, refused);
  BOOST_CHECK(bytes_of(clip.labels) == before);
  for (const auto& file : {clip.video, clip.labels}) fs::remove(file);
}

BOOST_AUTO_TEST_CASE(a_second_piece_of_one_name_is_refused) {
  Driven render("keyboard/render");
  render.set("directory", {(tests::build_folder() / "tests/keyboard/rendered").string()}).set("view", {std::string("angled")});
  const auto film = [&](std::uint32_t item, const char* source) {
    render.fresh(item);
    render.context.in_.set(SourceName{source});
    return render.call<data::Clip>(keyboard::compose(5, 1));
  };
  const auto clip = film(0, "m1/same.mid");
  const auto before = bytes_of(clip.video);
  BOOST_TEST(clip.duration_s == static_cast<double>(video::VideoFile::open(clip.video)->table().count()) / 25);
  film(0, "m1/same.mid");  // tried again
  BOOST_CHECK_EXCEPTION(film(1, "m2/same.mid"), Error, [](const Error& e) { return e.problem() == "two pieces are called \"same\""; });
  BOOST_CHECK(bytes_of(clip.video) == before);
}

BOOST_AUTO_TEST_CASE(a_folder_that_cannot_be_made_is_named) {
  std::ofstream(tests::build_folder() / "tests/keyboard/file") << "in the way";
  Driven render("keyboard/render");
  render.set("directory", {(tests::build_folder() / "tests/keyboard/file").string()});
  render.context.in_.set(SourceName{"piece.mid"});
  BOOST_CHECK_EXCEPTION(render.call<data::Clip>(notes::Notes{}), Error,
                        [](const Error& e) { return e.problem().starts_with("the folder cannot be made"); });
}

/// The rule that the pictures must defeat: a key sounds while the mean of its area is off its usual value by a threshold.
BOOST_AUTO_TEST_CASE(mean_key_brightness_does_not_tell_what_is_played) {
  std::array<double, 61> hit{}, wrong{}, missed{};
  for (const auto& view : views) {
    const auto piece = keyboard::compose(77 + view.size(), 10);
    const auto clip = rendered("brightness_" + view, piece, 10, view);
    Driven strips("keyboard/strips");
    const auto strip = strips.call<at::Tensor>(clip);
    const auto& keys = strips.context.find<keyboard::KeyGeometry>()->keys;
    const auto rows = strip.size(0);
    for (const auto& key : keys) {
      // White keys are whole at their near end only.
      const auto top = static_cast<std::int64_t>(key.black ? key.top + 2 : 38), bottom = static_cast<std::int64_t>(key.bottom - 2);
      const auto area = strip.select(1, 0)
                            .slice(1, top, bottom)
                            .slice(2, std::lround(key.left), std::lround(key.right))
                            .to(at::kFloat)
                            .mean({1, 2})
                            .contiguous();
      const float* mean = area.const_data_ptr<float>();
      std::vector<float> sorted(mean, mean + rows);
      std::nth_element(sorted.begin(), sorted.begin() + rows / 2, sorted.end());
      for (std::int64_t t = 0; t < rows; ++t) {
        const double time_s = (static_cast<double>(t) + 0.5) / 25;
        const bool down = std::any_of(piece.list.begin(), piece.list.end(), [&](const auto& n) {
          return n.pitch == key.index + 21 && n.onset_s <= time_s && time_s < n.offset_s;
        });
        for (std::size_t k = 0; k < hit.size(); ++k) {
          const double threshold = 2 * (static_cast<double>(k) - 30);  // darker or brighter than usual
          const double difference = mean[t] - sorted[rows / 2];
          const bool said = threshold < 0 ? difference < threshold : difference > threshold;
          (said ? (down ? hit : wrong) : missed)[k] += said || down;
        }
      }
    }
  }
  double best = 0;
  for (std::size_t k = 0; k < hit.size(); ++k) best = std::max(best, 2 * hit[k] / (2 * hit[k] + wrong[k] + missed[k]));
  BOOST_TEST_MESSAGE("best frame F1 of a threshold on mean key brightness: " << best);
  BOOST_TEST(best < 0.5);
  BOOST_TEST(best > 0.02);  // the detector does look at the keys
}

BOOST_AUTO_TEST_SUITE_END()
