// Every stage of the registry is under the conformance suite.
#include <boost/test/unit_test.hpp>
#include <tivit/registry.hpp>

#include "subjects.hpp"

BOOST_AUTO_TEST_SUITE(every_stage)

BOOST_AUTO_TEST_CASE(conforms) {
  std::size_t stages = 0;
  for (const auto& name : tivit::Registry::instance().names()) {
    if (name.starts_with("broken/") || tivit::Registry::instance().find(name).kind == tivit::Kind::resource) continue;
    ++stages;
    const auto subject = tivit::tests::subjects().find(name);
    BOOST_TEST(bool(subject != tivit::tests::subjects().end()), name << " is under no test: add it to tests/conformance");
    if (subject == tivit::tests::subjects().end()) continue;
    std::string text;
    try {
      TIVIT_CONFORMS(subject->second);
    } catch (const std::exception& error) {
      text = error.what();
    }
    BOOST_TEST(text == "", text);
  }
  BOOST_TEST(stages == tivit::tests::subjects().size());
}

BOOST_AUTO_TEST_SUITE_END()
