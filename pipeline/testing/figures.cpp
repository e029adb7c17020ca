#include <tivit/testing/figures.hpp>

#include <algorithm>
#include <set>
#include <tivit/text_format.hpp>

namespace tivit::testing {

std::string difference(const Figures& expected, const Figures& got) {
  const auto reports = [](const Figures& figures, const std::string& event) {
    const auto found = figures.find(event);
    return found == figures.end() ? std::vector<std::string>() : found->second;
  };
  std::set<std::string> events;
  for (const auto* figures : {&expected, &got})
    for (const auto& [event, lines] : *figures) events.insert(event);
  for (const auto& event : events) {
    const auto before = reports(expected, event), now = reports(got, event);
    const auto line = [](const auto& lines, std::size_t i) { return i < lines.size() ? lines[i] : "nothing"; };
    for (std::size_t i = 0; i < std::max(before.size(), now.size()); ++i)
      if (line(before, i) != line(now, i)) return "figures of \"" + event + "\": " + line(before, i) + "; now " + line(now, i);
  }
  return "";
}

void FigureContext::metrics(const std::string& event, std::uint32_t epoch, const Values& values) {
  RunContext::metrics(event, epoch, values);
  std::string line = "epoch " + std::to_string(epoch);
  for (const auto& [name, value] : values) line += (&name == &values.front().first ? ": " : ", ") + name + " " + shortest(value);
  const std::lock_guard lock(mutex_);
  figures_[event].push_back(line);
}

Figures FigureContext::figures() const {
  const std::lock_guard lock(mutex_);
  return figures_;
}

}  // namespace tivit::testing
