#include <stages/metrics/score_book.hpp>

#include <algorithm>
#include <map>

namespace tivit::metrics {

using nlohmann::json;

namespace {

/// `recordings[i][part]` averaged figure by figure; a figure that is null somewhere is averaged over the rest.
json mean_scores(const json& recordings, const std::string& part) {
  std::map<std::string, std::pair<double, int>> sums;
  for (const auto& recording : recordings)
    for (const auto& [name, value] : recording.at(part).items())
      if (value.is_number() && name.find("_matched") == std::string::npos) sums[name].first += value.get<double>(), ++sums[name].second;
  json mean = json::object();
  for (const auto& [name, sum] : sums) mean[name] = sum.first / sum.second;
  return mean;
}

/// Means of nothing would read like figures of a bad model.
[[noreturn]] void nothing_scored(const json& report) {
  std::string why;
  const auto add = [&](const std::string& what) { why += (why.empty() ? "" : "; ") + what; };
  const auto named = [](const json& page) {
    std::vector<std::string> names;
    for (const auto& entry : page) names.push_back(entry.is_string() ? entry.get<std::string>() : entry.at("name").get<std::string>());
    return quoted_list(names);
  };
  if (!report.at("silent").empty()) add("the reference holds no note: " + named(report.at("silent")));
  if (!report.at("unlabelled").empty()) add("without labels: " + named(report.at("unlabelled")));
  const std::string given = why.empty() ? "" : "give recordings with labelled notes";
  const bool failed = report.at("failed") > 0;
  if (failed) add("failed: " + report.at("failed").dump());
  throw Error("nothing was scored: " + why,
              given + (given.empty() || !failed ? "" : ", and ") + (failed ? "correct what quarantine.jsonl names" : ""));
}

}  // namespace

json ScoreBook::empty() { return {{"recordings", json::array()}, {"silent", json::array()}, {"unlabelled", json::array()}}; }

bool ScoreBook::labelled(const notes::Notes& reference, const std::string& name) {
  if (!reference.labelled) pages_["unlabelled"].push_back(name);
  return reference.labelled;
}

void ScoreBook::enter(const notes::Notes& reference, json entry) {
  pages_[reference.list.empty() ? "silent" : "recordings"].push_back(std::move(entry));
}

json ScoreBook::close(const std::string& kind, const std::string& event, const std::vector<ScorePart>& parts, const Context& context) {
  json report = std::exchange(pages_, empty());
  report["kind"] = kind;
  report["failed"] = 0;
  if (const Members* members = context.members())
    report["failed"] = std::count_if(members->begin(), members->end(), [](const Member& member) { return member.lost.has_value(); });
  const json& recordings = report["recordings"];
  const bool some_came = !report["silent"].empty() || !report["unlabelled"].empty() || report["failed"] > 0;
  if (recordings.empty() && some_came) nothing_scored(report);
  RunContext::Values values{{"recordings", static_cast<double>(recordings.size())}};
  json mean, pooled;
  for (const auto& part : parts) {
    mean[part.name] = mean_scores(recordings, part.name);
    pooled[part.name] = recordings.empty() ? json::object() : part.pooled(recordings);
    for (const auto& [name, value] : mean[part.name].items()) values.emplace_back(name + part.suffix, value.get<double>());
  }
  report["mean"] = std::move(mean);
  report["pooled"] = std::move(pooled);
  context.run().metrics(event, context.run().first_epoch, values);
  return report;
}

}  // namespace tivit::metrics
