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

/// `inner` in a shell that tells of its calls. `before_first` is called once, before the first of them.
std::unique_ptr<Stage> told_stage(std::unique_ptr<Stage> inner, HearCall hear,
                                  std::function<void(const Stage& inner, const BoundResources& resources)> before_first = {});

/// Throws Error where something that goes into the stage, out of it or travels beside it has no codec, or where there is no such stage.
void check_recordable(const Plan& plan, const std::string& stage);

/// Writes a recording into a folder of its own.
class RecordingWriter {
 public:
  RecordingWriter(std::filesystem::path folder, const Plan& plan, const PlanStage& stage, const RunContext& run);
  void add(const RecordedCall& call);
  void state(const Stage& stage, const BoundResources& resources);

 private:
  void must_be_written() const;
  std::filesystem::path folder_;
  std::ofstream index_, payloads_;
  std::uint64_t at_ = 0;
};

/// `inner` with all that it does going to `writer`.
std::unique_ptr<Stage> recorded_stage(std::unique_ptr<Stage> inner, std::shared_ptr<RecordingWriter> writer);

}  // namespace tivit
