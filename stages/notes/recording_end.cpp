#include <stages/notes/recording_end.hpp>

#include <tivit/frame_range.hpp>
#include <tivit/time.hpp>

namespace tivit::notes {

std::optional<double> recording_end_s(const Context& context) {
  const auto* grid = context.find<TimeGrid>();
  const auto* rows = context.find<FrameRange>();
  if (!grid || !rows || rows->end <= rows->first) return std::nullopt;
  return grid->seconds_at(static_cast<double>(rows->end - rows->first));
}

}  // namespace tivit::notes
