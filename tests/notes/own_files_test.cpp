// Two stages of one run do not replace each other's files.
#include <array>
#include <boost/test/unit_test.hpp>
#include <stages/data/clip.hpp>
#include <stages/notes/note.hpp>
#include <stages/notes/own_files.hpp>
#include <thread>
#include <tivit/atomic_file.hpp>
#include <tivit/contract.hpp>

#include "tests/folders.hpp"

namespace {

using namespace tivit;

struct Writer {
  std::unique_ptr<Stage> stage = Registry::instance().find("notes/text").make();
  Context context;

  Writer(const std::string& name, RunContext& run) {
    context.run_ = &run;
    context.stage_ = name;
    context.in_.set(SourceName{"piece"});
  }
  std::string write(int pitch, ItemId id = {0, 0}) {
    context.id_ = id;
    try {
      stage->call({{"notes", Payload::of(notes::Notes{{{0.5, 1.25, pitch, 64}}})}}, context);
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(own_files)

BOOST_AUTO_TEST_CASE(a_file_belongs_to_one_stage_of_a_run) {
  RunContext run, other_run;
  run.directory = other_run.directory = tests::build_folder() / "tests/notes/own_files";
  const auto file = run.directory / "labels/piece.txt";
  {
    Writer found("found", run), truth("truth", run), elsewhere("elsewhere", run);
    BOOST_TEST(found.write(60) == "");
    const std::string told = file.string() +
                             ": the stages \"found\" and \"truth\" both write this file: one would replace the other's; give one of them a "
                             "folder or a file of its own";
    BOOST_TEST(truth.write(61) == told);
    BOOST_TEST(truth.write(61) == told);  // the second time, too
    BOOST_TEST(read_file(file) == "0.500000\t1.250000\t60\n");
    elsewhere.stage->set("to", {(run.directory / "elsewhere").string()});
    BOOST_TEST(elsewhere.write(62) == "");
    // However the folder is written.
    elsewhere.stage->set("to", {(run.directory / "elsewhere/../labels").string()});
    BOOST_TEST(elsewhere.write(62) != "");
    // The same item again, the next epoch, the stage of a run that goes on, a graph that the run calls.
    BOOST_TEST(found.write(63) == "");
    found.context.epoch_ = 1;
    BOOST_TEST(found.write(64, {1, 0}) == "");
    BOOST_TEST(Writer("found", run).write(65) == "");
    BOOST_TEST(Writer("called", other_run).write(66) == "");
  }
  BOOST_TEST(Writer("truth", run).write(67) == "");  // nobody has it any more
}

BOOST_AUTO_TEST_CASE(what_is_found_never_has_the_name_of_labels_beside_the_video) {
  RunContext run;
  const auto folder = tests::build_folder() / "tests/notes/beside_the_video";
  std::filesystem::remove_all(folder);
  write_file(folder / "song.mp4", "video");
  write_file(folder / "song.mid", "labels");  // of another kind than what is written
  data::Clip clip;
  clip.name = "song";
  clip.video = folder / "song.mp4";
  Writer found("found", run);
  found.context.in_.set(clip);
  for (const auto& to : {folder, folder / "."}) {  // the second time, too
    found.stage->set("to", {to.string()});
    BOOST_TEST(found.write(60) == "");
    BOOST_TEST(std::filesystem::exists(folder / "song.tivit.txt"));
    BOOST_TEST(!std::filesystem::exists(folder / "song.txt"));
  }
  found.stage->set("to", {(folder / "out").string()});
  BOOST_TEST(found.write(60) == "");
  BOOST_TEST(std::filesystem::exists(folder / "out/song.txt"));
  write_file(folder / "labels/song.txt", "labels");
  clip.labels = folder / "labels/song.txt";
  found.context.in_.set(clip);
  found.stage->set("to", {(folder / "labels").string()});
  BOOST_TEST(found.write(60) == "");
  BOOST_TEST(read_file(clip.labels) == "labels");
  BOOST_TEST(std::filesystem::exists(folder / "labels/song.tivit.txt"));
  found.stage->set("to", {(folder / "mine.txt").string()});  // as it was asked for
  BOOST_TEST(found.write(60) == "");
  BOOST_TEST(std::filesystem::exists(folder / "mine.txt"));
}

BOOST_AUTO_TEST_CASE(what_is_written_for_a_name_with_slashes_is_found_as_its_labels) {
  const auto folder = tests::build_folder() / "tests/notes/paths_as_names";
  std::filesystem::remove_all(folder);
  RunContext run;
  run.directory = folder / "run";
  for (const char* name : {"Pianist_1/take3", "Pianist_2/take3"}) {
    write_file(folder / "set" / (std::string(name) + ".mp4"), "video");
    write_file(folder / "set" / (std::string(name) + ".txt"), "0 1 20\n");  // not corrected
  }
  Writer corrected("corrected", run);
  corrected.stage->set("to", {(folder / "labels").string()});
  data::Clip clip;
  for (std::uint32_t i = 0; i < 3; ++i) {
    clip.name = i == 2 ? "../outside" : "Pianist_" + std::to_string(i + 1) + "/take3";
    clip.video = folder / "set" / (clip.name + ".mp4");
    corrected.context.in_.set(clip);
    BOOST_TEST(corrected.write(60 + static_cast<int>(i), {0, i}) == "");
  }
  BOOST_TEST(std::filesystem::exists(folder / "labels/_/outside.txt"));
  const auto& spec = Registry::instance().find("data/clips");
  const auto clips = spec.make();
  for (const auto& [name, value] : {std::pair<const char*, ParameterValue>{"root", {(folder / "set").string()}},
                                    {"names", {ParameterValue::List{{std::string("/{}")}}}},
                                    {"annotations_root", {(folder / "labels").string()}}})
    clips->set(name, spec.parameter(name)->checked(value));
  clips->open(run);
  for (std::uint32_t i = 0; i < 2; ++i) {
    Context context;
    context.id_ = ItemId{0, i};
    context.run_ = &run;
    context.spec_ = &spec;
    const auto made = clips->next(context);
    BOOST_TEST_REQUIRE(made.has_value());
    BOOST_TEST(read_file(made->at(0).as<data::Clip>().labels) == "0.500000\t1.250000\t6" + std::to_string(i) + "\n");
  }
}

BOOST_AUTO_TEST_CASE(stages_that_ask_at_once_agree_on_one_owner) {
  const auto folder = tests::build_folder() / "tests/notes/own_files_at_once";
  for (int round = 0; round < 20; ++round) {
    RunContext run;
    run.directory = folder;
    const std::array<std::unique_ptr<notes::OwnFiles>, 4> files = {std::make_unique<notes::OwnFiles>(), std::make_unique<notes::OwnFiles>(),
                                                                   std::make_unique<notes::OwnFiles>(),
                                                                   std::make_unique<notes::OwnFiles>()};
    std::array<int, 4> had{};
    std::vector<std::thread> threads;
    for (std::size_t k = 0; k < files.size(); ++k)
      threads.emplace_back([&, k] {
        Context context;
        context.run_ = &run;
        context.stage_ = "stage " + std::to_string(k);
        for (std::uint32_t i = 0; i < 200; ++i) {
          context.id_ = ItemId{0, i};
          try {
            had[k] += files[k]->claim_for_item(folder / ("film-" + std::to_string(i) + ".mp4"), context);
          } catch (const Error&) {
          }
        }
      });
    for (auto& thread : threads) thread.join();
    BOOST_TEST(had[0] + had[1] + had[2] + had[3] == 200);  // every file is somebody's, and nobody's twice
  }
}

BOOST_AUTO_TEST_SUITE_END()
