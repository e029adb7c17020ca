#include <tivit/account.hpp>

#include <algorithm>

namespace tivit {
namespace {

// Means over time are weighted by it.
void add(StageAccount& sum, const StageAccount& more, double sum_s, double more_s) {
  for (auto member : {&StageAccount::in, &StageAccount::done, &StageAccount::failed, &StageAccount::dropped, &StageAccount::passed,
                      &StageAccount::out, &StageAccount::calls, &StageAccount::bytes_in, &StageAccount::bytes_out})
    sum.*member += more.*member;
  for (auto member : {&StageAccount::busy_s, &StageAccount::called_s, &StageAccount::turn_s}) sum.*member += more.*member;
  for (std::size_t i = 0; i < lack_count; ++i) sum.lacked_s[i] += more.lacked_s[i];
  for (std::size_t i = 0; i < sum.inboxes.size() && i < more.inboxes.size(); ++i) {
    InboxAccount& inbox = sum.inboxes[i];
    const InboxAccount& other = more.inboxes[i];
    inbox.items += other.items;
    inbox.bytes += other.bytes;
    inbox.most_queued = std::max(inbox.most_queued, other.most_queued);
    if (sum_s + more_s > 0) inbox.mean_queued = (inbox.mean_queued * sum_s + other.mean_queued * more_s) / (sum_s + more_s);
  }
}

}  // namespace

const char* lack_name(Lack lack) {
  constexpr const char* names[lack_count] = {"nothing", "input", "room", "bytes", "lease", "worker", "ended"};
  return names[static_cast<std::size_t>(lack)];
}

std::uint64_t RunAccount::failed() const {
  std::uint64_t total = 0;
  for (const auto& stage : stages) total += stage.failed;
  return total;
}

void RunAccount::add_call(const std::string& graph, RunAccount account) {
  const auto before = std::find_if(called.begin(), called.end(), [&](const auto& one) { return one.graph == graph; });
  if (before == called.end()) {
    called.push_back({graph, std::move(account)});
    return;
  }
  RunAccount& sum = before->account;
  for (std::size_t i = 0; i < sum.stages.size(); ++i) add(sum.stages[i], account.stages[i], sum.wall_s, account.wall_s);
  sum.failures.insert(sum.failures.end(), account.failures.begin(), account.failures.end());
  for (std::size_t i = 0; i < sum.leases.size() && i < account.leases.size(); ++i) sum.leases[i].held_s += account.leases[i].held_s;
  sum.wall_s += account.wall_s;
  sum.peak_bytes = std::max(sum.peak_bytes, account.peak_bytes);
}

}  // namespace tivit
