#include <tivit/run_report.hpp>

#include <tivit/run_files.hpp>

#include <nlohmann/json.hpp>
#include <sstream>
#include <tivit/atomic_file.hpp>
#include <tivit/error.hpp>
#include <tivit/report_page_files.hpp>
#include <tivit/report_pictures.hpp>

namespace tivit {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr std::size_t most_points = 2000, most_lines = 1000;

/// The lines of a `.jsonl` file; none where there is no such file. A last line that was never finished is left out.
std::vector<Json> lines_of(const fs::path& file) {
  std::vector<Json> lines;
  if (!fs::exists(file)) return lines;
  std::istringstream in(read_file(file));
  for (std::string text; std::getline(in, text);)
    if (Json line = Json::parse(text, nullptr, false); line.is_object()) lines.push_back(std::move(line));
  return lines;
}

/// metrics.jsonl by event, figure by figure over the step (else the epoch). Of many points only every n-th is drawn.
Json curves(const std::vector<Json>& lines) {
  std::vector<std::string> events;
  std::map<std::string, std::vector<const Json*>> of_event;
  for (const auto& line : lines) {
    const std::string event = line.value("event", "");
    if (of_event[event].empty()) events.push_back(event);
    of_event[event].push_back(&line);
  }
  Json out = Json::array();
  for (const auto& event : events) {
    const auto& points = of_event[event];
    const std::string x = points.front()->contains("step") ? "step" : "epoch";
    Json one{{"event", event}, {"x", x}, {"xs", Json::array()}, {"figures", Json::object()}};
    for (const Json* line : points)
      for (const auto& [name, value] : line->items())
        if (name != "event" && name != "epoch" && name != "step") one["figures"].emplace(name, Json::array());
    const std::size_t stride = (points.size() + most_points - 1) / most_points;
    for (std::size_t i = (points.size() - 1) % stride; i < points.size(); i += stride) {
      one["xs"].push_back(points[i]->value(x, 0.0));
      for (auto& [name, values] : one["figures"].items()) {
        const auto value = points[i]->find(name);
        values.push_back(value != points[i]->end() && value->is_number() ? *value : Json());  // "inf" and "nan" are gaps
      }
    }
    out.push_back(std::move(one));
  }
  return out;
}

/// Inside a <script> nothing may look like markup.
std::string script_safe(const Json& json) {
  std::string text = json.dump(-1, ' ', true, Json::error_handler_t::replace);
  for (std::size_t at = 0; (at = text.find('<', at)) != std::string::npos; at += 6) text.replace(at, 1, "\\u003c");
  return text;
}

}  // namespace

std::string report_html(const fs::path& run_directory) {
  Json data;
  data["manifest"] = read_manifest(run_directory);
  data["account"] = read_account(run_directory);
  data["graph"] = read_file(run_directory / "graph.toml");
  data["metrics"] = curves(lines_of(run_directory / "metrics.jsonl"));
  auto quarantine = lines_of(run_directory / "quarantine.jsonl");
  data["quarantine_left_out"] = quarantine.size() - std::min(quarantine.size(), most_lines);
  if (quarantine.size() > most_lines) quarantine.resize(most_lines);
  data["quarantine"] = quarantine;
  const ReportPictures pictures = report_pictures(run_directory);
  data["pictures"] = Json::array();
  for (const auto& [name, source] : pictures.shown) data["pictures"].push_back({{"name", name}, {"source", source}});
  data["pictures_left_out"] = pictures.left_out;

  const auto& page = report_page_files();
  const bool drawn = !data["metrics"].empty();
  std::string html = "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>tivit run</title>\n<style>\n";
  if (drawn) html += page.at("dygraphs/dygraph.min.css") + "\n";
  html += page.at("page.css") + "</style>\n</head>\n<body>\n<main></main>\n";
  html += "<script id=\"data\" type=\"application/json\">" + script_safe(data) + "</script>\n";
  if (drawn) html += "<script>\n" + page.at("dygraphs/dygraph.min.js") + "\n</script>\n";
  return html + "<script>\n" + page.at("page.js") + "</script>\n</body>\n</html>\n";
}

}  // namespace tivit
