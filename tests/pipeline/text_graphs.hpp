#pragma once
// Graphs of the stages in text_stages.hpp, and what is said about them.
#include <boost/test/unit_test.hpp>

#include "graph_files.hpp"
#include "text_stages.hpp"

namespace tivit::tests::text {

inline const std::string clips = "[stages.clips]\nuse = \"text/clips\"\n";                                            // 2 lines
inline const std::string rolls = clips + "[stages.rolls]\nuse = \"text/rolls\"\nin = \"clips\"\nstyle = \"keys\"\n";  // 6 lines

inline void expect(const std::string& text, const Texts& mistakes) {
  BOOST_TEST(mistakes_of(text) == mistakes, boost::test_tools::per_element());
}

inline Plan plan_of(const std::string& text, const Texts& sets = {}) {
  GraphFiles files;
  files.write("graph.toml", text);
  return make_plan(files.request(sets));
}

inline const tivit::PlanStage& stage(const tivit::Plan& plan, const std::string& name) {
  for (const auto& one : plan.stages)
    if (one.name == name) return one;
  throw tivit::Error("no stage " + name);
}

}  // namespace tivit::tests::text
