#pragma once
// What came out of a stage at one place, in a form in which two of them can be held against each other.
#include <tivit/recording.hpp>
#include <tivit/testing/event.hpp>

namespace tivit::testing {

struct Output {
  Event event;                        ///< without its values and what travels beside them
  std::vector<RecordedValue> values;  ///< of an item: one for each port
  RecordedAttachments beside;
  std::vector<std::string> ports;  ///< names of the values
};
/// Throws Error for a value that has no codec.
Output written(Event event, std::vector<std::string> ports);

/// The first place at which two streams differ, in words; "" for none.
std::string difference(const std::vector<Output>& expected, const std::vector<Output>& got);

}  // namespace tivit::testing
