#include <tivit/account_text.hpp>

#include <algorithm>
#include <tivit/text_format.hpp>
#include <vector>

namespace tivit {
namespace {

using Row = std::vector<std::string>;

std::string bytes_text(std::uint64_t bytes) {
  constexpr double kibibyte = 1024;
  const auto value = static_cast<double>(bytes);
  if (value < kibibyte) return std::to_string(bytes);
  if (value < kibibyte * kibibyte) return format("%.0fK", value / kibibyte);
  return value < kibibyte * kibibyte * kibibyte ? format("%.0fM", value / kibibyte / kibibyte)
                                                : format("%.1fG", value / kibibyte / kibibyte / kibibyte);
}

void add_rows(const RunAccount& account, const std::string& prefix, std::vector<Row>& rows) {
  const auto percent = [&](double part_s, double parts) {
    return account.wall_s > 0 ? format("%.0f", 100 * part_s / (account.wall_s * parts)) : std::string("-");
  };
  for (const auto& s : account.stages) {
    double queued = 0;
    std::uint64_t most = 0;
    for (const auto& inbox : s.inboxes) queued = std::max(queued, inbox.mean_queued), most = std::max(most, inbox.most_queued);
    rows.push_back({prefix + s.stage, std::to_string(s.in), std::to_string(s.out), std::to_string(s.failed), std::to_string(s.dropped),
                    s.calls ? format("%.2f", 1e3 * s.busy_s / static_cast<double>(s.calls)) : "-", percent(s.busy_s, s.limit),
                    percent(s.lacked(Lack::input), 1), percent(s.lacked(Lack::room), 1), percent(s.lacked(Lack::bytes), 1),
                    percent(s.lacked(Lack::lease), 1), percent(s.lacked(Lack::worker), 1),
                    s.inboxes.empty() ? "-" : format("%.1f/%llu", queued, static_cast<unsigned long long>(most)), bytes_text(s.bytes_in),
                    bytes_text(s.bytes_out)});
  }
  for (const auto& [name, called] : account.called) add_rows(called, prefix + name + "/", rows);
}

}  // namespace

std::string account_table(const RunAccount& account) {
  std::vector<Row> rows{{"stage", "in", "out", "failed", "dropped", "ms/call", "busy %", "input", "room", "memory", "lease", "thread",
                         "inbox", "B in", "B out"}};
  add_rows(account, "", rows);
  std::vector<std::size_t> widths(rows[0].size());
  for (const auto& row : rows)
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  std::string text;
  for (const auto& row : rows) {
    text += text.empty() ? "  " : "\n  ";
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string space(widths[i] - row[i].size(), ' ');
      text += i == 0 ? row[i] + space : "  " + space + row[i];
    }
  }
  return text;
}

}  // namespace tivit
