// Makes stages and nodes of a plan.
#include <tivit/detail/engine.hpp>
#include <tivit/detail/foreign.hpp>
#include <tivit/detail/thread_sanitizer.hpp>
#include <tivit/execution_context.hpp>

#include <algorithm>
#include <set>
#include <system_error>

namespace tivit::detail {

Engine::Engine(const Plan& plan, RunContext& context, std::vector<std::shared_ptr<Resource>> resources, const RunHooks& hooks)
    : plan_(plan),
      context_(context),
      hooks_(hooks),
      clock_(hooks.clock ? hooks.clock : std::make_shared<Clock>()),
      began_(clock_->now()),
      arena_(std::max(1, plan.threads.pipeline), 0) {
  parallelism_ = std::make_unique<tbb::global_control>(tbb::global_control::max_allowed_parallelism,
                                                       static_cast<std::size_t>(std::max(1, plan.threads.pipeline)) + 1);
  capacity_ = static_cast<std::size_t>(std::max(1, plan.threads.pipeline)) + 2;
  build(std::move(resources));
  open_stages();
  arena_.initialize();
  arena_.execute([this] {
    graph_ = std::make_unique<tbb::flow::graph>();
    for (std::size_t i = 0; i < nodes_.size(); ++i)
      workers_.push_back(std::make_unique<Worker>(*graph_, tbb::flow::unlimited, [this](int index) {
        take_over();
        Node& node = *nodes_[static_cast<std::size_t>(index)];
        Start start{&node, nullptr};
        {
          const Lock lock = locked();
          start.task = std::move(node.ready.front());
          node.ready.pop_front();
        }
        work(std::move(start));
        return tbb::flow::continue_msg();
      }));
  });
  try {
    for (auto& node : nodes_)
      if (node->own_thread) node->thread = std::thread([this, n = node.get()] { own_thread_loop(*n); });
  } catch (const std::system_error& error) {
    stop_threads();
    throw Error(std::string("a stage's own thread does not start: ") + error.what(),
                "the system allows no more threads: end other programs");
  }
}

void Engine::make_stage(Node& node) {
  const PlanStage& planned = *node.plan;
  node.stage = planned.spec->make();
  if (hooks_.wrap) node.stage = hooks_.wrap(planned, std::move(node.stage));
  for (const auto& [name, value] : planned.parameters) {
    node.stage->set(name, value);
    if (const auto* number = std::get_if<std::int64_t>(&value.value)) node.symbols[name] = *number;
  }
  for (const auto& [parameter, resource] : planned.resources) {
    node.stage->bind(parameter, resources_[static_cast<std::size_t>(resource)]);
    for (const auto& use : planned.spec->resources)
      if (use.parameter == parameter && use.lease) node.lease_resource = resource;
  }
  node.successors.resize(planned.spec->outputs.size());
  node.sent_items.resize(planned.spec->outputs.size());
  node.sent_bytes.resize(planned.spec->outputs.size());
}

void Engine::decide_workers(Node& node) const {
  const PlanStage& planned = *node.plan;
  const Kind kind = planned.spec->kind;
  const int workers = std::max(1, plan_.threads.pipeline);
  const bool parallel = kind == Kind::map && planned.spec->parallel && node.lease_resource < 0;
  node.own_thread = kind == Kind::expand || planned.spec->own_thread;
  node.limit = !parallel || node.own_thread ? 1 : planned.concurrency > 0 ? std::min(planned.concurrency, workers) : workers;
  node.account.stage = planned.name;
  node.account.use = planned.spec->name;
  node.account.kind = kind_name(kind);
  node.account.limit = node.limit;
  node.account.parallel = parallel;
  node.account.pool = !node.own_thread;
}

void Engine::connect_inputs(Node& node) {
  const PlanStage& planned = *node.plan;
  // A stream that was gathered over the whole run has no epoch in its ids.
  node.has_epoch = false;
  for (int d = node.kind() == Kind::source ? planned.domain : planned.input_domain; d >= 0;
       d = plan_.domains[static_cast<std::size_t>(d)].parent)
    node.has_epoch = node.has_epoch || d == epoch_domain;
  for (const auto& input : planned.inputs) {
    JoinPort port;
    port.open = input.producer < 0;
    if (!port.open) {
      auto& producer = *nodes_[static_cast<std::size_t>(input.producer)];
      const int domain = producer.plan->domain;
      port.depth = static_cast<std::size_t>(plan_.domains[static_cast<std::size_t>(domain)].depth);
      port.same = domain == planned.input_domain;
      const Successor successor{node.index, node.join.ports.size()};
      producer.successors[static_cast<std::size_t>(input.output)].push_back(successor);
      producer.all_successors.push_back(successor);
      node.producers.push_back(producer.index);
    }
    node.join.ports.push_back(std::move(port));
  }
  node.join.settle();
}

void Engine::build(std::vector<std::shared_ptr<Resource>> resources) {
  resources_ = std::move(resources);
  for (std::size_t i = 0; i < resources_.size(); ++i) leased_.push_back(std::make_shared<LeaseState>());
  for (const auto& planned : plan_.stages) {
    nodes_.push_back(std::make_unique<Node>());
    Node& node = *nodes_.back();
    node.index = static_cast<int>(nodes_.size()) - 1;
    node.plan = &planned;
    located("stage \"" + planned.name + "\"", [&] { make_stage(node); });
    decide_workers(node);
    connect_inputs(node);
    if (!plan_.only) continue;
    const auto at = static_cast<std::size_t>(node.index);
    node.epoch = plan_.only->first_epoch;
    node.emitted_in_scope = plan_.only->first_numbers[at];
    node.selects = plan_.only->selects[at];
  }
  concerned_ = ready_ = waiting_ = NodeSet(nodes_.size());
  for (const auto& node : nodes_) concerned_.add(node->index);
  for (auto node = nodes_.rbegin(); node != nodes_.rend(); ++node) {
    std::set<int> below;
    for (const auto& successor : (*node)->all_successors) {
      below.insert(successor.node);
      const auto& further = nodes_[static_cast<std::size_t>(successor.node)]->descendants;
      below.insert(further.begin(), further.end());
    }
    (*node)->descendants.assign(below.begin(), below.end());
  }
  // How large the items of a stage are shows when it has made one; until then each is expected to take a quarter of the memory.
  constexpr std::uint64_t first_calls = 4;
  for (const auto& node : nodes_)
    if (!node->all_successors.empty()) node->next_bytes = plan_.memory_bytes / first_calls;
  place_called_graphs();
  find_whole_scopes();
  find_savers();
  snapshots_ = takes_snapshots();
}

void Engine::open_stages() {
  for (auto& node : nodes_) {
    if (context_.cancelled()) throw Cancelled();
    const Surroundings surroundings({&context_, false});
    located("stage \"" + node->plan->name + "\"", [&] {
      node->stage->open(context_);
      if (const auto expected = node->stage->expected(); expected && !plan_.only) {
        node->expected = expected;
        expected_ = std::max(expected_.value_or(0), *expected);
      }
    });
  }
}

// Stages whose items are parts of something that a gather of one item a scope puts together again further down.
void Engine::find_whole_scopes() {
  const auto domain = [&](int index) -> const PlanDomain& { return plan_.domains[static_cast<std::size_t>(index)]; };
  for (auto& node : nodes_) {
    if (node->kind() == Kind::source) continue;
    std::vector<int> onwards{node->index};
    onwards.insert(onwards.end(), node->descendants.begin(), node->descendants.end());
    for (int index : onwards) {
      const PlanStage& gather = *nodes_[static_cast<std::size_t>(index)]->plan;
      if (gather.spec->kind != Kind::gather || !gather.spec->one_per_scope || domain(gather.domain).depth <= epoch_domain) continue;
      for (int above = domain(node->plan->input_domain).parent; above >= 0; above = domain(above).parent)
        if (above == gather.domain) node->whole_domain = above, node->whole_depth = domain(above).depth;
    }
  }
}

// A graph that is called takes its place at the first stage that leases what it shares; without one, it comes last of all.
void Engine::place_called_graphs() {
  for (const auto& after : plan_.after) {
    Node* host = nullptr;
    for (auto& node : nodes_)
      for (const auto& [here, there] : after.share)
        if (node->lease_resource == here && !host) host = node.get();
    if (host) host->own_thread = true, host->account.pool = false;  // it waits for the graph it calls
    (host ? host->after : called_last_).push_back(&after);
  }
}

void Engine::stop_threads() {
  {
    const Lock lock(mutex_);
    stopping_ = true;
    for (auto& node : nodes_) node->stop = true;
    for (auto& node : nodes_) node->wake.notify_all();
  }
  for (auto& node : nodes_)
    if (node->thread.joinable()) node->thread.join();
}

Engine::~Engine() {
  stop_threads();
  if (graph_) graph_->wait_for_all();
  workers_.clear();
  graph_.reset();
}

}  // namespace tivit::detail
