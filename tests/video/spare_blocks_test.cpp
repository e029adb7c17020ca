// Blocks of memory that are kept: for whom, and how many.
#include <boost/test/unit_test.hpp>
#include <cstring>
#include <stages/video/spare_blocks.hpp>

using tivit::video::SpareBlocks;

BOOST_AUTO_TEST_SUITE(spare_blocks)

BOOST_AUTO_TEST_CASE(a_block_given_back_is_taken_again_by_its_size) {
  SpareBlocks spare(1 << 20);
  void* const one = spare.take(100'000);
  BOOST_TEST_REQUIRE(one);
  std::memset(one, 7, 100'000);
  void* const other = spare.take(100'000);
  BOOST_TEST(other != one);
  spare.give(one, 100'000);
  BOOST_TEST(spare.take(300'000) != one);
  BOOST_TEST(spare.take(100'000) == one);
  BOOST_TEST(static_cast<char*>(one)[99'999] == 7);
}

BOOST_AUTO_TEST_CASE(no_more_is_kept_than_was_said) {
  SpareBlocks spare(8192);
  void* const one = spare.take(8192);
  void* const other = spare.take(8192);
  BOOST_TEST_REQUIRE((one && other));
  std::memset(one, 7, 8192), std::memset(other, 7, 8192);
  spare.give(one, 8192);
  spare.give(other, 8192);
  BOOST_TEST(spare.take(8192) == other);
  BOOST_TEST(static_cast<char*>(spare.take(8192))[0] == 0);  // the first went back to the system: what comes is new
}

BOOST_AUTO_TEST_SUITE_END()
