// What items of files are called: by their stems, and by more where stems do not tell them apart.
#include <boost/test/unit_test.hpp>
#include <stages/notes/file_names.hpp>

using tivit::notes::names_of_files;
using Names = std::vector<std::string>;

BOOST_AUTO_TEST_SUITE(file_names)

BOOST_AUTO_TEST_CASE(stems_are_enough_where_they_differ) {
  BOOST_TEST(names_of_files({}).empty());
  BOOST_TEST(names_of_files({"a/one.mid", "/b/two.txt", "a b.c.mid"}) == Names({"one", "two", "a b.c"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(equal_stems_are_told_apart_by_the_shortest_end) {
  BOOST_TEST(names_of_files({"out/010.mid", "rescored/010.mid", "out/011.mid"}) == Names({"out/010", "rescored/010", "011"}),
             boost::test_tools::per_element());
  BOOST_TEST(names_of_files({"out/010.mid", "out/010.txt"}) == Names({"010.mid", "010.txt"}), boost::test_tools::per_element());
  BOOST_TEST(names_of_files({"a/out/010.mid", "b/out/010.mid", "c/010.mid", "c/010.txt"}) ==
                 Names({"a/out/010", "b/out/010", "c/010.mid", "010.txt"}),
             boost::test_tools::per_element());
  BOOST_TEST(
      names_of_files({"out/010.mid", "010.mid", "/out/010.mid", "../out/010.mid"}) == Names({"out/010", "010", "/out/010", "../out/010"}),
      boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_folder_has_a_name_too) {  // what is no file is refused by whoever reads it
  BOOST_TEST(names_of_files({"a/", "b/a", "/", "."}) == Names({"a", "b/a", "", "."}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(one_file_twice_has_one_name) {
  BOOST_TEST(names_of_files({"out/010.mid", "./out/010.mid", "out/x/../010.mid"}) == Names({"010", "010", "010"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
