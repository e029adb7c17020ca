#pragma once
// A recorded stage alone: it is given what it was given, and what it makes is held against what it made.
#include <optional>
#include <string>
#include <tivit/plan.hpp>
#include <tivit/recording.hpp>

namespace tivit {

struct ReplayVerdict {
  std::uint64_t calls = 0;
  std::optional<std::string> first_difference;  ///< `item 2/17, output "strip" [3,0,12,7]: 118, now 119`
};

/// Calls the stage of `plan` that was recorded, one call at a time, up to the first difference. Throws Error where it cannot be made.
ReplayVerdict replay_recording(const Plan& plan, Recording& recording, RunContext& context);

/// Where two calls on the same item first differ in what they made.
std::optional<std::string> first_difference(const RecordedCall& before, const RecordedCall& now, const StageSpec& spec);

}  // namespace tivit
