#include <spdlog/spdlog.h>
#include <stages/calibrate/head_search.hpp>
#include <tivit/error.hpp>

#include <algorithm>
#include <cmath>
#include <iterator>
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

/// What all recordings together say of a head without targets, whose logits stay as they are.
std::vector<float> said_in(const std::vector<Recording>& recordings, const std::string& head) {
  std::vector<float> said;
  for (const auto& recording : recordings) {
    if (!recording.logits.has(head)) continue;
    const at::Tensor logits = recording.logits.at(head).cpu().to(at::kFloat).contiguous();
    const float* values = logits.const_data_ptr<float>();
    std::copy_if(values, values + logits.numel(), std::back_inserter(said), [](float value) { return std::isfinite(value); });
  }
  std::ranges::sort(said);
  return said;
}

/// Why a head has no threshold; "" where something at it is right.
std::string nothing_right(const Sweep& found) {
  const Score& best = found.winner().score;
  if (best.matched > 0) return "";
  return best.reference == 0 ? "its labels hold nothing that it could find" : "nothing is right at any threshold that was tried";
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
  const auto hints_of = [&](const std::string& head) -> Hints {
    if (!wanted.grid.adaptive || !wanted.grid.probabilities.empty()) return {};
    const auto found = cells.find(head);
    if (found == cells.end()) return {said_in(recordings, head), std::nullopt};
    return {found->second.calibrated(lines.at(head)), found->second.best_logit(lines.at(head))};
  };
  const auto search_cells = [&](const std::string& head) { return search(wanted.grid, cells_of(head), hints_of(head)); };
  std::optional<NoteSweep> notes;
  if (wanted.by_notes) notes.emplace(recordings, lines, wanted.decoder, wanted.tolerance_s);
  // Until its turn comes, a head that notes depend on has the threshold that is best for its cells.
  notes::HeadThresholds best;
  for (const auto& [head, values] : cells)
    if (notes && values.positives() > 0) best.probability[head] = search_cells(head).first.winner().threshold.probability();
  std::vector<std::pair<std::string, HeadResult>> results;
  for (const auto& head : order(wanted, cells)) {
    const auto found = cells.find(head);
    HeadResult result{"notes", {}, {}, fits[head], found == cells.end() ? nullptr : &found->second, ""};
    const bool by_notes = notes && std::ranges::count(wanted.decoder.heads(), head);
    if (by_notes)
      std::tie(result.by_logit, result.by_probability) = search(
          wanted.grid,
          [&](const Threshold& threshold) {
            auto tried = best;
            tried.probability[head] = threshold.probability();
            return notes->score(head, tried);
          },
          hints_of(head));
    const bool no_note = by_notes && result.by_logit.winner().score.matched == 0;
    const bool cells_tell = result.cells && (!by_notes || result.cells->positives() > 0);
    if (no_note && cells_tell) spdlog::warn("head \"{}\": no threshold finds a note; its cells decide", head);
    if (!by_notes || (no_note && cells_tell)) {
      result.criterion = "cells";
      std::tie(result.by_logit, result.by_probability) = search_cells(head);
    }
    // A head that nothing is known of leaves the decoder its own threshold while the next heads are looked at.
    result.left_out = nothing_right(result.by_logit);
    if (result.left_out.empty())
      best.probability[head] = result.by_logit.winner().threshold.probability();
    else
      best.probability.erase(head);
    results.emplace_back(head, std::move(result));
  }
  return results;
}

}  // namespace tivit::calibrate
