#pragma once
// The scores of the recordings of a run, until the run ends.
#include <functional>
#include <nlohmann/json.hpp>
#include <stages/notes/note.hpp>
#include <string>
#include <string_view>
#include <tivit/stage.hpp>
#include <vector>

namespace tivit::metrics {

/// A part of a recording's entry that is averaged and pooled.
struct ScorePart {
  std::string name;    ///< its key in the entry
  std::string suffix;  ///< what follows the names of its figures in metrics.jsonl
  std::function<nlohmann::json(const nlohmann::json& recordings)> pooled;
};

/// Recordings apart: scored ones, those with a silent reference (every ratio of theirs would be 0), those without labels.
class ScoreBook {
 public:
  /// False, and the name is kept, when the recording has no labels and cannot be scored.
  bool labelled(const notes::Notes& reference, const std::string& name);
  void enter(const notes::Notes& reference, nlohmann::json entry);

  /// Throws Error where recordings came and none was scored, saying why. The report: all pages, the number of recordings that failed, and
  /// of each part its mean over recordings and its pooled figures. The means go to metrics.jsonl as `event`. The book is empty afterwards.
  nlohmann::json close(const std::string& kind, const std::string& event, const std::vector<ScorePart>& parts, const Context& context);
  std::string save() const { return pages_.dump(); }
  void load(std::string_view state) { pages_ = nlohmann::json::parse(state); }

 private:
  static nlohmann::json empty();
  nlohmann::json pages_ = empty();
};

}  // namespace tivit::metrics
