#include <nlohmann/json.hpp>
#include <tivit/account_text.hpp>
#include <tivit/error.hpp>
#include <tivit/explanation.hpp>

namespace tivit {
namespace {

using Json = nlohmann::ordered_json;

/// Calls `each(name, value)` for every figure of a stage.
template <class Account, class Each>
void each_figure(Account& s, const Each& each) {
  each("use", s.use), each("kind", s.kind), each("in", s.in), each("done", s.done), each("failed", s.failed), each("dropped", s.dropped),
      each("passed", s.passed);
  each("out", s.out), each("calls", s.calls), each("limit", s.limit), each("parallel", s.parallel), each("pool", s.pool);
  each("busy_s", s.busy_s), each("called_s", s.called_s), each("turn_s", s.turn_s);
  each("bytes_in", s.bytes_in), each("bytes_out", s.bytes_out);
}
template <class Account, class Each>
void each_figure_of_run(Account& run, const Each& each) {
  each("wall_s", run.wall_s), each("pipeline_threads", run.workers), each("cores", run.cores);
  each("memory", run.memory), each("peak_bytes", run.peak_bytes);
}
template <class Account, class Each>
void each_figure_of_inbox(Account& inbox, const Each& each) {
  each("port", inbox.port), each("from", inbox.from), each("items", inbox.items), each("bytes", inbox.bytes);
  each("mean_queued", inbox.mean_queued), each("most_queued", inbox.most_queued);
}

auto writer(Json& json) {
  return [&json](const char* name, const auto& value) { json[name] = value; };
}
auto reader(const Json& json) {
  return [&json](const char* name, auto& value) { json.at(name).get_to(value); };
}

Json stage_json(const StageAccount& s) {
  Json json{{"stage", s.stage}};
  each_figure(s, writer(json));
  // In a run that was stopped: what it was working on.
  if (const auto unfinished = s.in - s.done - s.failed - s.dropped - s.passed) json["unfinished"] = unfinished;
  for (std::size_t i = 0; i < lack_count; ++i) json["lacked_s"][lack_name(static_cast<Lack>(i))] = s.lacked_s[i];
  json["inboxes"] = Json::array();
  for (const auto& inbox : s.inboxes) each_figure_of_inbox(inbox, writer(json["inboxes"].emplace_back()));
  return json;
}

RunAccount read(const Json& json) {
  RunAccount run;
  each_figure_of_run(run, reader(json));
  for (const auto& one : json.at("stages")) {
    StageAccount& s = run.stages.emplace_back();
    s.stage = one.at("stage");
    each_figure(s, reader(one));
    for (std::size_t i = 0; i < lack_count; ++i) s.lacked_s[i] = one.at("lacked_s").at(lack_name(static_cast<Lack>(i)));
    for (const auto& inbox : one.at("inboxes")) each_figure_of_inbox(s.inboxes.emplace_back(), reader(inbox));
  }
  for (const auto& lease : json.at("leases")) run.leases.push_back({lease.at("resource"), lease.at("stage"), lease.at("held_s")});
  for (const auto& [name, called] : json.at("called").items()) run.called.push_back({name, read(called)});
  return run;
}

}  // namespace

Json account_json(const RunAccount& run) {
  Json json;
  each_figure_of_run(run, writer(json));
  json["failures"] = run.failures.size();
  json["explanation"] = explained(run);
  json["stages"] = Json::array();
  for (const auto& stage : run.stages) json["stages"].push_back(stage_json(stage));
  json["leases"] = Json::array();
  for (const auto& lease : run.leases)
    json["leases"].push_back({{"resource", lease.resource}, {"stage", lease.stage}, {"held_s", lease.held_s}});
  json["called"] = Json::object();
  for (const auto& [name, called] : run.called) json["called"][name] = account_json(called);
  return json;
}

RunAccount account_of(const Json& json, const std::string& file) try { return read(json); } catch (const nlohmann::json::exception& error) {
  throw Error(std::string("it is not the account of a run: ") + error.what(), "runs of other versions cannot be shown", file);
}

}  // namespace tivit
