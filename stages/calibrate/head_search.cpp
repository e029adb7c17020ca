#include <spdlog/spdlog.h>
#include <stages/calibrate/head_search.hpp>
#include <tivit/error.hpp>

#include <algorithm>
#include <tuple>

namespace tivit::calibrate {
namespace {

/// Heads that the decoder has a threshold for come first, in its order.
std::vector<std::string> order(const HeadSearch& wanted, const std::map<std::string, Cells>& cells) {
  std::vector<std::string> all, others = wanted.heads;
  for (const auto& head : wanted.decoder.heads())
    if (wanted.by_notes && (wanted.heads.empty() || std::ranges::count(wanted.heads, head))) all.push_back(head);
  for (const auto& [head, values] : cells) others.push_back(head);
  for (const auto& head : others)
    if (!std::ranges::count(all, head)) all.push_back(head);
  return all;
}

}  // namespace

std::vector<std::pair<std::string, HeadResult>> calibrate_heads(const HeadSearch& wanted, const std::vector<Recording>& recordings,
                                                                std::map<std::string, Cells>& cells) {
  std::map<std::string, Fit> fits;
  std::map<std::string, Line> lines;
  for (auto& [head, values] : cells) {
    values.close();
    if (wanted.fit != "none") fits[head] = fit_line(values.logits(), values.targets(), wanted.fit == "platt");
    lines[head] = fits[head].line;
  }
  const auto cells_of = [&](const std::string& head) {
    return [&, head](const Threshold& threshold) { return cells.at(head).at(threshold, lines.at(head)); };
  };
  std::optional<NoteSweep> notes;
  if (wanted.by_notes) notes.emplace(recordings, lines, wanted.decoder, wanted.tolerance_s);
  // Until its turn comes, a head that notes depend on has the threshold that is best for its cells.
  notes::HeadThresholds best;
  for (const auto& [head, values] : cells)
    if (notes) best.probability[head] = search(wanted.grid, cells_of(head)).first.winner().threshold.probability();
  std::vector<std::pair<std::string, HeadResult>> results;
  for (const auto& head : order(wanted, cells)) {
    const auto found = cells.find(head);
    HeadResult result{"notes", {}, {}, fits[head], found == cells.end() ? nullptr : &found->second};
    const bool by_notes = notes && std::ranges::count(wanted.decoder.heads(), head);
    if (!by_notes && !result.cells)
      throw Error("nothing tells which threshold of head \"" + head + "\" is best", "connect targets that have it");
    if (by_notes)
      std::tie(result.by_logit, result.by_probability) = search(wanted.grid, [&](const Threshold& threshold) {
        auto tried = best;
        tried.probability[head] = threshold.probability();
        return notes->score(head, tried);
      });
    const bool no_note = by_notes && result.by_logit.winner().score.matched == 0;
    if (no_note && result.cells) spdlog::warn("head \"{}\": no threshold finds a note; its cells decide", head);
    if (!by_notes || (no_note && result.cells)) {
      result.criterion = "cells";
      std::tie(result.by_logit, result.by_probability) = search(wanted.grid, cells_of(head));
    }
    best.probability[head] = result.by_logit.winner().threshold.probability();
    results.emplace_back(head, std::move(result));
  }
  return results;
}

}  // namespace tivit::calibrate
