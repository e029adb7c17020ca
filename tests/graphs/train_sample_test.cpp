// What `make train` does to the folder of the sample set: it renders into it, and takes away what it rendered itself.
#include <algorithm>

#include "sample.hpp"

namespace {
using namespace tivit::tests;

/// A checkout with the script in it, whose tivit-run renders with the real one and trains nothing.
class Checkout {
 public:
  explicit Checkout(const std::string& name) : folder(fresh_folder(name)) {
    for (const char* one : {"scripts", "build/bin", "graphs"}) fs::create_directories(folder / one);
    fs::copy_file(source_folder() / "scripts/train_sample.sh", folder / "scripts/train_sample.sh");
    fs::copy_file(graph("render_sample.toml"), folder / "graphs/render_sample.toml");
    std::ofstream(folder / "build/bin/tivit-run")
        << "#!/bin/bash\n[ \"$1\" = graphs/render_sample.toml ] || { echo \"$@\"; mkdir -p \"${@: -1}/out\"; exit 0; }\nexec '"
        << (build_folder() / "bin/tivit-run").string() << "' \"$@\" --quiet\n";
    fs::permissions(folder / "build/bin/tivit-run", fs::perms::owner_all);
    clips(2);
  }
  /// So many films in train/, one in val/ and one in test/.
  void clips(int train) const {
    auto text = read_file(graph("render_sample.toml"));
    for (const auto& [from, to] : {std::pair<std::string, std::string>{"train = 8", "train = " + std::to_string(train)},
                                   {"val = 2", "val = 1"},
                                   {"test = 3", "test = 1"},
                                   {"duration = \"20 s\"", "duration = \"3 s\""}}) {
      BOOST_TEST_REQUIRE(text.find(from) != std::string::npos);
      text.replace(text.find(from), from.size(), to);
    }
    std::ofstream(folder / "graphs/render_sample.toml") << text;
  }
  Outcome train() const {
    const auto log = folder / "train.log";
    const auto script = folder / "scripts/train_sample.sh";
    const int status = std::system(("BUILD=build RUNS=runs '" + script.string() + "' >'" + log.string() + "' 2>&1").c_str());
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, read_file(log)};
  }
  /// Everything in the set's folder, in one line.
  std::string files() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::recursive_directory_iterator(folder / "data/sample"))
      if (entry.is_regular_file()) names.push_back(fs::relative(entry.path(), folder / "data/sample").string());
    std::ranges::sort(names);
    std::string line;
    for (const auto& name : names) line += (line.empty() ? "" : " ") + name;
    return line;
  }
  fs::path file(const std::string& name) const {
    fs::create_directories((folder / "data/sample" / name).parent_path());
    return folder / "data/sample" / name;
  }
  fs::path folder;
};

std::string triple(const std::string& clip) { return clip + ".keyboard.toml " + clip + ".mp4 " + clip + ".txt"; }

}  // namespace

BOOST_AUTO_TEST_SUITE(train_sample)

BOOST_AUTO_TEST_CASE(recordings_of_ones_own_are_left_alone) {
  const Checkout checkout("train-sample-own");
  const std::string sidecar = "corners = [[10, 10], [90, 10], [90, 30], [10, 30]]\ncomment = \"read off frame 9\"\n";
  const auto files = {"train/mine.mp4", "train/mine.txt", "train/mine.keyboard.toml", "notes.md"};
  for (const char* name : files) std::ofstream(checkout.file(name)) << sidecar;
  const auto outcome = checkout.train();
  BOOST_TEST(outcome.code == 0, outcome.output);
  for (const char* name : files) BOOST_TEST(read_file(checkout.file(name)) == sidecar, name);
  BOOST_TEST(checkout.files() == "clips.tsv notes.md " + triple("test/003") + " " + triple("train/000") + " " + triple("train/001") + " " +
                                     triple("train/mine") + " " + triple("val/002"));
  BOOST_TEST(outcome.output.find("graphs/transcribe.toml data/sample/test/003.mp4") != std::string::npos, outcome.output);
}

BOOST_AUTO_TEST_CASE(a_film_of_ones_own_that_has_the_name_of_one_of_the_set_stops_it) {
  const Checkout checkout("train-sample-name");
  std::ofstream(checkout.file("train/001.mp4")) << "mine";
  const auto outcome = checkout.train();
  BOOST_TEST(outcome.code == 1, outcome.output);
  BOOST_TEST(outcome.output.find("data/sample/train/001.mp4: the file is there already, and was not rendered") != std::string::npos,
             outcome.output);
  BOOST_TEST(outcome.output.find("train.toml") == std::string::npos, outcome.output);
  BOOST_TEST(read_file(checkout.file("train/001.mp4")) == "mine");
}

BOOST_AUTO_TEST_CASE(a_table_of_ones_own_stops_it) {
  const Checkout checkout("train-sample-table");
  std::ofstream(checkout.file("clips.tsv")) << "name\tseconds\nmine\t5\n";
  const auto outcome = checkout.train();
  BOOST_TEST(outcome.code == 2, outcome.output);
  BOOST_TEST(outcome.output.ends_with("data/sample/clips.tsv is not the list of a rendered set, which belongs there; move it away\n"),
             outcome.output);
  BOOST_TEST(read_file(checkout.file("clips.tsv")) == "name\tseconds\nmine\t5\n");
}

BOOST_AUTO_TEST_CASE(a_changed_graph_gives_its_set_and_nothing_of_the_one_before) {
  const Checkout checkout("train-sample-changed");
  checkout.clips(3);
  BOOST_TEST_REQUIRE(checkout.train().code == 0);
  // One that was rendered and then replaced by a recording is no longer ours.
  std::ofstream(checkout.file("val/003.keyboard.toml")) << "corners = [[10, 10], [90, 10], [90, 30], [10, 30]]\n";
  const auto kept = fs::last_write_time(checkout.file("train/000.mp4"));
  checkout.clips(1);
  const auto outcome = checkout.train();
  BOOST_TEST(outcome.code == 0, outcome.output);
  BOOST_TEST(checkout.files() ==
             "clips.tsv " + triple("test/002") + " " + triple("train/000") + " " + triple("val/001") + " " + triple("val/003"));
  BOOST_TEST((fs::last_write_time(checkout.file("train/000.mp4")) == kept));  // another list changes no film
}

BOOST_AUTO_TEST_SUITE_END()
