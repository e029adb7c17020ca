// H.265: pictures that lean on what a seek jumps over or a joint cuts off, in several slices, as fields.
#include <array>
#include <fstream>
#include <random>
#include <stages/video/video_file.hpp>
#include <tests/video/bar_code.hpp>
#include <tivit/atomic_file.hpp>
#include <tivit/error.hpp>

using namespace tivit::video;
using tivit::tests::coded_video;
using tivit::tests::transcoded;
using tivit::tests::video_folder;
namespace fs = std::filesystem;

namespace {

/// Groups of 12 pictures, open: B-pictures before a key are decoded from the group before it too.
fs::path open_groups(const std::string& name, const std::string& muxer, const std::string& more = "") {
  return transcoded(
      coded_video("h265_base.mp4", 60, 25), name,
      "x265enc speed-preset=ultrafast option-string=\"open-gop=1:keyint=12:min-keyint=12:bframes=3:b-adapt=0:scenecut=0:ctu=16:"
      "pools=1:frame-threads=1:log-level=none" +
          more + "\" ! h265parse ! " + muxer);
}

int frame_at(const VideoFile& file, std::int64_t frame) {
  const std::array<std::int64_t, 1> asked = {frame};
  return tivit::tests::code_of(file.read(asked)[0]);
}

/// The numbers that the pictures of a whole file show.
std::vector<int> shown(const VideoFile& file) {
  std::vector<std::int64_t> all(static_cast<std::size_t>(file.table().count()));
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<std::int64_t>(i);
  std::vector<int> numbers;
  file.each(all, {}, [&](std::size_t, const at::Tensor& picture) { numbers.push_back(tivit::tests::code_of(picture)); });
  return numbers;
}

/// Units of type 21 (CRA), one byte behind their length.
std::vector<std::size_t> random_access_units(const std::string& bytes) {
  std::vector<std::size_t> found;
  for (std::size_t i = 4; i + 1 < bytes.size(); ++i) {
    std::size_t length = 0;
    for (std::size_t k = i - 4; k < i; ++k) length = length << 8 | static_cast<unsigned char>(bytes[k]);
    if (bytes[i] == 21 << 1 && bytes[i + 1] == 1 && length > 2 && length < bytes.size()) found.push_back(i);
  }
  return found;
}

/// A film of open groups of 12, changed: of the pictures before the key 24 those from `first` on are never shown.
void lacks_before_the_joint(const fs::path& path, int first) {
  const auto file = VideoFile::open(path);
  std::vector<int> expected;
  const int key = 24;
  for (int i = 0; i < 60; ++i)
    if (i < first || i >= key) expected.push_back(i);
  BOOST_TEST(shown(*file) == expected, boost::test_tools::per_element());
  BOOST_TEST(frame_at(*file, first) == key);
  BOOST_TEST(file->table().times[static_cast<std::size_t>(first)] == 960'000'000);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(hevc)

BOOST_AUTO_TEST_CASE(open_groups_of_several_slices_are_exact_wherever_one_reads) {
  for (const auto& [name, muxer] : {std::pair{"slices.mp4", "mp4mux"}, {"slices.mov", "qtmux"}, {"slices.mkv", "matroskamux"}}) {
    const auto file = VideoFile::open(open_groups(name, muxer, ":slices=3"));
    BOOST_TEST_CONTEXT(name) {
      BOOST_TEST(file->table().count() == 60);
      std::mt19937 random(7);
      int wrong = 0;
      for (int i = 0; i < 100; ++i) {
        const auto frame = static_cast<std::int64_t>(random() % 60);
        wrong += frame_at(*file, frame) != frame;
      }
      BOOST_TEST(wrong == 0);
    }
  }
}

BOOST_AUTO_TEST_CASE(pictures_that_nobody_can_decode_are_no_rows) {
  // Where a key says that all begins anew (as an editor writes it at a joint), the pictures that lean on what was before are never shown.
  auto bytes = tivit::read_file(open_groups("joined.mp4", "mp4mux"));
  const auto keys = random_access_units(bytes);
  BOOST_TEST_REQUIRE(keys.size() == 4U);  // the first key is an IDR
  bytes[keys[1]] = 16 << 1;
  const auto path = video_folder() / "joined_anew.mp4";
  std::ofstream(path, std::ios::binary) << bytes;
  lacks_before_the_joint(path, 21);
}

BOOST_AUTO_TEST_CASE(the_end_of_a_sequence_begins_anew_too) {
  // Each picture ends in its checksum (x265: a unit of type 40); that of the last one before a key becomes an end of the sequence, of the
  // stream.
  const auto bytes = tivit::read_file(open_groups("checksums.mp4", "mp4mux", ":hash=1"));
  const auto keys = random_access_units(bytes);
  BOOST_TEST_REQUIRE(keys.size() == 4U);
  const auto checksum = bytes.rfind(std::string{40 << 1, 1}, keys[1]);
  BOOST_TEST_REQUIRE(checksum != std::string::npos);
  for (const int type : {36, 37}) {
    auto changed = bytes;
    changed[checksum] = static_cast<char>(type << 1);
    const auto path = video_folder() / ("sequence_end_" + std::to_string(type) + ".mp4");
    std::ofstream(path, std::ios::binary) << changed;
    // Besides those that lean across the joint, two that the decoder still held: H.265 (C.5.2.2) lets a key behind such an end discard
    // them.
    BOOST_TEST_CONTEXT(type) lacks_before_the_joint(path, 19);
  }
}

BOOST_AUTO_TEST_CASE(black_and_white_of_more_than_8_bits_is_refused) {
  auto bytes = tivit::read_file(open_groups("grey_to_be.mp4", "mp4mux"));
  const auto record = bytes.find("hvcC");
  BOOST_TEST_REQUIRE(record != std::string::npos);
  bytes[record + 4 + 16] = static_cast<char>(0xfc);  // no colour
  bytes[record + 4 + 17] = static_cast<char>(0xfa);  // 10 bits
  const auto path = video_folder() / "grey.mp4";
  std::ofstream(path, std::ios::binary) << bytes;
  BOOST_CHECK_EXCEPTION(VideoFile::open(path), tivit::Error, [&](const tivit::Error& error) {
    return std::string(error.what()) ==
           path.string() +
               ": is black and white with 10 bits a sample, which the decoder has no name for; make a film of 8 bits of it: ffmpeg -i IN "
               "-pix_fmt yuv420p OUT.mp4";
  });
}

BOOST_AUTO_TEST_CASE(fields_that_come_one_by_one_are_pictures_of_their_own) {
  const auto file = VideoFile::open(open_groups("fields.mkv", "matroskamux", ":interlace=tff"));
  std::vector<int> numbers = shown(*file);
  BOOST_TEST(numbers.size() == 60U);
  for (std::size_t i = 0; i < numbers.size(); ++i) BOOST_TEST(numbers[i] == static_cast<int>(i));
}

BOOST_AUTO_TEST_SUITE_END()
