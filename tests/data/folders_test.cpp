// Folders that cannot be read, and videos that are named without a folder.
#include <fcntl.h>
#include <unistd.h>

#include <stages/data/folder.hpp>
#include <tests/data/open_clips.hpp>

using namespace tivit;
using namespace tivit::tests;

namespace {

/// Permissions do not hold root back: in its own time nobody looks.
struct AsNobody {
  AsNobody() {
    if (::geteuid() == 0) BOOST_REQUIRE(::seteuid(65534) == 0);
  }
  ~AsNobody() {
    if (::getuid() == 0) BOOST_CHECK(::seteuid(0) == 0);
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(folders)

BOOST_AUTO_TEST_CASE(a_folder_that_cannot_be_read_costs_itself_alone) {
  std::string name = (fs::temp_directory_path() / "tivit-folders-XXXXXX").string();  // where everybody can come
  const fs::path root = ::mkdtemp(name.data());
  for (const char* file : {"a.mp4", "lost+found/b.mp4", "deep/c.mp4"}) write_file(root / file, "video");
  fs::permissions(root, fs::perms(0755));
  fs::permissions(root / "lost+found", fs::perms::none);
  std::vector<fs::path> files;
  std::string why, refused;
  {
    const AsNobody nobody;
    files = data::files_in(root, true);
    why = data::why_unreadable(root / "lost+found");
    try {
      data::files_in(root / "lost+found", true);
    } catch (const Error& error) {
      refused = error.what();
    }
  }
  BOOST_TEST(files == (std::vector<fs::path>{root / "a.mp4", root / "deep/c.mp4", root / "lost+found"}), boost::test_tools::per_element());
  BOOST_TEST(why == "Permission denied");
  BOOST_TEST(refused == (root / "lost+found").string() +
                            ": the folder cannot be read: Permission denied; allow it to be read, or give another folder");
  const fs::path run = tests::folder("clips_run");
  const auto before = fs::status(run).permissions();
  fs::permissions(run, fs::perms::all);
  Opened opened;
  bool can_write = false;
  {
    const AsNobody nobody;
    can_write = ::faccessat(AT_FDCWD, run.c_str(), W_OK, AT_EACCESS) == 0;  // the project's folder may be for its owner alone
    if (can_write) opened = open({{"root", text(root)}, {"split", text("")}});
  }
  fs::permissions(run, before);
  if (can_write) {
    BOOST_TEST(names(opened.clips) == (Names{"a", "c"}), boost::test_tools::per_element());
    BOOST_TEST(opened.skipped == (root / "lost+found").string() + "\tcannot be read: Permission denied\n");
  }
  fs::permissions(root / "lost+found", fs::perms::owner_all);
  fs::remove_all(root);
}

BOOST_AUTO_TEST_CASE(files_are_chosen_among_and_what_is_for_folders_is_refused) {
  const auto root = tests::folder("named_files");
  std::vector<std::string> files;
  for (const char* name : {"c", "a", "b"}) {
    files.push_back(root / (std::string(name) + ".mp4"));
    write_file(files.back(), "video");
  }
  const auto chosen = [&](const Settings& more) {
    Settings all{{"files", list(files)}};
    all.insert(all.end(), more.begin(), more.end());
    return open(all);
  };
  BOOST_TEST(names(chosen({}).clips) == (Names{"c", "a", "b"}), boost::test_tools::per_element());
  const auto some = chosen({{"only", list({"[abc]"})}, {"exclude", list({"c"})}, {"max_clips", number(1)}});
  BOOST_TEST(names(some.clips) == (Names{"a"}), boost::test_tools::per_element());
  BOOST_TEST(some.skipped == files[0] + "\tmatches a pattern of \"exclude\"\n" + files[2] + "\tcomes after max_clips\n");
  BOOST_CHECK_EXCEPTION(chosen({{"only", list({"d"})}}), Error, [&](const Error& error) {
    BOOST_TEST(error.what() == files[0] +
                                   ": none of the files is read; the first: matches no pattern of \"only\"; check only, exclude and "
                                   "require_labels");
    return true;
  });
  const std::vector<std::pair<const char*, ParameterValue>> of_folders{
      {"table", text("clips.tsv")},   {"videos", text("all")},      {"hold_out", list({"a"})},     {"hold_out_share", {0.1}},
      {"manifest.val", text("list")}, {"splits.test", list({"b"})}, {"exclude_list", text("list")}};
  for (const auto& [name, value] : of_folders) {
    std::string told;
    try {
      chosen({{name, value}});
    } catch (const Error& error) {
      told = error.what();
    }
    BOOST_TEST(told.find("files are named, and this is for recordings of a folder; take one of the two out") != std::string::npos,
               name << ": " << told);
  }
}

BOOST_AUTO_TEST_CASE(a_broken_sidecar_is_not_asked_where_corners_are_given) {
  const auto root = tests::folder("given_corners");
  for (const char* name : {"a", "b"}) write_file(root / (std::string(name) + ".mp4"), "video");
  write_file(root / "a.keyboard.toml", "cornres = 1\n");
  ParameterValue::List corners;
  for (const double value : {0, 0, 50, 0, 50, 10, 0, 10}) corners.push_back({value});
  const Settings folder{{"root", text(root)}, {"split", text("")}}, given{{"corners", {corners}}};
  const auto with = [](Settings one, const Settings& more) {
    one.insert(one.end(), more.begin(), more.end());
    return one;
  };
  BOOST_TEST(names(open(folder).clips) == (Names{"b"}), boost::test_tools::per_element());
  const auto all = open(with(folder, given));
  BOOST_TEST(names(all.clips) == (Names{"a", "b"}), boost::test_tools::per_element());
  BOOST_TEST(all.clips[0].corners->points[2].y == 10);
  BOOST_TEST(all.skipped == "");
  BOOST_TEST(names(open(with({{"files", list({root / "a.mp4"})}}, given)).clips) == (Names{"a"}), boost::test_tools::per_element());
  // Nor does it keep a recording out of what can be used: of two one is held out, of one none.
  const Settings held{{"root", text(root)}, {"split", text("val")}, {"videos", text(".")}, {"hold_out_share", {0.5}}};
  BOOST_TEST(problem(held).starts_with("split \"val\" has no clips"));
  BOOST_TEST(open(with(held, given)).clips.size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
