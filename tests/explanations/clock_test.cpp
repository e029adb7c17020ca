// What depends on time, on a clock that only the test moves: no test here takes any time.
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>
#include <boost/test/unit_test.hpp>
#include <sstream>
#include <tivit/progress.hpp>
#include <tivit/stall_watch.hpp>
#include <tivit/testing/virtual_clock.hpp>

#include "../pipeline/numbers.hpp"
#include "../pipeline/plan_by_hand.hpp"

namespace {
using namespace tivit;
using testing::VirtualClock;
using tests::Number;

std::function<void(const Number&)>& at_work() {
  static std::function<void(const Number&)> call;
  return call;
}

/// Does what the test says.
struct Told {
  static void contract(Contract<Told>& c) {
    c.map("the number, when the test has had its say");
    c.in("number", "number");
    c.out("number", "number");
  }
  Number operator()(const Number& n) const {
    at_work()(n);
    return n;
  }
};
TIVIT_STAGE("clock/told", Told)

/// What was logged since the last look.
class Log {
 public:
  Log() { spdlog::set_default_logger(std::make_shared<spdlog::logger>("", std::make_shared<spdlog::sinks::ostream_sink_mt>(text_))); }
  ~Log() { spdlog::set_default_logger(before_); }
  std::string read() {
    std::string text = text_.str();
    text_.str("");
    const auto begin = text.find("the run");
    return begin == std::string::npos ? text : text.substr(begin, text.find('\n') - begin);
  }

 private:
  std::ostringstream text_;
  std::shared_ptr<spdlog::logger> before_ = spdlog::default_logger();
};

std::string read(std::FILE* file) {
  std::string text(static_cast<std::size_t>(std::ftell(file)), '\0');
  std::rewind(file);
  text.resize(std::fread(text.data(), 1, text.size(), file));
  std::rewind(file);
  return text;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(clock_of_a_run)

BOOST_AUTO_TEST_CASE(a_stall_is_named_when_its_time_has_come_and_when_it_has_doubled) {
  tests::PlanByHand p;
  const int count = p.add("count", "numbers/count", {}, {{"items", {std::int64_t{2}}}});
  p.add("told", "clock/told", {count});
  p.plan.threads.pipeline = 1;  // while one works the other does not: nothing ends in between
  RunContext context;
  RunHooks hooks;
  const auto clock = std::make_shared<VirtualClock>();
  hooks.clock = clock;
  Run run(p.plan, context, hooks);
  StallWatch watch(30);
  Log log;
  const auto after = [&](double seconds) {
    clock->advance(seconds);
    watch.tick(run, false);
    return log.read();
  };
  const auto stalls = [](const std::string& since, const std::string& item) {
    return "the run stalls: no call has ended for " + since + " s; longest at work: told, works on item " + item + " (" + since + " s)";
  };
  at_work() = [&](const Number& n) {
    BOOST_TEST(after(29) == "");
    BOOST_TEST(after(2) == stalls("31.0", n.value == 0 ? "0/0" : "0/1"));
    if (n.value == 1) return;  // the second stall is as new as the first
    BOOST_TEST(after(30) == "");
    BOOST_TEST(after(2) == stalls("63.0", "0/0"));
    BOOST_TEST(after(50) == "");
  };
  run.execute();
  BOOST_TEST(run.account().wall_s == 31.0 + 32 + 50 + 31);
}

BOOST_AUTO_TEST_CASE(progress_is_a_line_every_quarter_of_a_minute_where_there_is_no_terminal) {
  Plan plan;
  const auto clock = std::make_shared<VirtualClock>();
  std::FILE* file = std::tmpfile();
  ProgressLine line(plan, false, clock, file);
  RunProgress progress;
  progress.stages = {{"clips", 30, 30, 0, 0, 0, 1, 1}};
  const RunContext context;
  const auto after = [&](double seconds) {
    clock->advance(seconds);
    line.tick(progress, context);
    return read(file);
  };
  BOOST_TEST(after(14) == "");
  BOOST_TEST(after(1).find("0:15  ") == 0u);
  BOOST_TEST(after(14) == "");
  progress.stages[0].in += 45;
  const std::string second = after(1);
  BOOST_TEST(second.find("0:30  ") == 0u, second);
  BOOST_TEST(second.find("clips 3.0/s") != std::string::npos, second);
  std::fclose(file);
}

BOOST_AUTO_TEST_SUITE_END()
