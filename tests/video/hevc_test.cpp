// H.265: pictures that lean on what a seek jumps over or a joint cuts off, in several slices, as fields.
#include <array>
#include <fstream>
#include <random>
#include <stages/video/video_file.hpp>
#include <tests/video/bar_code.hpp>
#include <tivit/atomic_file.hpp>

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
  const auto file = VideoFile::open(path);
  std::vector<int> expected;
  const int key = 24;
  for (int i = 0; i < 60; ++i)
    if (i < key - 3 || i >= key) expected.push_back(i);
  BOOST_TEST(shown(*file) == expected, boost::test_tools::per_element());
  BOOST_TEST(frame_at(*file, 21) == 24);
  BOOST_TEST(file->table().times[21] == 960'000'000);
}

BOOST_AUTO_TEST_CASE(fields_that_come_one_by_one_are_pictures_of_their_own) {
  const auto file = VideoFile::open(open_groups("fields.mkv", "matroskamux", ":interlace=tff"));
  std::vector<int> numbers = shown(*file);
  BOOST_TEST(numbers.size() == 60U);
  for (std::size_t i = 0; i < numbers.size(); ++i) BOOST_TEST(numbers[i] == static_cast<int>(i));
}

BOOST_AUTO_TEST_SUITE_END()
