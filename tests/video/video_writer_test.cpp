// What the writer promises: equal pictures, equal bytes; nothing under the final name before close().
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <stages/video/video_writer.hpp>
#include <tivit/error.hpp>
#include <vector>

#include "tests/file_size_limit.hpp"
#include "tests/folders.hpp"

namespace fs = std::filesystem;
using tivit::video::VideoWriter;

namespace {

std::vector<char> bytes_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

fs::path fresh_folder(const std::string& name) {
  const fs::path folder = tivit::tests::build_folder() / "tests" / name;
  fs::remove_all(folder);
  fs::create_directories(folder);
  return folder;
}

void write_ramp(const fs::path& path) {
  VideoWriter writer(path, 64, 48, 30);
  std::vector<std::uint8_t> gray(64 * 48);
  for (int frame = 0; frame < 20; ++frame) {
    for (std::size_t i = 0; i < gray.size(); ++i) gray[i] = static_cast<std::uint8_t>(i + static_cast<std::size_t>(frame) * 3);
    writer.write(gray.data(), 64);
  }
  BOOST_TEST(!fs::exists(path));
  writer.close();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(video_writer)

BOOST_AUTO_TEST_CASE(equal_pictures_give_equal_bytes) {
  const fs::path folder = fresh_folder("video_writer");
  write_ramp(folder / "a.mp4");
  write_ramp(folder / "b.mp4");
  const auto a = bytes_of(folder / "a.mp4");
  BOOST_TEST(a.size() > 1000u);
  BOOST_TEST((a == bytes_of(folder / "b.mp4")));
  const auto mvhd = std::string(a.begin(), a.end()).find("mvhd");
  BOOST_REQUIRE(mvhd != std::string::npos);
  BOOST_TEST(
      (std::vector<char>(a.begin() + static_cast<long>(mvhd) + 8, a.begin() + static_cast<long>(mvhd) + 16) == std::vector<char>(8)));
  BOOST_TEST(std::distance(fs::directory_iterator(folder), {}) == 2);
}

BOOST_AUTO_TEST_CASE(a_writer_that_is_given_up_leaves_nothing) {
  const fs::path folder = fresh_folder("video_writer_given_up");
  {
    VideoWriter writer(folder / "a.mp4", 64, 48, 30);
    writer.write(std::vector<std::uint8_t>(64 * 48).data(), 64);
  }
  BOOST_TEST(fs::is_empty(folder));
}

BOOST_AUTO_TEST_CASE(a_full_disk_and_a_cancelled_run_end_the_waiting) {
  const fs::path folder = fresh_folder("video_writer_full");
  std::vector<std::uint8_t> noise(640 * 360);
  std::mt19937 random(1);
  for (auto& pixel : noise) pixel = static_cast<std::uint8_t>(random() >> 24);
  {
    const tivit::tests::FileSizeLimit full(300 << 10);
    VideoWriter writer(folder / "a.mp4", 640, 360, 30, 1, {.quantizer = 0});
    BOOST_CHECK_EXCEPTION(for (int frame = 0; frame < 500; ++frame) writer.write(noise.data(), 640), tivit::Error,
                          [&](const tivit::Error& error) {
                            BOOST_TEST_MESSAGE(error.what());
                            return error.where() == folder / "a.mp4" && error.problem().starts_with("cannot be written: ") &&
                                   error.remedy() == "is the folder writable and the disk not full?";
                          });
  }
  BOOST_TEST(fs::is_empty(folder));
  bool stopped = false;
  VideoWriter writer(folder / "b.mp4", 640, 360, 30, 1, {.stop = [&] { return stopped; }});
  for (int frame = 0; frame < 60; ++frame) writer.write(noise.data(), 640);
  stopped = true;
  BOOST_CHECK_THROW(writer.write(noise.data(), 640), tivit::Cancelled);
  BOOST_CHECK_THROW(writer.close(), tivit::Cancelled);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_written_says_why) {
  const auto says = [](const std::string& text) {
    return [text](const tivit::Error& error) {
      BOOST_TEST_MESSAGE(error.what());
      return std::string(error.what()).find(text) != std::string::npos;
    };
  };
  BOOST_CHECK_EXCEPTION(VideoWriter("a.avi", 64, 48, 30), tivit::Error,
                        says("a.avi: a video cannot be written as \".avi\"; name it .mp4, .mov or .mkv"));
  BOOST_CHECK_EXCEPTION(VideoWriter("a.mp4", 63, 48, 30), tivit::Error, says("63x48"));
  BOOST_CHECK_EXCEPTION(VideoWriter("/proc/no/folder/a.mp4", 64, 48, 30), tivit::Error, says("/proc/no/folder: the folder cannot be made"));
}

BOOST_AUTO_TEST_SUITE_END()
