// Places for results that cannot be written are found before anything runs, and failures to write say what to do.
#include <sys/stat.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <fstream>
#include <functional>
#include <tivit/atomic_file.hpp>
#include <tivit/writable.hpp>

#include "tests/folders.hpp"

namespace {
using namespace tivit;
namespace fs = std::filesystem;

fs::path fresh(const std::string& name) {
  const auto folder = tests::build_folder() / "tests/writable" / name;
  fs::remove_all(folder);
  fs::create_directories(folder);
  return folder;
}

std::string told(const std::function<void(Faults&)>& check) {
  Faults faults;
  check(faults);
  return faults.list().empty() ? "" : faults.list().at(0).first + ": " + faults.list().at(0).second.what();
}
std::string of_file(const fs::path& path) {
  return told([&](Faults& faults) { check_file(faults, "to", path); });
}
std::string of_folder(const fs::path& path) {
  return told([&](Faults& faults) { check_folder(faults, "to", path); });
}
std::string thrown(const fs::path& path) {
  try {
    write_file(path, "text");
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(writable)

BOOST_AUTO_TEST_CASE(places_that_can_be_written_pass_and_stay_as_they_are) {
  const auto folder = fresh("good");
  BOOST_TEST(of_file("") == "");
  BOOST_TEST(of_file("beside.json") == "");
  BOOST_TEST(of_file(folder / "new/deep/scores.json") == "");
  BOOST_TEST(of_folder(folder / "new") == "");
  std::ofstream(folder / "old.json") << "{}";
  BOOST_TEST(of_file(folder / "old.json") == "");  // it will be replaced
  BOOST_TEST(std::distance(fs::directory_iterator(folder), fs::directory_iterator()) == 1);
}

BOOST_AUTO_TEST_CASE(what_is_in_the_way_is_named) {
  const auto folder = fresh("bad");
  std::ofstream(folder / "file") << "text";
  const std::string taken = "to: " + (folder / "file").string() + ": is a file, and a folder of this name is wanted; give another place";
  for (const char* path : {"file", "file/deep/out"}) BOOST_TEST(of_folder(folder / path) == taken);
  BOOST_TEST(of_file(folder / "file/scores.json") == taken);
  BOOST_TEST(of_file(folder) == "to: " + folder.string() + ": is a folder, and a file is to be written; name a file in it");
  BOOST_TEST(of_file("/proc/scores.json").starts_with("to: /proc: nothing can be written here: "));
  Faults faults;
  check_file_or_folder(faults, "to", folder / "file/one.npz", ".npz");
  check_file_or_folder(faults, "to", folder / "file/one", ".npz");
  BOOST_TEST(faults.list().size() == 2u);
  if (::geteuid() == 0) return;  // permissions do not hold root back
  fs::permissions(folder, fs::perms::owner_read | fs::perms::owner_exec);
  BOOST_TEST(of_file(folder / "scores.json") ==
             "to: " + folder.string() + ": nothing can be written here: Permission denied; check the permissions, or give another place");
  fs::permissions(folder, fs::perms::owner_all);
}

BOOST_AUTO_TEST_CASE(a_folder_is_not_called_as_a_file_is) {
  const auto folder = fresh("kinds");
  const auto either = [&](const fs::path& path, const std::string& extension) {
    return told([&](Faults& faults) { check_file_or_folder(faults, "to", path, extension); });
  };
  const auto song = folder / "song.mid";
  BOOST_TEST(either(song, ".mid") == "");
  const std::string refused = "to: " + song.string() + ": is called as a file is, and a folder is wanted; name a folder, such as \"" +
                              (folder / "song").string() + "\"";
  BOOST_TEST(either(song, ".txt") == refused + ", or a file that ends in .txt");
  BOOST_TEST(of_folder(song) == refused);
  BOOST_TEST(either(folder / "SONG.MID", ".mid").ends_with(", or a file that ends in .mid"));
  BOOST_TEST(either(folder / "op. 11", ".txt") == "");
  fs::create_directories(song);  // it is one all the same
  BOOST_TEST(either(song, ".txt") == "");
}

BOOST_AUTO_TEST_CASE(pipes_and_devices_are_kept_and_a_link_stays_a_link) {
  const auto folder = fresh("odd");
  const auto pipe = folder / "pipe";
  BOOST_REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  BOOST_TEST(of_file(pipe) == "to: " + pipe.string() + ": is a pipe, not a file; name a file");
  BOOST_TEST(thrown(pipe) == pipe.string() + ": is a pipe, not a file; name a file");
  BOOST_TEST(fs::is_fifo(pipe));
  fs::create_symlink("/dev/full", folder / "device");
  BOOST_TEST(thrown(folder / "device") == "/dev/full: is a device, not a file; name a file");
  std::ofstream(folder / "there.txt") << "old";
  fs::create_symlink("there.txt", folder / "link.txt");
  BOOST_TEST(thrown(folder / "link.txt") == "");
  BOOST_TEST(fs::is_symlink(folder / "link.txt"));
  BOOST_TEST(read_file(folder / "there.txt") == "text");
}

BOOST_AUTO_TEST_CASE(a_write_that_fails_says_what_to_do_about_it) {
  const auto folder = fresh("late");
  BOOST_TEST(thrown(folder) ==
             folder.string() +
                 ": the file cannot be put in its place: Is a directory; a folder of this name is in the way: give another name");
  std::ofstream(folder / "file") << "text";
  BOOST_TEST(thrown(folder / "file/scores.json") ==
             (folder / "file").string() + ": the folder cannot be made: Not a directory; give a place that can be written");
  BOOST_TEST(write_remedy(ENOSPC) == "make room on the disk");
  BOOST_TEST(write_remedy(EROFS) == "check the permissions, or give another place");
  BOOST_TEST(std::distance(fs::directory_iterator(folder), fs::directory_iterator()) == 1);  // no half of a file is left
}

BOOST_AUTO_TEST_SUITE_END()
