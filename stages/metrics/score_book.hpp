#pragma once
// The scores of the recordings of a run, until the run ends.
#include <functional>
#include <nlohmann/json.hpp>
#include <stages/notes/note.hpp>
#include <string>
#include <string_view>
#include <tivit/stage.hpp>

namespace tivit::metrics {

/// Recordings apart: scored ones, those with a silent reference (every ratio of theirs would be 0), those without labels.
class ScoreBook {
 public:
  /// False, and the name is kept, when the recording has no labels and cannot be scored.
  bool labelled(const notes::Notes& reference, const std::string& name);
  void enter(const notes::Notes& reference, nlohmann::json entry);
  const nlohmann::json& scored() const { return pages_.at("recordings"); }

  /// All pages, with the number of recordings that failed; the book is empty afterwards.
  nlohmann::json close(const std::string& kind, const Context& context);
  std::string save() const { return pages_.dump(); }
  void load(std::string_view state) { pages_ = nlohmann::json::parse(state); }

 private:
  static nlohmann::json empty();
  nlohmann::json pages_ = empty();
};

/// `recordings[i][part]` averaged figure by figure; a figure that is null somewhere is averaged over the rest.
nlohmann::json mean_scores(const nlohmann::json& recordings, const std::string& part);

/// Sends the figures of `mean` to metrics.jsonl, each name followed by `suffix`.
void append_figures(RunContext::Values& values, const nlohmann::json& mean, const std::string& suffix = "");

}  // namespace tivit::metrics
