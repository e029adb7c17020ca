#include <tivit/explanation.hpp>

#include <algorithm>
#include <cmath>
#include <tivit/text_format.hpp>

namespace tivit {
namespace {

constexpr double shortest_s = 0.2, close = 0.05, memory_share = 0.3;

std::string percent(double share) { return format("%.0f %%", 100 * std::clamp(share, 0.0, 1.0)); }

std::string calls_text(const StageAccount& stage) {
  if (stage.calls == 0) return "";
  const double mean_ms = 1e3 * stage.busy_s / static_cast<double>(stage.calls);
  return format(mean_ms < 10 ? ", %llu calls of %.2f ms" : ", %llu calls of %.0f ms", static_cast<unsigned long long>(stage.calls),
                mean_ms);
}

std::string more_threads(const RunAccount& run) {
  if (run.workers >= run.cores)
    return format("There are no more cores than [runtime] pipeline_threads (%d): only cheaper or fewer calls help.", run.workers);
  return format("Raise [runtime] pipeline_threads (now %d; the machine has %d cores), or make its calls cheaper.", run.workers, run.cores);
}

std::string called_names(const RunAccount& run) {
  std::string text;
  for (const auto& [name, account] : run.called) text += (text.empty() ? "" : " and ") + name;
  return text;
}

Limit stage_limit(const RunAccount& run, const StageAccount& stage) {
  Limit limit{Limit::What::stage, stage.stage, (stage.busy_s + stage.called_s) / (run.wall_s * std::max(1, stage.limit)), "", ""};
  limit.text = stage.stage + " was busy " + percent(limit.share) + " of the time, ";
  limit.text += stage.limit == 1 ? "one call at a time" : format("up to %d calls at a time", stage.limit);
  limit.text += calls_text(stage);
  if (stage.called_s > stage.busy_s) {
    limit.text = stage.stage + " was in use " + percent(limit.share) + " of the time, most of it (" + percent(stage.called_s / run.wall_s) +
                 ") waiting for " + called_names(run) + ", which it calls";
    limit.change = "Let " + called_names(run) + " do less, or be called more rarely ([[after]] every).";
  } else if (stage.parallel && stage.limit >= run.workers) {
    limit.change = more_threads(run);
  } else if (stage.parallel) {
    limit.change =
        format("Raise its concurrency (now %d; there are %d pipeline threads), or make its calls cheaper.", stage.limit, run.workers);
  } else {
    limit.change = "Its calls cannot overlap: make them cheaper, or fewer (more in one item)";
    limit.change += run.cores > 1 && stage.pool ? ", or give each more cores ([runtime] intra_op_threads)." : ".";
  }
  return limit;
}

Limit workers_limit(const RunAccount& run) {
  double busy_s = 0;
  const StageAccount* costliest = nullptr;
  for (const auto& stage : run.stages) {
    if (!stage.pool) continue;
    busy_s += stage.busy_s;
    if (!costliest || stage.busy_s > costliest->busy_s) costliest = &stage;
  }
  Limit limit{Limit::What::workers, "", busy_s / (run.wall_s * std::max(1, run.workers)), "", ""};
  if (!costliest || busy_s <= 0) return limit;
  limit.name = "pipeline threads";
  limit.text = (run.workers == 1 ? "the one pipeline thread was" : format("the %d pipeline threads were", run.workers)) + " busy " +
               percent(limit.share) + " of the time, " + percent(costliest->busy_s / busy_s) + " of it for " + costliest->stage;
  limit.change = more_threads(run);
  return limit;
}

/// The stage that lacked bytes for longest, if it was for long.
const StageAccount* short_of_memory(const RunAccount& run) {
  const auto most = std::max_element(run.stages.begin(), run.stages.end(),
                                     [](const auto& a, const auto& b) { return a.lacked(Lack::bytes) < b.lacked(Lack::bytes); });
  return most != run.stages.end() && most->lacked(Lack::bytes) > memory_share * run.wall_s ? &*most : nullptr;
}

std::string gaps_text(const RunAccount& run, const Limit& busiest) {
  std::string text = "Nothing was in use all the time; the most used: " + busiest.text + ".";
  const auto stage = std::find_if(run.stages.begin(), run.stages.end(), [&](const auto& one) { return one.stage == busiest.name; });
  if (stage == run.stages.end()) return text;
  auto lacked = stage->lacked_s;
  lacked[static_cast<std::size_t>(Lack::nothing)] = lacked[static_cast<std::size_t>(Lack::ended)] = 0;
  const auto most = std::max_element(lacked.begin(), lacked.end());
  const auto what = static_cast<Lack>(most - lacked.begin());
  if (*most < 0.1 * run.wall_s) return text;
  text += " For " + percent(*most / run.wall_s) + " it lacked " + lack_name(what) + ". ";
  switch (what) {
    case Lack::worker: return text + more_threads(run);
    case Lack::lease: return text + "Let the stages that hold the lease do less.";
    case Lack::room: return text + "What comes after it is uneven: fewer items take a long time each.";
    default: return text + "The stages take turns on too few items: items of even cost, or more of them, would keep it busy.";
  }
}

}  // namespace

std::vector<Limit> limits(const RunAccount& run) {
  std::vector<Limit> found;
  if (run.wall_s <= 0) return found;
  double serial = 0;
  for (const auto& stage : run.stages) {
    found.push_back(stage_limit(run, stage));
    if (stage.limit == 1) serial = std::max(serial, found.back().share);
  }
  // Where one stage makes up a lease's time, the stage is what to look at; the same goes for the threads.
  for (const auto& lease : run.leases)
    if (const double share = lease.held_s / run.wall_s; share > serial + close)
      found.push_back(
          {Limit::What::lease, lease.resource, share,
           "the lease of " + lease.resource + ", which " + lease.stage + " takes, was held " + percent(share) + " of the time",
           "The stages that an item passes while it holds the lease follow one another: make the costliest cheaper, put more in "
           "one item, or do before " +
               lease.stage + " what needs no lease."});
  if (Limit workers = workers_limit(run);
      std::none_of(found.begin(), found.end(), [&](const Limit& one) { return one.share > workers.share - close; }))
    found.push_back(std::move(workers));
  std::stable_sort(found.begin(), found.end(), [](const Limit& a, const Limit& b) { return a.share > b.share; });
  return found;
}

std::vector<std::string> explained(const RunAccount& run) {
  const auto found = limits(run);
  if (found.empty() || run.wall_s < shortest_s) return {"The run was too short to say what limits it."};
  std::vector<std::string> sentences;
  const Limit& first = found[0];
  if (first.share >= limiting_share) {
    sentences.push_back("Limit: " + first.text + ".");
    sentences.push_back(first.change);
    if (found.size() > 1 && found[1].share > 0.01)
      sentences.push_back("Next: " + found[1].text +
                          format(". Without the first limit the run could be up to %.1f times as fast.", first.share / found[1].share));
  } else if (const auto* stage = short_of_memory(run)) {
    constexpr double mebibyte = 1 << 20;
    sentences.push_back("Limit: " + stage->stage + " waited for memory " + percent(stage->lacked(Lack::bytes) / run.wall_s) +
                        format(" of the time: %.0f of %.0f MiB were in flight.", static_cast<double>(run.peak_bytes) / mebibyte,
                               static_cast<double>(run.memory) / mebibyte));
    sentences.push_back("Raise [run] memory, or make its items smaller.");
    sentences.push_back("Next: " + first.text + ".");
  } else {
    sentences.push_back(gaps_text(run, first));
  }
  for (const auto& [name, account] : run.called)
    if (account.wall_s > 0.5 * run.wall_s)
      for (const auto& sentence : explained(account)) sentences.push_back("In " + name + ": " + sentence);
  return sentences;
}

}  // namespace tivit
