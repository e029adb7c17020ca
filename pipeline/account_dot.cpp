#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <tivit/account_text.hpp>
#include <tivit/dot_text.hpp>
#include <tivit/error.hpp>
#include <tivit/explanation.hpp>
#include <tivit/run_files.hpp>
#include <tivit/text_format.hpp>

namespace tivit {
namespace {

/// White for idle, through yellow to red for what was in use all the time.
std::string colour(double share) {
  const double s = std::clamp(share, 0.0, 1.0);
  return format("%.3f 0.%03d 1.0", 0.16 * (1 - s), std::min(999, static_cast<int>(std::lround(700 * s))));
}

std::string node_text(const RunAccount& run, const StageAccount& stage, const std::string& id) {
  const double whole_s = run.wall_s > 0 ? run.wall_s : 1, share = stage.busy_s / (whole_s * std::max(1, stage.limit));
  std::string label = stage.stage + "\\n" + stage.use + format("\\nbusy %.0f %%", 100 * share);
  if (stage.limit > 1) label += format(" of %d", stage.limit);
  if (stage.calls > 0)
    label += format(", %llu calls of %.3g ms", static_cast<unsigned long long>(stage.calls),
                    1e3 * stage.busy_s / static_cast<double>(stage.calls));
  for (const Lack lack : {Lack::input, Lack::room, Lack::bytes, Lack::lease, Lack::worker})
    if (const double part = stage.lacked(lack) / whole_s; part >= 0.05)
      label += format("\\nlacked %s %.0f %%", lack_name(lack), 100 * part);
  if (stage.failed + stage.dropped + stage.passed > 0)
    label += format("\\nfailed %llu, dropped %llu, passed on %llu", static_cast<unsigned long long>(stage.failed),
                    static_cast<unsigned long long>(stage.dropped), static_cast<unsigned long long>(stage.passed));
  return "  \"" + id + "\" [shape=" + dot_shape(stage.kind) + ", style=filled, fillcolor=\"" + colour(share) + "\", label=\"" +
         dot_escaped(label) + "\"];\n";
}

std::string graph_text(const RunAccount& run, const std::string& prefix) {
  std::string text;
  for (const auto& stage : run.stages) text += node_text(run, stage, prefix + stage.stage);
  std::uint64_t most = 1;
  for (const auto& stage : run.stages)
    for (const auto& inbox : stage.inboxes) most = std::max(most, inbox.bytes);
  for (const auto& stage : run.stages)
    for (const auto& inbox : stage.inboxes) {
      const double mebibytes = static_cast<double>(inbox.bytes) / (1 << 20);
      text +=
          "  \"" + prefix + inbox.from + "\" -> \"" + prefix + stage.stage +
          format("\" [penwidth=%.1f, label=\"", 1 + 3 * static_cast<double>(inbox.bytes) / static_cast<double>(most)) +
          dot_escaped(inbox.port + format("\\n%llu items, %.3g MiB\\nqueued %.1f, most %llu", static_cast<unsigned long long>(inbox.items),
                                          mebibytes, inbox.mean_queued, static_cast<unsigned long long>(inbox.most_queued))) +
          "\"];\n";
    }
  return text;
}

}  // namespace

std::string account_dot(const RunAccount& account, const std::string& title) {
  std::string label = title + format(": %.1f s", account.wall_s);
  for (const auto& sentence : explained(account)) label += "\\n" + sentence;
  std::string text = "digraph \"" + dot_escaped(title) + "\" {\n  label=\"" + dot_escaped(label) +
                     "\"; labelloc=t; rankdir=TB; fontname=\"sans-serif\";\n"
                     "  node [fontname=\"sans-serif\", fontsize=11]; edge [fontname=\"sans-serif\", fontsize=9];\n";
  text += graph_text(account, "");
  for (const auto& [name, called] : account.called)
    text += "  subgraph \"cluster_" + dot_escaped(name) + "\" {\n  label=\"" +
            dot_escaped(name + format(", called: %.1f s", called.wall_s)) + "\";\n" + graph_text(called, name + "/") + "  }\n";
  return text + "}\n";
}

std::string run_dot(const std::filesystem::path& run_directory) {
  const auto json = read_account(run_directory);
  return account_dot(account_of(json, (run_directory / "account.json").string()), run_directory.lexically_normal().string());
}

}  // namespace tivit
