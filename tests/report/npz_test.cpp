// graphs/apply.toml on arrays, and what report/npz makes of every kind of value.
#include <ATen/ops/arange.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/full.h>
#include <ATen/ops/ge.h>
#include <stages/data/array_set.hpp>
#include <stages/notes/note.hpp>
#include <stages/report/json_value.hpp>
#include <tivit/make_plan.hpp>
#include <tivit/registry.hpp>
#include <tivit/run.hpp>
#include <tivit/tensor/stage.hpp>

#include <boost/test/unit_test.hpp>

#include "tests/folders.hpp"

using namespace tivit;

namespace {

std::filesystem::path folder() {
  const auto path = tests::build_folder() / "test_output/npz_stages";
  std::filesystem::create_directories(path);
  return path;
}

void run(const std::vector<std::string>& sets, const std::vector<std::string>& inputs, const std::string& to) {
  GraphRequest request;
  request.file = tests::source_folder() / "graphs/apply.toml";
  for (const auto& set : sets) request.add_set(set);
  request.arguments["input"] = inputs;
  request.arguments["to"] = {to};
  const auto plan = make_plan(request);
  RunContext context;
  context.directory = folder();
  Run(plan, context).execute();
}

std::string problem(const std::vector<std::string>& sets, const std::vector<std::string>& inputs, const std::string& to) {
  try {
    run(sets, inputs, to);
  } catch (const std::exception& error) {
    return error.what();
  }
  return "";
}

struct Doubles {
  static void contract(Contract<Doubles>& c) {
    c.map("takes double precision");
    c.in("values", "f64[T,88]");
    c.out("same", "f64[T,88]");
  }
  at::Tensor operator()(const at::Tensor& values) const { return values; }
};
TIVIT_STAGE("test/doubles", Doubles)

struct Record {
  static void contract(Contract<Record>& c) {
    c.map("takes a record");
    c.in("rolls", "{onset: f32[T,88], mask: bool[T,88]}");
    c.out("sum", "f32[]");
  }
  at::Tensor operator()(const Fields& rolls) const { return rolls.at("onset").mul(rolls.at("mask")).ge(0.5).sum().to(at::kFloat); }
};
TIVIT_STAGE("test/record", Record)

}  // namespace

BOOST_AUTO_TEST_SUITE(npz_stages)

BOOST_AUTO_TEST_CASE(a_map_stage_runs_on_arrays) {
  const auto in = folder() / "in.npz", out = folder() / "out.npz";
  const auto roll = at::arange(176, at::kFloat).reshape({2, 88}).div(176);
  data::write_npz(in, {{{"roll", roll}, {"unused", at::arange(3)}}, {}});
  run({"apply.use=notes/threshold", "apply.onset=0.3"}, {in.string()}, out.string());
  const auto result = data::read_npz(out).arrays;
  BOOST_TEST(result.names() == (std::vector<std::string>{"active", "beside.source_name.begin_s", "beside.source_name.end_s"}),
             boost::test_tools::per_element());
  BOOST_TEST(at::equal(result.at("active"), roll.ge(0.3)));
}

BOOST_AUTO_TEST_CASE(several_files_go_to_a_folder) {
  const auto a = folder() / "a.npz", b = folder() / "b.npz", to = folder() / "several";
  for (const auto& file : {a, b}) data::write_npz(file, {{{"roll", at::full({1, 88}, file == a ? 0.f : 1.f)}}, {}});
  run({}, {a.string(), b.string()}, to.string());
  BOOST_TEST(data::read_npz(to / "b.npz").arrays.at("active").all().item<bool>());
  BOOST_TEST(!data::read_npz(to / "a.npz").arrays.at("active").any().item<bool>());
  BOOST_TEST(problem({}, {a.string(), b.string()}, (folder() / "one.npz").string()).find("a second item would replace this file") !=
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_array_that_is_missing_or_of_another_shape_is_named) {
  const auto in = folder() / "wrong.npz";
  data::write_npz(in, {{{"rolls", at::arange(3)}}, {}});
  BOOST_TEST(problem({}, {in.string()}, "never.npz").find(in.string() + ": there is no array \"roll\" (f32[T,88]); it holds \"rolls\"") !=
             std::string::npos);
  data::write_npz(in, {{{"roll", at::full({2, 87}, 0.5)}}, {}});
  BOOST_TEST(problem({}, {in.string()}, "never.npz").find("88") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(every_kind_of_value_is_written_and_notes_come_back) {
  const auto to = folder() / "kinds.npz";
  const notes::Notes notes{{{0.5, 1.25, 60, 80}, {-0.5, 2, 108, 64}}};
  auto stage = Registry::instance().find("report/npz").make();
  stage->set("to", {to.string()});
  Context context;
  const Inputs values{{"roll", Payload::of(at::arange(4))},
                      {"logits", Payload::of(Fields{{"onset", at::arange(2)}, {"offset", at::arange(3)}})},
                      {"truth", Payload::of(notes)},
                      {"scores", Payload::of(nlohmann::json{{"f1", 0.5}})}};
  stage->call(values, context);
  const data::ArraySet back{data::read_npz(to), to.string()};
  using Traits = PortTraits<data::ArraySet>;
  BOOST_TEST(at::equal(Traits::field(back, "roll").as<at::Tensor>(), at::arange(4)));
  BOOST_TEST(Traits::field(back, "logits").as<Fields>().size() == 2);
  BOOST_TEST((Traits::field(back, "truth").as<notes::Notes>().list == notes.list));
  BOOST_TEST(nlohmann::json::parse(back.content.texts.at(0).second)["f1"] == 0.5);
  BOOST_TEST(!Traits::field(back, "nothing"));
}

BOOST_AUTO_TEST_CASE(an_item_that_failed_is_tried_again) {
  const auto to = folder() / "retried";
  std::filesystem::remove_all(to);
  std::filesystem::create_directories(to / "piece.npz");  // a folder where the file is to be
  auto stage = Registry::instance().find("report/npz").make();
  stage->set("to", {to.string()});
  Context context;
  context.id_ = {0, 3};
  context.in_.set(SourceName{"piece"});
  const Inputs values{{"roll", Payload::of(at::arange(4))}};
  BOOST_CHECK_THROW(stage->call(values, context), std::exception);
  std::filesystem::remove(to / "piece.npz");
  stage->call(values, context);
  BOOST_TEST(data::read_npz(to / "piece.npz").arrays.at("roll").numel() == 4);
  context.id_ = {0, 4};
  BOOST_CHECK_EXCEPTION(stage->call(values, context), Error,
                        [](const Error& e) { return e.problem() == "a second item would replace this file"; });
}

BOOST_AUTO_TEST_CASE(logits_come_back_on_their_time_grid) {
  const auto to = folder() / "logits.npz";
  const auto there_and_back = [&](const TimeGrid& grid, const data::ArraySet* rest) {
    auto write = Registry::instance().find("report/logits").make();
    write->set("to", {to.string()});
    Context context;
    context.in_.set(grid);
    write->call({{"logits", Payload::of(Fields{{"onset", at::full({3, 88}, -1.5)}})},
                 {"rest", rest ? Payload::of(*rest) : Payload{}},
                 {"about", {}}},
                context);
    const auto& spec = Registry::instance().find("data/logits");
    auto read = spec.make();
    read->set("files", {ParameterValue::List{{to.string()}}});
    Context source;
    source.id_ = {0, 0};
    source.spec_ = &spec;
    const auto values = read->next(source);
    BOOST_TEST_REQUIRE(values.has_value());
    BOOST_TEST(values->at(0).as<Fields>().at("onset").size(0) == 3);
    return std::pair{*source.out_.find<TimeGrid>(), values->at(1).as<data::ArraySet>()};
  };
  for (const Nanoseconds origin : {13'000'000, -1, 0}) {
    const auto grid = TimeGrid::from_rate(25, origin);
    const auto [back, rest] = there_and_back(grid, nullptr);
    BOOST_TEST(back.origin == origin);
    BOOST_TEST(back.hop_ns == grid.hop_ns);
    // What stood in the meta of the file before does not outlive its grid.
    BOOST_TEST(there_and_back(TimeGrid::from_rate(25), &rest).first.origin == 0);
    BOOST_TEST(nlohmann::json::parse(rest.content.texts.at(0).second).contains("origin_ns") == (origin != 0));
    BOOST_TEST(rest.file == to.string());
    BOOST_TEST((there_and_back(grid.coarser(2), nullptr).first == grid.coarser(2)));
  }
  for (const char* meta : {"{fps: 20}", "[20]"}) {  // of any file
    const data::ArraySet other{{{}, {{"meta", meta}}}, "other.npz"};
    BOOST_CHECK_EXCEPTION(there_and_back(TimeGrid::from_rate(25), &other), Error, [&](const Error& e) {
      BOOST_TEST(e.what() == std::string("other.npz[meta]: is no JSON object: ") + meta + "; write {\"fps\": 20}, or leave the array out");
      return true;
    });
  }
}

BOOST_AUTO_TEST_CASE(arrays_of_other_precision_and_records_by_their_fields) {
  const auto in = folder() / "double.npz", out = folder() / "double_out.npz";
  const auto roll = at::arange(176, at::kDouble).reshape({2, 88}).div(176);
  data::write_npz(in, {{{"roll", roll}}, {}});
  run({"apply.use=notes/threshold", "apply.onset=0.3"}, {in.string()}, out.string());
  BOOST_TEST(at::equal(data::read_npz(out).arrays.at("active"), roll.to(at::kFloat).ge(0.3)));
  // A stage that knows doubles gets them as they are.
  data::write_npz(in, {{{"values", roll}}, {}});
  run({"apply.use=test/doubles"}, {in.string()}, out.string());
  BOOST_TEST(at::equal(data::read_npz(out).arrays.at("same"), roll));
  // onset without the input's name before it; a mask of 0 and 1.
  data::write_npz(in, {{{"onset", roll}, {"mask", at::full({2, 88}, 1, at::kByte)}, {"other", at::arange(3)}}, {}});
  run({"apply.use=test/record"}, {in.string()}, out.string());
  BOOST_TEST(data::read_npz(out).arrays.at("sum").item<float>() == 88.f);
  data::write_npz(in, {{{"onset", roll}, {"mask", at::full({2, 88}, 2, at::kByte)}}, {}});
  BOOST_TEST(problem({"apply.use=test/record"}, {in.string()}, "never.npz").find("field \"mask\" has element type u8, expected bool") !=
             std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
