// The words about a run whose limit is known: from made-up figures, and from stages that sleep.
#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>
#include <tivit/account_text.hpp>
#include <tivit/explanation.hpp>
#include <tivit/run.hpp>

#include "../pipeline/numbers.hpp"
#include "../pipeline/plan_by_hand.hpp"

namespace {
using namespace tivit;
using tests::Number;
using tests::PlanByHand;

struct Sleep {
  int ms = 1;
  static void contract(Contract<Sleep>& c) {
    c.map("the value, after a sleep").parallel();
    c.param("ms", &Sleep::ms).doc("how long");
    c.in("number", "number");
    c.out("number", "number");
  }
  Number operator()(const Number& n) const {
    std::this_thread::sleep_for(std::chrono::milliseconds(ms));
    return n;
  }
};
TIVIT_STAGE("explanation/sleep", Sleep)

ParameterValue integer(std::int64_t value) { return {value}; }

/// The account of a run; on a machine that is busy with other things, of the first of a few that was held up by nothing else.
RunAccount ran(const Plan& plan, const std::function<bool(const RunAccount&)>& undisturbed = {}) {
  RunAccount account;
  for (int attempt = 0; attempt < 6; ++attempt) {
    RunContext context;
    context.training = plan.training;
    Run run(plan, context);
    run.execute();
    account = run.account();
    account.cores = 8;
    if (!undisturbed || undisturbed(account)) break;
  }
  return account;
}
bool limited(const RunAccount& account) { return limits(account).at(0).share >= limiting_share; }

StageAccount stage(const std::string& name, double busy_s, int limit = 1, bool parallel = false) {
  StageAccount one;
  one.stage = name;
  one.busy_s = busy_s;
  one.limit = limit;
  one.parallel = parallel;
  return one;
}

std::string text(const RunAccount& account) {
  std::string all;
  for (const auto& sentence : explained(account)) all += sentence + "\n";
  return all;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(explanation)

BOOST_AUTO_TEST_CASE(one_stage_that_cannot_overlap) {
  RunAccount run;
  run.wall_s = 10, run.workers = 2, run.cores = 4;
  run.stages = {stage("strips", 3, 2, true), stage("forward", 9.3), stage("step", 6)};
  run.stages[1].calls = 31;
  BOOST_TEST(
      text(run) ==
      "Limit: forward was busy 93 % of the time, one call at a time, 31 calls of 300 ms.\n"
      "Its calls cannot overlap: make them cheaper, or fewer (more in one item), or give each more cores ([runtime] intra_op_threads).\n"
      "Next: step was busy 60 % of the time, one call at a time. Without the first limit the run could be up to 1.6 times as fast.\n");
}

BOOST_AUTO_TEST_CASE(all_threads_a_concurrency_a_lease_memory_and_a_called_graph) {
  RunAccount run;
  run.wall_s = 10, run.workers = 2, run.cores = 2;
  run.stages = {stage("strips", 6, 2, true), stage("forward", 6), stage("step", 6)};
  BOOST_TEST(limits(run)[0].text == "the 2 pipeline threads were busy 90 % of the time, 33 % of it for strips");
  BOOST_TEST(limits(run)[0].change == "There are no more cores than [runtime] pipeline_threads (2): only cheaper or fewer calls help.");
  run.cores = 8;
  BOOST_TEST(limits(run)[0].change == "Raise [runtime] pipeline_threads (now 2; the machine has 8 cores), or make its calls cheaper.");

  run.stages = {stage("strips", 9, 1, true), stage("forward", 1)};
  BOOST_TEST(limits(run)[0].change == "Raise its concurrency (now 1; there are 2 pipeline threads), or make its calls cheaper.");

  run.stages = {stage("forward", 4), stage("step", 5)};
  run.leases = {{"model", "forward", 9.6}};
  BOOST_TEST(limits(run)[0].text == "the lease of model, which forward takes, was held 96 % of the time");
  BOOST_TEST(limits(run)[1].name == "step");
  run.leases = {};

  run.stages = {stage("strips", 3), stage("forward", 4)};
  run.stages[0].lacked_s[static_cast<std::size_t>(Lack::bytes)] = 6;
  run.memory = 64 << 20, run.peak_bytes = 63 << 20;
  BOOST_TEST(text(run).starts_with("Limit: strips waited for memory 60 % of the time: 63 of 64 MiB were in flight.\nRaise [run] memory"));

  run.stages = {stage("clips", 1), stage("forward", 2)};
  run.stages[1].called_s = 7;
  RunAccount eval;
  eval.wall_s = 7, eval.workers = 2, eval.cores = 8;
  eval.stages = {stage("stitch", 6.5)};
  run.add_call("eval", eval);
  run.add_call("eval", RunAccount(eval));
  BOOST_TEST(run.called.at(0).account.wall_s == 14);
  BOOST_TEST(run.called.at(0).account.stages.at(0).busy_s == 13);
  BOOST_TEST(
      text(run).starts_with("Limit: forward was in use 90 % of the time, most of it (70 %) waiting for eval, which it calls.\nLet eval do "
                            "less, or be called more rarely ([[after]] every).\n"));
  BOOST_TEST(text(run).find("In eval: Limit: stitch was busy 93 % of the time") != std::string::npos);

  run.wall_s = 0.1;
  BOOST_TEST(text(run) == "The run was too short to say what limits it.\n");
}

BOOST_AUTO_TEST_CASE(the_slow_stage_of_a_real_run_is_found_and_its_figures_add_up) {
  PlanByHand p;
  p.plan.threads.pipeline = 4;
  const int count = p.add("count", "numbers/count", {}, {{"items", integer(40)}, {"size", integer(1000)}});
  const int quick = p.add("quick", "explanation/sleep", {count}, {{"ms", integer(0)}});
  const int slow = p.add("slow", "explanation/sleep", {quick}, {{"ms", integer(25)}});
  p.add("note", "numbers/note", {slow}, {{"list", {std::string("explanation")}}});
  for (int one : {quick, slow}) p.plan.stages[static_cast<std::size_t>(one)].concurrency = 1;
  const RunAccount account = ran(p.plan, limited);
  const auto found = limits(account);
  BOOST_TEST(found.at(0).name == "slow");
  BOOST_TEST(found.at(0).share >= limiting_share);
  for (const auto& one : account.stages) BOOST_TEST_CONTEXT(one.stage) {
      double sum = 0;
      for (const double part : one.lacked_s) sum += part;
      BOOST_TEST(std::abs(sum - account.wall_s) < 1e-3);
    }
  const StageAccount &of_quick = account.stages[1], &of_slow = account.stages[2], &of_note = account.stages[3];
  BOOST_TEST(of_slow.calls == 40u);
  BOOST_TEST(of_slow.lacked(Lack::nothing) > 0.6 * account.wall_s);
  BOOST_TEST(of_quick.lacked(Lack::room) > 0.3 * account.wall_s);
  BOOST_TEST(of_note.lacked(Lack::input) > 0.6 * account.wall_s);
  BOOST_TEST(of_slow.bytes_in == 40000u);
  BOOST_TEST(of_slow.inboxes.at(0).items == 40u);
  BOOST_TEST(of_slow.inboxes.at(0).most_queued >= 6u);  // what an inbox holds with four threads, and ends of scopes
  BOOST_TEST(of_slow.inboxes.at(0).mean_queued > 2);
  BOOST_TEST(of_note.inboxes.at(0).mean_queued < 1);
}

BOOST_AUTO_TEST_CASE(too_few_threads_and_too_little_memory_of_real_runs) {
  PlanByHand p;
  p.plan.threads.pipeline = 2;
  int last = p.add("count", "numbers/count", {}, {{"items", integer(30)}, {"size", integer(1 << 20)}});
  for (const char* name : {"a", "b", "c"}) last = p.add(name, "explanation/sleep", {last}, {{"ms", integer(20)}});
  p.add("note", "numbers/note", {last}, {{"list", {std::string("explanation")}}});
  const RunAccount threads = ran(p.plan, limited);
  BOOST_TEST(text(threads).starts_with("Limit: the 2 pipeline threads were busy"), text(threads));
  BOOST_TEST(threads.stages[0].lacked(Lack::worker) + threads.stages[1].lacked(Lack::worker) > 0.1 * threads.wall_s);

  PlanByHand q;
  q.plan.threads.pipeline = 4;
  q.plan.memory_bytes = (1 << 20) + 1000;  // one item
  last = q.add("count", "numbers/count", {}, {{"items", integer(30)}, {"size", integer(1 << 20)}});
  for (const char* name : {"a", "b"}) last = q.add(name, "explanation/sleep", {last}, {{"ms", integer(20)}});
  q.add("note", "numbers/note", {last}, {{"list", {std::string("explanation")}}});
  const RunAccount memory =
      ran(q.plan, [](const RunAccount& account) { return explained(account)[0].find("memory") != std::string::npos; });
  BOOST_TEST(text(memory).starts_with("Limit: count waited for memory"), text(memory));
}

BOOST_AUTO_TEST_CASE(an_account_is_read_back_as_it_was_written) {
  PlanByHand p;
  const int count = p.add("count", "numbers/count", {}, {{"items", integer(9)}, {"size", integer(2000)}});
  p.add("note", "numbers/note", {count}, {{"list", {std::string("explanation")}}});
  RunAccount account = ran(p.plan);
  account.leases = {{"model", "note", 0.25}};
  account.add_call("eval", RunAccount(account));
  const auto json = account_json(account);
  BOOST_TEST(account_json(account_of(json, "account.json")) == json);
  BOOST_CHECK_EXCEPTION(account_of({{"stages", 3}}, "account.json"), Error,
                        [](const Error& e) { return std::string(e.what()).starts_with("account.json: it is not the account of a run: "); });
  const std::string table = account_table(account);
  BOOST_TEST(table.find("  eval/note") != std::string::npos, table);
}

BOOST_AUTO_TEST_SUITE_END()
