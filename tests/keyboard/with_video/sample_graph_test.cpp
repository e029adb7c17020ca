// graphs/render_sample.toml, run as a user runs it, small: the same films with one thread and with two, and a set that reads.
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <stages/data/dataset.hpp>
#include <tests/cli/program.hpp>

#include "tests/folders.hpp"

namespace fs = std::filesystem;
using tivit::tests::read_text;
using tivit::tests::tivit_run;

BOOST_AUTO_TEST_CASE(the_sample_set_is_rendered_the_same_by_any_number_of_threads) {
  const auto folder = tivit::tests::build_folder() / "tests/sample_graph";
  fs::remove_all(folder);
  fs::create_directories(folder);
  const std::string graph = "'" + tivit::tests::source_folder().string() + "/graphs/render_sample.toml'";
  const std::string small = " --set score.train=2 --set score.val=1 --set score.test=1 --set score.duration='4 s'";
  for (const std::string threads : {"1", "2"}) {
    const auto outcome = tivit_run(
        folder, graph + " --to set" + threads + " --run-dir run" + threads + small + " --set runtime.pipeline_threads=" + threads);
    BOOST_TEST(outcome.code == 0, outcome.err);
  }
  BOOST_TEST(read_text(folder / "set1/clips.tsv") == read_text(folder / "set2/clips.tsv"));
  for (const std::string clip : {"train/000", "train/001", "val/002", "test/003"})
    for (const std::string suffix : {".mp4", ".txt", ".keyboard.toml"}) {
      const auto one = read_text(folder / "set1" / (clip + suffix));
      BOOST_TEST(!one.empty());
      BOOST_CHECK(one == read_text(folder / "set2" / (clip + suffix)));
    }
  tivit::data::DatasetOptions options;
  options.root = folder / "set1";
  options.split = "train";
  options.extensions = {".mp4"};
  options.require_labels = true;
  const auto set = tivit::data::scan_dataset(options);
  BOOST_TEST(set.clips.size() == 2u);
  for (const auto& clip : set.clips) BOOST_TEST(clip.corners.has_value());
}
