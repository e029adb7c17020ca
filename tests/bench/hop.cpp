// What one hop costs: a small item goes from a source through a chain of stages that copy it, to a sink. Beside it, in the same
// run: a chain of serial tbb::flow::function_nodes that does nothing else (no order, no account, no budget, no failure that is
// caught; every hop makes a new shared value, as stages do), and the same number of `queue ! identity`.
#include <gst/gst.h>
#include <tbb/flow_graph.h>
#include <tbb/global_control.h>
#include <tbb/task_arena.h>

#include <tivit/contract.hpp>
#include <tivit/run.hpp>

#include "tests/bench/bench.hpp"
#include "tests/pipeline/plan_by_hand.hpp"

namespace tivit::bench {
struct Small {
  std::int64_t value = 0;
};
}  // namespace tivit::bench
template <>
struct tivit::PortTraits<tivit::bench::Small> {
  static constexpr std::string_view name = "small";
  static std::size_t bytes(const tivit::bench::Small&) { return sizeof(tivit::bench::Small); }
};

namespace tivit::bench {
namespace {

constexpr int stages = 8, count = 5000;
constexpr double hops = static_cast<double>(count) * (stages + 1);

struct Make {
  int next_ = 0;
  static void contract(Contract<Make>& c) {
    c.source("small items");
    c.out("small", "small");
  }
  std::optional<Small> next() { return next_ == count ? std::nullopt : std::optional(Small{next_++}); }
};
TIVIT_STAGE("bench/make", Make)

struct Copy {
  static void contract(Contract<Copy>& c) {
    c.map("value + 1");
    c.in("small", "small");
    c.out("small", "small");
  }
  Small operator()(const Small& small) { return {small.value + 1}; }
};
TIVIT_STAGE("bench/copy", Copy)

struct Swallow {
  std::int64_t sum_ = 0;
  static void contract(Contract<Swallow>& c) {
    c.sink("adds up");
    c.in("small", "small");
  }
  void operator()(const Small& small) { benchmark::DoNotOptimize(sum_ += small.value); }
};
TIVIT_STAGE("bench/swallow", Swallow)

template <int workers>
void executor(benchmark::State& state) {
  tests::PlanByHand p;
  p.plan.threads.pipeline = workers;
  int last = p.add("make", "bench/make", {});
  for (int i = 0; i < stages; ++i) last = p.add("copy" + std::to_string(i), "bench/copy", {last});
  p.add("swallow", "bench/swallow", {last});
  for (auto _ : state) {
    RunContext context;
    Run(p.plan, context).execute();
  }
  items(state, hops);
}

void run_raw_chain() {
  using Message = std::shared_ptr<const Small>;
  using Node = tbb::flow::function_node<Message, Message>;
  tbb::flow::graph graph;
  int next = 0;
  tbb::flow::input_node<Message> source(graph, [&](tbb::flow_control& control) -> Message {
    if (next == count) {
      control.stop();
      return {};
    }
    return std::make_shared<const Small>(Small{next++});
  });
  std::vector<std::unique_ptr<Node>> chain;
  for (int i = 0; i < stages; ++i)
    chain.push_back(std::make_unique<Node>(graph, tbb::flow::serial,
                                           [](const Message& m) { return std::make_shared<const Small>(Small{m->value + 1}); }));
  std::int64_t sum = 0;
  tbb::flow::function_node<Message, tbb::flow::continue_msg> sink(graph, tbb::flow::serial, [&](const Message& m) {
    benchmark::DoNotOptimize(sum += m->value);
    return tbb::flow::continue_msg();
  });
  tbb::flow::make_edge(source, *chain.front());
  for (std::size_t i = 1; i < chain.size(); ++i) tbb::flow::make_edge(*chain[i - 1], *chain[i]);
  tbb::flow::make_edge(*chain.back(), sink);
  source.activate();
  graph.wait_for_all();
}

template <int workers>
void raw_chain(benchmark::State& state) {
  const tbb::global_control control(tbb::global_control::max_allowed_parallelism, workers);
  tbb::task_arena arena(workers);
  for (auto _ : state) arena.execute(run_raw_chain);
  items(state, hops);
}

void gstreamer(benchmark::State& state) {
  gst_init(nullptr, nullptr);
  std::string text = "fakesrc sizetype=empty num-buffers=" + std::to_string(count);
  for (int i = 0; i < stages; ++i) text += " ! queue ! identity";
  text += " ! queue ! fakesink";
  for (auto _ : state) {
    GstElement* pipeline = gst_parse_launch(text.c_str(), nullptr);
    GstBus* bus = gst_element_get_bus(pipeline);
    gst_element_set_state(pipeline, GST_STATE_PLAYING);
    const auto ends = static_cast<GstMessageType>(GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
    GstMessage* end = gst_bus_timed_pop_filtered(bus, GST_CLOCK_TIME_NONE, ends);
    if (GST_MESSAGE_TYPE(end) != GST_MESSAGE_EOS) state.SkipWithError("the pipeline failed");
    gst_message_unref(end);
    gst_object_unref(bus);
    gst_element_set_state(pipeline, GST_STATE_NULL);
    gst_object_unref(pipeline);
  }
  items(state, hops);
}

TIVIT_BENCH_ROW({.work = "one hop, 1 worker, all bookkeeping included",
                 .ours = executor<1>,
                 .beside = raw_chain<1>,
                 .beside_name = "raw chain of serial function_nodes",
                 .unit = "CPU us/hop",
                 .reach = "ratio <= 2.5",
                 .scale = 1e6})
TIVIT_BENCH_ROW({.work = "one hop, 2 workers, all bookkeeping included",
                 .ours = executor<2>,
                 .beside = raw_chain<2>,
                 .beside_name = "raw chain of serial function_nodes",
                 .unit = "CPU us/hop",
                 .reach = "ratio <= 2.5",
                 .scale = 1e6})
TIVIT_BENCH_ROW({.work = "one hop, 1 worker, beside GStreamer",
                 .ours = executor<1>,
                 .beside = gstreamer,
                 .beside_name = "queue ! identity",
                 .unit = "CPU us/hop",
                 .reach = "ratio < 1",
                 .scale = 1e6})
TIVIT_BENCH_ROW({.work = "one hop, 2 workers, beside GStreamer",
                 .ours = executor<2>,
                 .beside = gstreamer,
                 .beside_name = "queue ! identity",
                 .unit = "CPU us/hop",
                 .reach = "ratio < 1",
                 .scale = 1e6})

}  // namespace
}  // namespace tivit::bench
