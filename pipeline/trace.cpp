#include <tivit/trace.hpp>

namespace tivit {
namespace {

std::uint64_t next_number() {
  static std::atomic<std::uint64_t> last{0};
  return ++last;
}

}  // namespace

Trace::Trace(std::size_t most) : number_(next_number()), most_(most), room_(static_cast<std::int64_t>(most)) {}
Trace::~Trace() = default;

Trace::Buffer& Trace::mine(const std::string& stage) {
  struct Mine {
    std::uint64_t trace = 0;
    Buffer* buffer = nullptr;
  };
  thread_local Mine mine;
  if (mine.trace == number_) return *mine.buffer;
  const std::lock_guard lock(mutex_);
  auto buffer = std::make_unique<Buffer>();
  buffer->name = stage.empty() ? "worker " + std::to_string(++pool_threads_) : stage;
  buffer->room = &room_;
  mine = {number_, buffer.get()};
  buffers_.push_back(std::move(buffer));
  return *mine.buffer;
}

int Trace::add_graph(const Plan& plan, std::chrono::steady_clock::time_point began) {
  const std::lock_guard lock(mutex_);
  if (graphs_.empty()) began_ = began;
  Graph& graph = graphs_.emplace_back();
  graph.name = plan.name;
  graph.offset_s = std::chrono::duration<double>(began - began_).count();
  for (const auto& stage : plan.stages) {
    graph.stages.push_back(stage.name);
    graph.domains.push_back(stage.domain);
    graph.input_domains.push_back(stage.spec->kind == Kind::source ? stage.domain : stage.input_domain);
  }
  return static_cast<int>(graphs_.size()) - 1;
}

std::size_t Trace::left_out() const {
  std::size_t calls = 0;
  for (const auto& buffer : buffers_) calls += buffer->left_out;
  return calls;
}

std::vector<std::pair<std::string, TraceCall>> Trace::calls() const {
  std::vector<std::pair<std::string, TraceCall>> all;
  for (const auto& buffer : buffers_)
    for (const auto& call : buffer->calls)
      all.emplace_back(graphs_[static_cast<std::size_t>(call.graph)].stages[static_cast<std::size_t>(call.stage)], call);
  return all;
}

}  // namespace tivit
