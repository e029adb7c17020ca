// Sidecars: what is written is read back, and every mistake is named with its place.
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <stages/keyboard/sidecar.hpp>
#include <tivit/error.hpp>

#include "tests/folders.hpp"

namespace fs = std::filesystem;
using namespace tivit::keyboard;

namespace {

struct Folder {
  fs::path path = tivit::tests::build_folder() / "tests/sidecar";
  Folder() { fs::create_directories(path); }
  fs::path file(const std::string& text) const {
    std::ofstream(path / "x.keyboard.toml") << text;
    return path / "x.keyboard.toml";
  }
  void refused(const std::string& text, const std::string& message) const {
    const auto name = file(text).string();
    BOOST_CHECK_EXCEPTION(read_sidecar(name), tivit::Error, [&](const tivit::Error& e) {
      BOOST_TEST(std::string(e.what()) == name + message);
      return true;
    });
  }
};

const std::string form = "; write corners = [[x, y], [x, y], [x, y], [x, y]] in pixels";
const std::string order = "; give the white keys' rectangle in the order A0 far end, C8 far end, C8 near (player's) end, A0 near end";

}  // namespace

BOOST_FIXTURE_TEST_SUITE(sidecar, Folder)

BOOST_AUTO_TEST_CASE(lies_beside_the_video) { BOOST_TEST(sidecar_path("a/b.c.mp4") == fs::path("a/b.c.keyboard.toml")); }

BOOST_AUTO_TEST_CASE(is_read_as_it_was_written) {
  const Sidecar written{{{{{646.75, 177.6}, {5.1, 165}, {-4.2, 87.2}, {651.4, 97.3}}}}, "drawn \"by hand\"\non frame 90"};
  write_sidecar(path / "y.keyboard.toml", written);
  const Sidecar read = read_sidecar(path / "y.keyboard.toml");
  BOOST_CHECK(read.corners == written.corners);
  BOOST_TEST(read.comment == written.comment);
}

BOOST_AUTO_TEST_CASE(corners_may_be_written_as_on_the_command_line) {
  std::ofstream(path / "flat.keyboard.toml") << "corners = [0, 0, 100, 0, 100, 10.5, 0, 10]\n";
  BOOST_TEST(read_sidecar(path / "flat.keyboard.toml").corners.points[2].y == 10.5);
}

BOOST_AUTO_TEST_CASE(mistakes_are_named_with_their_place) {
  refused("comment = 'x'\n", ": no corners in it" + form);
  refused("\ncorners = [[1, 2], [3, 4]]\n", ":2:11: corners are not four points" + form);
  refused("corners = [[1, 2], [3, 4], [5], [6, 7]]\n", ":1:28: a corner is not a pair of numbers" + form);
  refused("corners = [[1, 2], [3, 'x'], [5, 6], [6, 7]]\n", ":1:24: a coordinate is not a number" + form);
  refused("corners = [[0, 0], [100, 0], [100, 10], [nan, 10]]\n", ":1:11: a corner is not a finite number" + order);
  refused("corners = [[0, 0], [100, 0], [0, 10], [100, 10]]\n", ":1:11: the corners do not span a convex quadrilateral" + order);
  refused("corners = [[0, 10], [100, 10], [100, 0], [0, 0]]\n",
          ":1:11: the corners run the wrong way round, as if the picture were mirrored" + order);
  refused("corners = [[0, 0], [100, 0], [100, 10], [0, 10]]\ncomment = 3\n", ":2:11: comment is not a string; put it in quotation marks");
  refused("corner = []\n", ":1:1: unknown key \"corner\"; a keyboard's sidecar has \"corners\" and \"comment\"");
}

BOOST_AUTO_TEST_CASE(bad_toml_and_missing_files_are_named) {
  const auto name = file("corners = [[1, 2\n").string();
  BOOST_CHECK_EXCEPTION(read_sidecar(name), tivit::Error, [&](const tivit::Error& e) { return e.where().rfind(name + ":", 0) == 0; });
  BOOST_CHECK_EXCEPTION(read_sidecar(path / "none.toml"), tivit::Error, [&](const tivit::Error& e) {
    return e.problem() == "the keyboard's sidecar cannot be opened" && e.where() == (path / "none.toml").string();
  });
}

BOOST_AUTO_TEST_CASE(turned_keyboards_are_fine) {
  BOOST_TEST(!fault_of({{{{646.7, 177.6}, {5.1, 165.1}, {4.2, 87.2}, {651.4, 97.3}}}}).has_value());  // upside down
  BOOST_TEST(!fault_of({{{{200, 10}, {210, 300}, {150, 305}, {145, 12}}}}).has_value());              // on end
}

BOOST_AUTO_TEST_SUITE_END()
