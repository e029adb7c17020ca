// trace.json in Chrome's format. A process is a graph, a lane a thread, a slice a call. One flow an item leads from the source's call
// through everything that was done with it: what it was made from, and the batches that it went into.
#include <algorithm>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <tivit/atomic_file.hpp>
#include <tivit/text_format.hpp>
#include <tivit/trace.hpp>
#include <tuple>

namespace tivit {

class TraceWriter {
 public:
  TraceWriter(const Trace& trace, std::ostream& out) : trace_(trace), out_(out) {}

  void write() {
    out_ << "{\"displayTimeUnit\":\"ms\",\"traceEvents\":[";
    names();
    for (std::size_t lane = 0; lane < trace_.buffers_.size(); ++lane) slices(static_cast<int>(lane));
    counters();
    flows();
    cut();
    out_ << "\n],\"otherData\":{\"calls_left_out\":" << trace_.left_out() << ",\"flows_left_out\":" << flows_left_out_ << "}}\n";
  }

 private:
  using Item = std::tuple<int, int, ItemId>;  ///< graph, domain, id
  struct Point {
    double at_us = 0;
    int graph = 0, lane = 0;
    bool operator<(const Point& other) const { return at_us < other.at_us; }
  };
  struct Path {
    std::vector<Point> points;
    std::vector<Item> groups;       ///< it was gathered into
    std::optional<Item> made_from;  ///< by an expand
    double born_us = 0;
    bool group = false;
  };

  const Trace::Graph& graph(int number) const { return trace_.graphs_[static_cast<std::size_t>(number)]; }
  double us(int number, double s) const { return 1e6 * (graph(number).offset_s + s); }
  // Microseconds, to the nanosecond: what touches must not overlap.
  static double rounded(double us) { return static_cast<double>(std::llround(1e3 * us)) / 1e3; }
  static std::string us_text(double us) {
    const long long ns = std::llround(1e3 * us);
    return format("%lld.%03lld", ns / 1000, ns % 1000);
  }
  // Runs of one graph share a process.
  int process(int number) const {
    int at = 0;
    while (graph(at).name != graph(number).name) ++at;
    return at + 1;
  }
  void event(const std::string& text) {
    out_ << (first_ ? "\n" : ",\n") << text;
    first_ = false;
  }
  static std::string quoted(const std::string& text) { return nlohmann::json(text).dump(); }

  void names() {
    std::set<std::pair<int, int>> lanes;
    for (std::size_t lane = 0; lane < trace_.buffers_.size(); ++lane)
      for (const auto& call : trace_.buffers_[lane]->calls) lanes.emplace(process(call.graph), lane);
    for (std::size_t i = 0; i < trace_.graphs_.size(); ++i)
      if (const int id = process(static_cast<int>(i)); id == static_cast<int>(i) + 1)
        event(format(R"({"ph":"M","name":"process_name","pid":%d,"args":{"name":%s}})", id, quoted(trace_.graphs_[i].name).c_str()));
    for (const auto& [id, lane] : lanes)
      event(format(R"({"ph":"M","name":"thread_name","pid":%d,"tid":%d,"args":{"name":%s}})", id, lane + 1,
                   quoted(trace_.buffers_[static_cast<std::size_t>(lane)]->name).c_str()));
  }

  void slices(int lane) {
    for (const auto& call : trace_.buffers_[static_cast<std::size_t>(lane)]->calls) {
      const std::string& stage = graph(call.graph).stages[static_cast<std::size_t>(call.stage)];
      const double begin_us = rounded(us(call.graph, call.begin_s));
      event(format(R"({"ph":"X","cat":"%s","name":%s,"pid":%d,"tid":%d,"ts":%s,"dur":%s,"args":{"%s":"%s"}})", call.waits ? "wait" : "call",
                   quoted(call.waits ? "waits for room" : stage).c_str(), process(call.graph), lane + 1, us_text(begin_us).c_str(),
                   us_text(rounded(us(call.graph, call.end_s)) - begin_us).c_str(), call.end ? "end of" : "item",
                   call.item.text().c_str()));
    }
  }

  // Where the timeline ends before the run did, whoever looks at it sees it.
  void cut() {
    if (trace_.left_out() == 0 || trace_.graphs_.empty()) return;
    double last_us = 0;
    for (const auto& buffer : trace_.buffers_)
      for (const auto& call : buffer->calls) last_us = std::max(last_us, us(call.graph, call.end_s));
    event(format(R"({"ph":"i","s":"g","cat":"cut","name":"cut here: %zu later calls and items are left out","pid":1,"tid":1,"ts":%s})",
                 trace_.left_out(), us_text(last_us).c_str()));
  }

  // In the order of time, and only where a figure has changed.
  void counters() {
    std::vector<const TraceCall*> calls;
    for (const auto& buffer : trace_.buffers_)
      for (const auto& call : buffer->calls)
        if (call.queued >= 0) calls.push_back(&call);
    std::sort(calls.begin(), calls.end(),
              [&](const TraceCall* a, const TraceCall* b) { return us(a->graph, a->end_s) < us(b->graph, b->end_s); });
    std::map<std::pair<int, int>, std::int32_t> queued;
    std::map<int, std::int64_t> bytes;
    for (const TraceCall* call : calls) {
      const int id = process(call->graph);
      const double at = us(call->graph, call->end_s);
      const auto seen = queued.try_emplace({id, call->stage}, -1).first;
      if (std::exchange(seen->second, call->queued) != call->queued)
        event(format(R"({"ph":"C","name":%s,"pid":%d,"ts":%s,"args":{"items":%d}})",
                     quoted("inbox of " + graph(call->graph).stages[static_cast<std::size_t>(call->stage)]).c_str(), id,
                     us_text(at).c_str(), call->queued));
      const auto held = bytes.try_emplace(id, -1).first;
      if (std::exchange(held->second, call->bytes) != call->bytes)
        event(format(R"({"ph":"C","name":"bytes in flight","pid":%d,"ts":%s,"args":{"MiB":%.3f}})", id, us_text(at).c_str(),
                     static_cast<double>(call->bytes) / (1 << 20)));
    }
  }

  void collect() {
    for (std::size_t lane = 0; lane < trace_.buffers_.size(); ++lane) {
      const int number = static_cast<int>(lane) + 1;
      for (const auto& call : trace_.buffers_[lane]->calls)
        if (!call.end && !call.waits)
          paths_[{call.graph, graph(call.graph).input_domains[static_cast<std::size_t>(call.stage)], call.item}].points.push_back(
              {us(call.graph, call.begin_s), call.graph, number});
      for (const auto& birth : trace_.buffers_[lane]->births) {
        const auto stage = static_cast<std::size_t>(birth.stage);
        const int domain = graph(birth.graph).domains[stage], from = graph(birth.graph).input_domains[stage];
        const Item item{birth.graph, domain, birth.item};
        Path& path = paths_[item];
        const double at_us = us(birth.graph, birth.at_s);
        path.points.push_back({at_us, birth.graph, number});
        if (path.born_us == 0 || at_us < path.born_us) {
          path.born_us = at_us;
          path.made_from = birth.members.empty() ? std::optional<Item>({birth.graph, from, birth.made_from}) : std::nullopt;
        }
        path.group = !birth.members.empty();
        for (const auto& member : birth.members) paths_[{birth.graph, from, member}].groups.push_back(item);
      }
    }
    for (auto& [item, path] : paths_) {
      std::sort(path.points.begin(), path.points.end());
      // What gives back the members of a batch makes nothing new.
      if (!path.points.empty() && path.points.front().at_us < path.born_us) path.made_from.reset();
    }
  }

  void add_groups(const Path& path, std::vector<Point>& points, int depth) const {
    for (const auto& group : path.groups)
      if (const auto found = paths_.find(group); found != paths_.end() && depth < 8) {
        points.insert(points.end(), found->second.points.begin(), found->second.points.end());
        add_groups(found->second, points, depth + 1);
      }
  }

  void flows() {
    collect();
    std::size_t flow = 0;
    for (const auto& [item, path] : paths_) {
      if (path.group) continue;  // its members lead through it
      std::vector<Point> points = path.points;
      add_groups(path, points, 0);
      double until_us = path.born_us;
      for (auto from = path.made_from; from;) {
        const auto parent = paths_.find(*from);
        if (parent == paths_.end()) break;
        for (const auto& point : parent->second.points)
          if (point.at_us <= until_us) points.push_back(point);
        until_us = std::min(until_us, parent->second.born_us > 0 ? parent->second.born_us : until_us);
        from = parent->second.made_from;
      }
      std::stable_sort(points.begin(), points.end());
      // A recording that was put together again has its points on both ways.
      points.erase(std::unique(points.begin(), points.end(),
                               [](const Point& one, const Point& next) { return one.at_us == next.at_us && one.lane == next.lane; }),
                   points.end());
      if (points.size() < 2) continue;
      // Every member of a batch leads through all that was done with the batch: that can be far more than there are calls.
      if (points.size() > flow_points_left_) {
        ++flows_left_out_;
        continue;
      }
      flow_points_left_ -= points.size();
      ++flow;
      const std::string name = "item " + std::get<2>(item).text();
      for (std::size_t i = 0; i < points.size(); ++i)
        event(format(R"({"ph":"%s","cat":"item","name":"%s","id":%zu,"pid":%d,"tid":%d,"ts":%s%s})",
                     i == 0                   ? "s"
                     : i + 1 == points.size() ? "f"
                                              : "t",
                     name.c_str(), flow, process(points[i].graph), points[i].lane, us_text(points[i].at_us).c_str(),
                     i == 0 ? "" : R"(,"bp":"e")"));
    }
  }

  const Trace& trace_;
  std::ostream& out_;
  bool first_ = true;
  std::size_t flow_points_left_ = 2 * trace_.most_, flows_left_out_ = 0;
  std::map<Item, Path> paths_;
};

void Trace::write(const std::filesystem::path& file) const {
  AtomicFile whole(file);
  std::ofstream out(whole.temporary(), std::ios::binary);
  TraceWriter(*this, out).write();
  out.flush();
  if (!out) throw Error("cannot write " + file.string(), "check free space and permissions");
  out.close();
  whole.commit();
}

}  // namespace tivit
