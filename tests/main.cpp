// The entry point of every test program: Boost.Test, and a last line that counts test cases.
#define BOOST_TEST_MODULE tivit
#include <boost/test/results_collector.hpp>
#include <boost/test/unit_test.hpp>
#include <iostream>

#include "tests/shared_data.hpp"

namespace {

/// Prints `cases: N passed, N failed, N skipped` when a program has run; scripts/run_tests.sh adds the lines up.
class CaseCount : public boost::unit_test::test_observer {
 public:
  CaseCount() { boost::unit_test::framework::register_observer(*this); }
  ~CaseCount() override {
    boost::unit_test::framework::deregister_observer(*this);
    std::cout << "cases: " << passed_ << " passed, " << failed_ << " failed, " << skipped_ << " skipped" << std::endl;
  }
  int priority() override { return 10; }  // after the collector of results
  void test_unit_finish(const boost::unit_test::test_unit& unit, unsigned long) override {
    if (unit.p_type != boost::unit_test::TUT_CASE) return;
    const bool passed = boost::unit_test::results_collector.results(unit.p_id).passed();
    if (!passed)
      ++failed_;
    else if (tivit::tests::skipped_cases().contains(unit.full_name()))
      ++skipped_;
    else
      ++passed_;
  }

 private:
  int passed_ = 0, failed_ = 0, skipped_ = 0;
};

}  // namespace

BOOST_TEST_GLOBAL_FIXTURE(CaseCount);
