#include <stages/calibrate/sweep.hpp>

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

namespace tivit::calibrate {
namespace {

constexpr double wide = 0.5;        // logits between thresholds outside the grid, while the best lies on an edge
constexpr double growth = 1.5;      // between neighbours no more than so many times as many logits count
constexpr std::size_t places = 20;  // tried at once between two neighbours
constexpr std::size_t summits = 3;  // places around which it is worth looking closer
constexpr int rounds = 4;           // of looking closer
constexpr double jump = 0.01;       // between neighbours F1 should not differ more

/// The thresholds that were tried, by logit.
class Tried {
 public:
  Tried(const Objective& objective, const std::vector<float>& said) : objective_(objective), said_(said) {}

  void attempt(double logit) {
    if (std::abs(logit) <= reach && !scores_.contains(logit)) scores_[logit] = objective_({logit, true});
  }
  void grow_outwards();
  void follow_the_head();
  void look_closer_where_steps_are_wide(double step);
  void look_closer_where_f1_jumps();
  Sweep result() const;

 private:
  using Scores = std::map<double, Score>;
  using Place = Scores::const_iterator;

  Place best() const {
    return std::max_element(scores_.begin(), scores_.end(), [](const auto& a, const auto& b) { return a.second.f1() < b.second.f1(); });
  }
  std::pair<double, double> neighbours(Place place) const {
    const double low = place == scores_.begin() ? place->first : std::prev(place)->first;
    const double high = std::next(place) == scores_.end() ? place->first : std::next(place)->first;
    return {low, high};
  }
  /// The first of the logits that count at a threshold.
  std::size_t rank(double logit) const {
    return static_cast<std::size_t>(std::lower_bound(said_.begin(), said_.end(), static_cast<float>(logit)) - said_.begin());
  }
  void attempt_rank(std::size_t first);
  std::vector<Place> summits_of(double step) const;

  const Objective& objective_;
  const std::vector<float>& said_;
  Scores scores_;
};

/// Just below a logit that the head says, in the middle between it and the one before.
void Tried::attempt_rank(std::size_t first) {
  const double value = said_[first];
  first = rank(value);
  attempt(first > 0 ? (value + said_[first - 1]) / 2 : value);
}

void Tried::grow_outwards() {
  for (;;) {
    const auto at = best();
    const double low = scores_.begin()->first, high = scores_.rbegin()->first;
    // On a plateau that reaches the upper edge the first of equals is not the edge itself.
    const bool at_high = scores_.rbegin()->second.f1() == at->second.f1();
    const bool all_count = !said_.empty() && low <= said_.front();
    if (at == scores_.begin() && low - wide >= -reach && !all_count)
      attempt(low - wide);
    else if (at_high && high + wide <= reach)
      attempt(high + wide);
    else
      return;
  }
}

/// Steps of a given width say nothing of a head whose logits all lie between two of them, and miss one whose logits lie elsewhere.
void Tried::follow_the_head() {
  if (said_.empty()) return;
  attempt(std::max<double>(said_.front(), -reach));
  attempt(std::min<double>(std::nextafter(said_.back(), 2 * static_cast<float>(reach)), reach));
  std::vector<double> tried;
  for (const auto& [logit, score] : scores_) tried.push_back(logit);
  for (std::size_t i = 0; i + 1 < tried.size(); ++i) {
    const auto end = said_.size() - rank(tried[i + 1]);
    for (auto count = said_.size() - rank(tried[i]);;) {
      count = static_cast<std::size_t>(static_cast<double>(count) / growth);
      if (count == 0 || static_cast<double>(count) < growth * static_cast<double>(end)) break;
      attempt_rank(said_.size() - count);
    }
  }
}

/// The best of those that are no worse than both neighbours, and that lie further from one than a step.
std::vector<Tried::Place> Tried::summits_of(double step) const {
  std::vector<Place> found;
  for (auto place = scores_.begin(); place != scores_.end(); ++place) {
    const double f1 = place->second.f1();
    const bool first = place == scores_.begin(), last = std::next(place) == scores_.end();
    if ((!first && std::prev(place)->second.f1() >= f1) || (!last && std::next(place)->second.f1() > f1)) continue;
    const auto [low, high] = neighbours(place);
    if (std::max(place->first - low, high - place->first) > 1.01 * step) found.push_back(place);
  }
  std::ranges::stable_sort(found, [](Place a, Place b) { return a->second.f1() > b->second.f1(); });
  if (found.size() > summits) found.resize(summits);
  return found;
}

void Tried::look_closer_where_steps_are_wide(double step) {
  for (int round = 0; round < rounds; ++round) {
    const auto found = summits_of(step);
    if (found.empty()) return;
    for (const auto place : found) {
      const auto [low, high] = neighbours(place);
      for (const auto& [begin, end] : {std::pair{low, place->first}, std::pair{place->first, high}}) {
        const auto count = std::min(places, static_cast<std::size_t>(std::ceil((end - begin) / step - 0.01)));
        for (std::size_t i = 1; i < count; ++i) attempt(begin + (end - begin) * static_cast<double>(i) / static_cast<double>(count));
      }
    }
  }
}

void Tried::look_closer_where_f1_jumps() {
  for (int round = 0; round < rounds; ++round) {
    const auto at = best();
    const auto [low, high] = neighbours(at);
    const double least = std::min(scores_.at(low).f1(), scores_.at(high).f1());
    const auto begin = rank(low), end = rank(high);
    if (at->second.f1() - least <= jump || end < begin + 2) return;
    const auto count = std::min(places, end - begin);
    for (std::size_t i = 1; i < count; ++i) attempt_rank(begin + (end - begin) * i / count);
  }
}

Sweep Tried::result() const {
  Sweep result;
  for (const auto& [logit, score] : scores_) result.points.push_back({{logit, true}, score});
  const auto f1 = [&](std::size_t i) { return result.points[i].score.f1(); };
  const auto logit = [&](std::size_t i) { return result.points[i].threshold.value; };
  const auto first = static_cast<std::size_t>(std::distance(scores_.begin(), best()));
  auto last = first;
  while (last + 1 < result.points.size() && f1(last + 1) == f1(first)) ++last;
  result.best = first;
  const double middle = (logit(first) + logit(last)) / 2;
  for (auto i = first; i <= last; ++i)
    if (std::abs(logit(i) - middle) < std::abs(logit(result.best) - middle)) result.best = i;
  if (last - first + 1 == result.points.size() && last > first)
    result.edge = "flat";
  else if (first == 0)
    result.edge = !said_.empty() && logit(0) <= said_.front() ? "all" : "low";
  else if (last + 1 == result.points.size())
    result.edge = "high";
  return result;
}

}  // namespace

Sweep adaptive_sweep(double from, double to, double step, const Objective& objective, const Hints& hints) {
  Tried tried(objective, hints.said);
  const auto count = whole_steps(from, to, step);
  for (std::size_t place = 0; place <= count; ++place) tried.attempt(from + static_cast<double>(place) * step);
  if (count == 0) tried.attempt(to);
  if (hints.likely) tried.attempt(*hints.likely);
  tried.follow_the_head();
  tried.grow_outwards();
  tried.look_closer_where_steps_are_wide(step);
  tried.look_closer_where_f1_jumps();
  return tried.result();
}

}  // namespace tivit::calibrate
