// keyboard/write_table: what it writes, data/clips reads.
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <stages/data/clip.hpp>
#include <stages/data/clip_table.hpp>
#include <tivit/tensor/stage.hpp>

#include "tests/folders.hpp"

namespace fs = std::filesystem;
using namespace tivit;

BOOST_AUTO_TEST_CASE(a_written_table_is_read_back) {
  const auto file = tests::build_folder() / "tests/write_table/clips.tsv";
  const auto& spec = Registry::instance().find("keyboard/write_table");
  const auto stage = spec.make();
  stage->set("to", spec.parameter("to")->checked({file.string()}));
  data::Clip marked, bare;
  marked.name = "b", marked.split = "train", marked.duration_s = 20.5;
  marked.corners = keyboard::Corners{{{{1.25, 2}, {600, 3.5}, {601, 80}, {0.01, 79}}}};
  bare.name = "a";
  Context context;
  stage->call({{"clip", Payload::of(marked)}}, context);
  stage->call({{"clip", Payload::of(bare)}}, context);
  stage->scope_end(context);
  data::ClipTableColumns columns;
  columns.duration = "duration_s";
  const auto rows = data::read_clip_table(file, columns, [](const std::string& name) { return name; });
  BOOST_TEST(rows.size() == 2u);
  BOOST_TEST(!rows.find("a")->second.corners.has_value());
  BOOST_CHECK(rows.find("b")->second.corners == marked.corners);
  BOOST_TEST(rows.find("b")->second.duration_s == 20.5);
  stage->call({{"clip", Payload::of(bare)}}, context);  // the same again, as in another epoch
  bare.split = "test";
  BOOST_CHECK_EXCEPTION(stage->call({{"clip", Payload::of(bare)}}, context), Error,
                        [](const Error& error) { return error.problem() == "two clips are called \"a\""; });
}
