// Loading: what differs is refused before any of it runs, names are taken once, nothing is loaded twice.
#include <ATen/core/Tensor.h>
#include <ATen/ops/full.h>

#include <sys/stat.h>

#include <boost/test/unit_test.hpp>
#include <tivit/plugin.hpp>
#include <tivit/tensor/stage.hpp>

#include "files.hpp"

using namespace tivit::tests;
namespace fs = std::filesystem;

namespace {

std::string needed(const std::string& what) {
  for (const auto& fact : tivit::build_facts())
    if (fact.what == what) return fact.value;
  return "?";
}

std::string refused(const fs::path& file) {
  return thrown([&] { tivit::load_plugins(file); });
}

}  // namespace

BOOST_AUTO_TEST_SUITE(plugin_loading)

BOOST_AUTO_TEST_CASE(every_difference_is_named_with_what_was_found_and_needed) {
  const std::pair<const char*, std::string> cases[] = {
      {"other_abi", "framework ABI: found 0.0.9-0123456789ab, needed " + needed("framework ABI")},
      {"other_torch", "LibTorch: found 2.6, needed " + needed("LibTorch")},
      {"other_library", "C++ standard library: found libc++, needed " + needed("C++ standard library")},
      {"other_build", "build type: found profiling, needed " + needed("build type")},
  };
  for (const auto& [name, text] : cases)
    BOOST_TEST(refused(plugin(name)) == "plugin " + plugin(name).string() + " was not built for this tivit: " + text +
                                            "; build it again against the package of this tivit");
  const std::string all = refused(plugin("other_all"));
  for (const auto& [name, text] : cases) BOOST_TEST(all.find(text) != std::string::npos, all);
}

BOOST_AUTO_TEST_CASE(what_was_not_made_as_a_plugin_is_refused) {
  BOOST_TEST(refused(plugin("no_note")) ==
             "plugin " + plugin("no_note").string() + ": it does not say what it was built with; build it with tivit_add_stage()");
  BOOST_TEST(refused(plugin("nothing")) == "plugin " + plugin("nothing").string() + " brings no stage; register one with TIVIT_STAGE");
}

BOOST_AUTO_TEST_CASE(what_only_has_the_name_of_a_library_is_passed_over) {
  const auto folder = scratch("names");
  tivit::write_file(folder / "empty.so", "");
  tivit::write_file(folder / "script.so", "GROUP ( libm.so.6 )\n");
  fs::create_symlink("loop.so", folder / "loop.so");
  const std::string none = "there is no plugin in the folder " + folder.string();
  BOOST_TEST(refused(folder).starts_with(none), refused(folder));
  tivit::write_file(folder / "cut.so",
                    "\177ELF");  // one that was a library, and may have been a plugin
  BOOST_TEST(refused(folder).starts_with("plugin " + (folder / "cut.so").string() + ": "), refused(folder));
  BOOST_TEST(refused(folder / "empty.so") ==
             "plugin " + (folder / "empty.so").string() + ": it is no shared library; build it again with tivit_add_stage()");
}

BOOST_AUTO_TEST_CASE(what_is_no_file_is_refused_at_once) {
  const auto folder = scratch("no_files");
  const auto pipe = folder / "pipe.so";
  BOOST_TEST_REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  BOOST_TEST(refused(pipe) == "plugin " + pipe.string() + ": it is no file; give a .so file that tivit_add_stage() made");
  BOOST_TEST(refused("/dev/null") == "plugin /dev/null: it is no file; give a .so file that tivit_add_stage() made");
  // The pipe is passed over as any other thing that is no library.
  BOOST_TEST(refused(folder) ==
             "there is no plugin in the folder " + folder.string() + "; give a .so file that tivit_add_stage() made, or a folder of them");
}

/// One case: what is loaded stays.
BOOST_AUTO_TEST_CASE(stages_come_once_and_stay) {
  auto& registry = tivit::Registry::instance();
  const auto folder = scratch("folder");
  fs::create_symlink(plugin("one"), folder / "one.so");
  fs::create_symlink(plugin("no_note"), folder / "a_library_beside.so");
  tivit::write_file(folder / "notes.txt", "no library");
  BOOST_TEST(!registry.lookup("example/twice"));
  tivit::load_plugins(folder);
  const tivit::StageSpec* twice = registry.lookup("example/twice");
  BOOST_TEST_REQUIRE(twice);
  BOOST_TEST(twice->origin == plugin("one").string());
  tivit::Context context;
  const auto out = twice->make()->call({{"values", tivit::Payload::of(at::full({3}, 2.0, at::kFloat))}}, context);
  BOOST_TEST(out.at(0).as<at::Tensor>().sum().item<double>() == 12);

  tivit::load_plugins(plugin("one"));
  fs::create_hard_link(plugin("one"), folder / "again.so");
  tivit::load_plugins(folder / "again.so");
  BOOST_TEST(registry.find("example/keep").doc == "one's: active where a value reaches the least");
  const auto files = tivit::loaded_plugins();
  BOOST_TEST(std::count(files.begin(), files.end(), plugin("one").string()) == 1);

  BOOST_TEST(refused(plugin("two")) == "plugin " + plugin("two").string() + " brings a stage \"example/keep\", which is there already (" +
                                           plugin("one").string() + "); load one of them, or give the stage another name");
}

BOOST_AUTO_TEST_CASE(the_environment_lists_folders_and_files) {
  ::setenv("TIVIT_PLUGIN_PATH", (":" + plugin("one").string() + ":" + (scratch("env") / "none").string()).c_str(), 1);
  const std::string error = thrown([] { tivit::load_plugins_of_environment(); });
  ::unsetenv("TIVIT_PLUGIN_PATH");
  BOOST_TEST(error.starts_with("TIVIT_PLUGIN_PATH: cannot read plugin "), error);
  BOOST_TEST(tivit::Registry::instance().lookup("example/twice"));
  tivit::load_plugins_of_environment();
}

BOOST_AUTO_TEST_SUITE_END()
