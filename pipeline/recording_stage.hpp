#pragma once
// A stage whose calls are written down or watched: what `--record` puts in a stage's place, and what a replay calls.
#include <functional>
#include <map>
#include <memory>
#include <tivit/plan.hpp>
#include <tivit/recording.hpp>

namespace tivit {

/// Hears of every call when it has ended, one call at a time.
using HearCall = std::function<void(RecordedCall call)>;

/// By the parameter that names them.
using BoundResources = std::map<std::string, std::shared_ptr<Resource>>;

/// Hears of what failed in telling, such as a codec or `hear` itself.
using HearTrouble = std::function<void(const std::exception& error)>;

/// `inner` in a shell that tells of its calls. `before_first` is called once, before the first of them. What fails in telling never reaches
/// the run: `trouble` hears of it once, and nothing more is told.
std::unique_ptr<Stage> told_stage(std::unique_ptr<Stage> inner, HearCall hear, HearTrouble trouble,
                                  std::function<void(const Stage& inner, const BoundResources& resources)> before_first = {});

/// Throws Error where something that goes into the stage, out of it or travels beside it has no codec, or where there is no such stage.
void check_recordable(const Plan& plan, const std::string& stage);

/// Writes a recording into a folder of its own. One that was not closed, because the process was killed, is known by that.
class RecordingWriter {
 public:
  RecordingWriter(std::filesystem::path folder, const Plan& plan, const PlanStage& stage, const RunContext& run);
  ~RecordingWriter();  ///< closes it: from then on it says how many calls it has
  RecordingWriter(const RecordingWriter&) = delete;
  RecordingWriter& operator=(const RecordingWriter&) = delete;
  void add(const RecordedCall& call);
  void state(const Stage& stage, const BoundResources& resources);
  /// Nothing is added any more, and the recording says why it is cut short. Warns; never throws.
  void stop(const std::string& why);

 private:
  void must_be_written() const;
  void close(const std::string& cut_short);
  std::filesystem::path folder_;
  std::string stage_, about_;  ///< name in the graph; recording.json so far
  std::ofstream index_, payloads_;
  std::uint64_t at_ = 0, calls_ = 0, index_bytes_ = 0;  ///< bytes of whole lines
  bool closed_ = false;
};

/// `inner` with all that it does going to `writer`.
std::unique_ptr<Stage> recorded_stage(std::unique_ptr<Stage> inner, std::shared_ptr<RecordingWriter> writer);

}  // namespace tivit
