// Zip containers of very many entries, as somebody makes them who means ill: read or refused in the time it takes to look at each once.
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <stages/data/zip.hpp>
#include <tests/data/python.hpp>
#include <tivit/error.hpp>

using namespace tivit;

namespace {

/// Empty entries under numbers, and one more under the name of the last.
void write_entries(const std::filesystem::path& path, int count, bool twice) {
  BOOST_TEST_REQUIRE(tests::python(R"(
import sys, warnings, zipfile
warnings.simplefilter('ignore')
with zipfile.ZipFile(sys.argv[1], 'w') as z:
    for i in range(int(sys.argv[2])): z.writestr(zipfile.ZipInfo(f'{i:06}'), b'')
    if sys.argv[3] == 'twice': z.writestr(zipfile.ZipInfo(f'{i:06}'), b'')
)",
                                   {path, std::to_string(count), twice ? "twice" : "once"}) == "");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(zip_containers)

// Comparing each name with all before it would take minutes.
BOOST_AUTO_TEST_CASE(very_many_entries_are_read, *boost::unit_test::timeout(60)) {
  const auto path = tests::folder("zip") / "many.zip";
  write_entries(path, 100'000, false);
  const data::ZipReader zip(path);
  BOOST_TEST(zip.names().size() == 100'000U);
  BOOST_TEST(std::ranges::all_of(zip.names(), [&](const auto& name) { return zip.has(name) && zip.size(name) == 0; }));
  BOOST_TEST(!zip.has("100000"));
  BOOST_TEST(zip.read("099999") == "");
}

BOOST_AUTO_TEST_CASE(one_name_twice_among_very_many_is_found, *boost::unit_test::timeout(60)) {
  const auto path = tests::folder("zip") / "twice.zip";
  write_entries(path, 100'000, true);
  BOOST_CHECK_EXCEPTION(data::ZipReader{path}, Error, [&](const Error& error) {
    BOOST_TEST(error.what() == path.string() + ": holds two entries named \"099999\"; write the file again");
    return true;
  });
}

BOOST_AUTO_TEST_SUITE_END()
