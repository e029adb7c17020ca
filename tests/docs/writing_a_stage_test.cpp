// The blocks of docs/writing-a-stage.md and docs/testing-a-stage.md: the stage, the port type and the tests, as a reader would copy them.
#include <ATen/ops/full.h>

#include <boost/test/unit_test.hpp>
#include <fstream>
#include <tivit/array_names.hpp>
#include <tivit/make_plan.hpp>
#include <tivit/run_program.hpp>
#include <tivit/testing/recorded.hpp>
#include <tivit/testing/values.hpp>
#include <vector>

#include "tests/folders.hpp"

#include "stage.inc"

struct Chord {
  std::vector<int> keys;
};
#include "port_type.inc"

#include "codec.inc"

namespace {
#include "own_type.inc"
struct Transposed {
  static void contract(tivit::Contract<Transposed>& c) {
    c.map("an octave up").parallel();
    c.in("chord", "chord");
    c.out("chord", "chord");
  }
  Chord operator()(const Chord& chord) const {
    Chord up;
    for (const int key : chord.keys) up.keys.push_back(key + 12);
    return up;
  }
};
TIVIT_STAGE("example/transposed", Transposed)
#include "resource.inc"

struct Rolls {
  static void contract(tivit::Contract<Rolls>& c) {
    c.source("four rolls");
    c.out("roll", "f32[T,88]");
  }
  std::optional<at::Tensor> next(tivit::Context& context) const {
    if (context.id().back() == 4) return std::nullopt;
    return at::full({3, 88}, 0.2 * context.id().back(), at::kFloat);
  }
};
TIVIT_STAGE("example/rolls", Rolls)

struct Count {
  static void contract(tivit::Contract<Count>& c) {
    c.sink("nothing");
    c.in("active", "bool[T,88]");
  }
  void operator()(const at::Tensor&) {}
};
TIVIT_STAGE("example/count", Count)
}  // namespace

BOOST_AUTO_TEST_SUITE(writing_a_stage)

BOOST_AUTO_TEST_CASE(the_shown_stage_works_in_the_shown_test) {
#include "test.inc"
  BOOST_TEST(out.at(0).as<at::Tensor>().all().item<bool>());
}

BOOST_AUTO_TEST_CASE(the_shown_port_type_is_one) {
  const auto payload = tivit::Payload::of(Chord{{60, 64, 67}});
  tivit::Symbols symbols;
  BOOST_TEST(!payload.check(tivit::PortType::parse("chord"), symbols));
  BOOST_TEST(payload.bytes() == 3 * sizeof(int));
}

BOOST_AUTO_TEST_CASE(the_shown_codec_keeps_values_and_names_their_arrays) {
  BOOST_TEST(chords_are_kept);
  const auto* codec = tivit::codec_named("chord");
  const Chord chord{{60, 64, 67}};
  BOOST_TEST(codec->payload(codec->write(&chord)).as<Chord>().keys == chord.keys, boost::test_tools::per_element());
  const auto arrays = tivit::input_arrays(tivit::Registry::instance().find("example/transposed"));
  BOOST_TEST(arrays.size() == 1u);
  BOOST_TEST(arrays[0].name == "chord.keys");
  BOOST_TEST(arrays[0].type == "i64[N]");
}

BOOST_AUTO_TEST_CASE(the_shown_ways_to_test_it_work) {
  {
#include "one_value.inc"
  } {
#include "stream.inc"
  } {
#include "conforms.inc"
  } {
#include "items.inc"
  }
}

BOOST_AUTO_TEST_CASE(recorded_traffic_is_fed_as_shown) {
  const tivit::testing::ScratchFolder scratch;
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(scratch.path());
  std::ofstream("eval.toml") << "title = \"shown\"\n[stages.rolls]\nuse = \"example/rolls\"\n[stages.keep]\nuse = \"example/keep\"\nin = "
                                "\"rolls\"\n[stages.count]\nuse = \"example/count\"\nin = \"keep\"\n";
  tivit::RunProgramOptions options;
  options.record = {"keep"};
  options.quiet = true;
  BOOST_TEST(tivit::run_program(tivit::make_plan(tivit::GraphRequest{"eval.toml", {}, {}}), options) == 0);
  {
#include "recorded.inc"

    BOOST_TEST(recorded.events().size() == 4u);
  }
  std::filesystem::current_path(before);
}

BOOST_AUTO_TEST_CASE(a_type_of_one_s_own_is_compared_and_made_up_as_shown) {
  BOOST_TEST(chords_are_made);
  TIVIT_CONFORMS("example/transposed");
}

BOOST_AUTO_TEST_CASE(the_shown_resource_is_shared) {
  const auto tally = std::make_shared<Tally>();
  tivit::RunContext run;
  tally->open(run);
  tivit::testing::Harness strike("example/strike");
  strike.bind("tally", tally);
  for (const int key : {60, 64, 60}) strike.feed({{"chord", tivit::Payload::of(Chord{{key}})}});
  strike.run();
  BOOST_TEST(tally->strikes.at(60 - 21) == 2);
  BOOST_TEST(tally->strikes.at(64 - 21) == 1);
}

BOOST_AUTO_TEST_CASE(the_shown_snippets_read) {
  std::ifstream in(tivit::tests::source_folder() / "docs/writing-a-stage.md");
  const std::string text((std::istreambuf_iterator<char>(in)), {});
  std::size_t at = 0;
  for (const std::string source : {"probabilities", "chords"}) {
    const auto begin = text.find("```toml\n", at) + 8;
    at = text.find("```", begin) + 3;
    const std::string snippet = text.substr(begin, at - 3 - begin);
    BOOST_TEST_REQUIRE(snippet.find("in = \"" + source + "\"\n") != std::string::npos);
    const auto file = tivit::tests::build_folder() / "writing-a-stage.toml";
    std::ofstream(file) << "title = \"shown\"\n" << snippet;
    // Alone it lacks the stage it reads from: that, and nothing else, is what the check says.
    BOOST_CHECK_EXCEPTION(tivit::make_plan(tivit::GraphRequest{file, {}, {}}), tivit::Errors, [&](const tivit::Errors& e) {
      return e.list().size() == 1 && std::string(e.what()).find(source) != std::string::npos;
    });
  }
}

BOOST_AUTO_TEST_SUITE_END()
