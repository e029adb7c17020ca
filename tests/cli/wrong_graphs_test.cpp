// Graphs of the project with one mistake each: what the program says, word for word, with the place and what to do.
#include <boost/test/unit_test.hpp>

#include "../pipeline/graph_files.hpp"
#include "program.hpp"

#include "tests/folders.hpp"
#include "tests/fresh_weights.hpp"

namespace {

using tivit::tests::read_text;

/// A copy of graphs/ and configs/ in which mistakes can be made.
struct Copy : tivit::tests::GraphFiles {
  Copy() {
    const std::filesystem::path root = tivit::tests::source_folder();
    for (const char* part : {"graphs", "configs"}) std::filesystem::copy(root / part, path(part), std::filesystem::copy_options::recursive);
    tivit::tests::write_fresh_weights(path("some.safetensors"), "perkey");
    write("sample/train/a.mp4", "video").write("sample/val/b.mp4", "video").write("sample/test/c.mp4", "video");
  }
  /// Puts one text in place of another that is there exactly once.
  void change(const std::string& file, const std::string& from, const std::string& to) {
    std::string text = read_text(path(file));
    const auto at = text.find(from);
    BOOST_TEST_REQUIRE((at != std::string::npos && text.find(from, at + 1) == std::string::npos), from << " in " << file);
    write(file, text.replace(at, from.size(), to));
  }
  void append(const std::string& file, const std::string& more) { write(file, read_text(path(file)) + more); }
  /// "file:line:column" of the last place where this text stands.
  std::string place(const std::string& file, const std::string& text) const {
    const std::string all = read_text(path(file));
    const auto at = all.rfind(text);
    BOOST_TEST_REQUIRE(at != std::string::npos, text << " in " << file);
    const auto line = all.rfind('\n', at);
    return file + ":" + std::to_string(std::count(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(at), '\n') + 1) + ":" +
           std::to_string(at - (line == std::string::npos ? -1 : line)) + ": ";
  }
  std::string says(const std::string& file, const std::string& options = "") const {
    const bool scores = file == "graphs/eval.toml";
    const auto outcome =
        tivit::tests::tivit_run(path(""), file + " --set clips.root=sample " + (scores ? "--checkpoint some.safetensors " : "") + options);
    BOOST_TEST(outcome.code == 2, outcome.err);
    BOOST_TEST(outcome.out == "");
    BOOST_TEST(!std::filesystem::exists(path("runs")));
    return short_text(outcome.err);
  }
};

const std::string eval = "graphs/eval.toml", train = "graphs/train.toml", step = "configs/model/perkey/train.toml";

}  // namespace

BOOST_AUTO_TEST_SUITE(wrong_graphs)

BOOST_AUTO_TEST_CASE(unknown_stage) {
  Copy copy;
  copy.change(eval, "\"metrics/notes\"", "\"metrics/note\"");
  BOOST_TEST(copy.says(eval) ==
             copy.place(eval, "\"metrics/note\"") + "there is no stage \"metrics/note\"; did you mean \"metrics/notes\"?\n");
}

BOOST_AUTO_TEST_CASE(unknown_key) {
  Copy copy;
  copy.change(eval, "[stages.scores]", "[stages.scores]\nreech = 0.3");
  BOOST_TEST(copy.says(eval) ==
             copy.place(eval, "reech") + "stage \"scores\" (metrics/notes) has no parameter \"reech\"; did you mean \"reach\"?\n");
  Copy other;
  other.change(eval, "[run]", "[run]\nsead = 3");
  BOOST_TEST(other.says(eval) == other.place(eval, "sead") + "[run] has no key \"sead\"; did you mean \"seed\"?\n");
}

BOOST_AUTO_TEST_CASE(wrong_type) {
  Copy copy;
  copy.change(step, "draws_per_epoch = \"${draws}\"", "draws_per_epoch = \"many\"");
  BOOST_TEST(copy.says(train) == copy.place(step, "\"many\"") +
                                     "stage \"step\", parameter \"draws_per_epoch\": expected an integer, got a string \"many\"; "
                                     "write for example draws_per_epoch = 0\n");
}

BOOST_AUTO_TEST_CASE(out_of_range) {
  Copy copy;
  copy.change(train, "size = \"${batch}\"", "size = 0");
  BOOST_TEST(copy.says(train) == copy.place(train, "0\n\n[stages.forward]") +
                                     "stage \"batch\", parameter \"size\": 0 is out of range; give a value at least 1 (items)\n");
}

BOOST_AUTO_TEST_CASE(missing_input) {
  Copy copy;
  copy.change(step, "in = \"loss\"\n", "");
  BOOST_TEST(copy.says(train) == copy.place(step, "step]") +
                                     "stage \"step\" (train/step) lacks its input \"loss\" ({total: f32[], ...}); add in = \"stage\"\n");
}

BOOST_AUTO_TEST_CASE(two_producers) {
  Copy copy;
  copy.append(eval, "[stages.third]\nuse = \"metrics/notes\"\nin = { estimate = [\"events\", \"labels\"], reference = \"labels\" }\n");
  BOOST_TEST(copy.says(eval) == copy.place(eval, "\"labels\"], reference") +
                                    "input \"estimate\" of \"third\" has two producers: \"events\" and \"labels\"; keep one of them\n");
}

BOOST_AUTO_TEST_CASE(type_mismatch) {
  Copy copy;
  copy.change(eval, "in = \"frame_scores\"", "in = \"labels\"");
  BOOST_TEST(copy.says(eval) ==
             copy.place(eval, "\"labels\"\n\n[stages.report]") +
                 "\"labels\" gives notes, input \"scores\" of \"frame_table\" takes json: notes is not json; put a stage "
                 "between that converts, or connect another output\n");
}

BOOST_AUTO_TEST_CASE(field_of_a_value_that_has_none) {
  Copy copy;
  copy.append(eval, "[stages.third]\nuse = \"metrics/notes\"\nin = { estimate = \"clips.video\", reference = \"labels.nope\" }\n");
  BOOST_TEST(copy.says(eval) ==
             copy.place(eval, "\"clips.video\"") + "\"clips\" gives clip, which has no field \"video\"; write \"clips\" alone\n" +
                 copy.place(eval, "\"labels.nope\"") + "\"labels\" gives notes, which has no field \"nope\"; write \"labels\" alone\n" +
                 "2 mistakes; nothing was started\n");
}

BOOST_AUTO_TEST_CASE(shape_mismatch) {
  Copy copy;
  copy.append(eval, "[stages.tiles]\nuse = \"video/tiles\"\nin = \"strips\"\n[stages.high]\nuse = \"notes/threshold\"\nin = \"tiles\"\n");
  BOOST_TEST(copy.says(eval) ==
             copy.place(eval, "\"tiles\"\n") +
                 "\"tiles\" gives u8|f32[T,M,C,H,V], input \"roll\" of \"high\" takes f32[T,88]: 5 axes are not 2; put a stage "
                 "between that converts, or connect another output\n");
  Copy other;
  other.append(
      eval, "[stages.prior]\nuse = \"notes/key_prior\"\nin = \"stitch\"\n[stages.keys]\nuse = \"notes/key_track\"\nin = \"prior.prior\"\n");
  BOOST_TEST(
      other.says(eval) ==
      other.place(eval, "\"prior.prior\"") +
          "\"prior.prior\" gives f64[T,12], input \"posterior\" of \"keys\" takes f64[T,24]: axis 1 is 12 there, 24 here; put a stage "
          "between that converts, or connect another output\n");
}

BOOST_AUTO_TEST_CASE(cycle) {
  // By a graph of its own: which edge of a circle is named depends on what else there is.
  const std::string file = "graphs/circle.toml";
  Copy copy;
  copy.write(
      file,
      "[stages.clips]\nuse = \"data/clips\"\n[stages.first]\nuse = \"video/augment\"\nin = \"second.frames\"\n[stages.second]\nuse = "
      "\"video/augment\"\nin = \"first.frames\"\n");
  BOOST_TEST(copy.says(file) ==
             copy.place(file, "\"first.frames\"") +
                 "the stages feed each other in a circle: \"first\" -> \"second\" -> \"first\"; a graph has a beginning: "
                 "take one of these edges away\n");
}

BOOST_AUTO_TEST_CASE(missing_include) {
  Copy copy;
  copy.change(eval, "configs/infer.toml", "configs/infr.toml");
  BOOST_TEST(copy.says(eval) == copy.place(eval, "\"../configs/infr.toml\"") +
                                    "there is no file \"configs/infr.toml\" to include; did you mean \"infer.toml\"?\n");
  Copy other;
  const auto perky = [&](const std::string& name) {
    return other.place(eval, "\"../configs/model/${model}/" + name) + "there is no file \"configs/model/perky/" + name +
           "\" to include; did you mean \"perkey\"?\n";
  };
  BOOST_TEST(other.says(eval, "--set model=perky").starts_with(perky("model.toml") + perky("eval.toml")));
  // What follows from a file that is not there is no mistake of its own, but for a variable: it might be defined here.
  Copy lag;
  const std::string graph = "graphs/lag.toml";
  const std::string rows =
      lag.place("configs/data/sample.toml", "\"${rows}\"") +
      "there is no variable \"rows\"; define it under [vars], unless what could not be read does\n2 mistakes; nothing was started\n";
  BOOST_TEST(lag.says(graph, "--set signal=motoin") ==
             lag.place(graph, "\"../configs/lag/${signal}.toml\"") +
                 "there is no file \"configs/lag/motoin.toml\" to include; did you mean \"motion.toml\"?\n" + rows);
  BOOST_TEST(lag.says(graph, "--set signal=sound") ==
             lag.place(graph, "\"../configs/lag/${signal}.toml\"") +
                 "there is no file \"configs/lag/sound.toml\" to include; there is \"model.toml\", \"motion.toml\"\n" + rows);
  Copy steps;
  BOOST_TEST(steps.says("graphs/steps.toml", "--set model=perkey --checkpoint some.safetensors") ==
             steps.place("graphs/steps.toml", "\"../configs/model/${model}/steps.toml\"") +
                 "there is no file \"configs/model/perkey/steps.toml\" to include; there is \"eval.toml\", \"model.toml\", \"notes.toml\", "
                 "\"train.toml\"\n");
}

BOOST_AUTO_TEST_CASE(bad_variable) {
  Copy copy;
  copy.change(eval, "to = \"${to}\"", "to = \"${too}\"");
  BOOST_TEST(copy.says(eval) == copy.place(eval, "\"${too}\"") + "there is no variable \"too\"; did you mean \"to\"?\n");
}

BOOST_AUTO_TEST_CASE(duplicate) {
  Copy copy;
  copy.append(eval, "[stages.scores]\nuse = \"metrics/notes\"\n");
  BOOST_TEST(copy.says(eval) ==
             copy.place(eval, "[stages.scores]") +
                 "not TOML: Error while parsing table header: cannot redefine existing table 'stages.scores'; keep one of the "
                 "two; what follows was not read\n");
  // A stage in two files of which neither includes the other.
  Copy other;
  other.append("configs/infer.toml", "[stages.clips]\nuse = \"data/clips\"\n");
  auto there = other.place("configs/data/sample.toml", "clips]");
  there.resize(there.size() - 2);
  BOOST_TEST(other.says(eval) == other.place("configs/infer.toml", "clips]") + "\"clips\" of [stages] is also in " + there +
                                     ", and neither file includes the other; keep one of the two, or let the including file replace it\n");
}

BOOST_AUTO_TEST_CASE(five_mistakes_are_five_lines) {
  Copy copy;
  copy.change(eval, "memory = \"512 MiB\"", "memory = \"lots\"");
  copy.change(eval, "\"metrics/notes\"", "\"metrics/note\"");
  copy.change(eval, "in = \"frame_scores\"", "in = \"frame_score\"");
  copy.change(eval, "to = \"${to}\"", "to = \"${too}\"");
  copy.change("configs/infer.toml", "[stages.split]", "[stages.split]\nmembers = 3");
  BOOST_TEST(
      copy.says(eval) ==
      copy.place(eval, "\"lots\"") +
          "[run] memory: \"lots\" is not a number of bytes; write a number and one of \"B\", \"KiB\", \"MiB\", \"GiB\", \"kB\", \"MB\", "
          "\"GB\"\n" +
          copy.place(eval, "\"metrics/note\"") + "there is no stage \"metrics/note\"; did you mean \"metrics/notes\"?\n" +
          copy.place(eval, "\"frame_score\"") + "there is no stage \"frame_score\" in this graph; did you mean \"frame_scores\"?\n" +
          copy.place(eval, "\"${too}\"") + "there is no variable \"too\"; did you mean \"to\"?\n" +
          copy.place("configs/infer.toml", "members") + "stage \"split\" (batch/split) has no parameter \"members\"; it has none\n" +
          "5 mistakes; nothing was started\n");
}

BOOST_AUTO_TEST_SUITE_END()
