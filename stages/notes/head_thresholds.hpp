#pragma once
// The thresholds that a calibration found for a model's heads. Travels beside its logits; decoders take them as their defaults.
#include <map>
#include <optional>
#include <string>

namespace tivit::notes {

struct HeadThresholds {
  std::map<std::string, double> probability;  ///< by head; of the calibrated logits

  std::optional<double> of(const std::string& head) const {
    const auto found = probability.find(head);
    return found == probability.end() ? std::nullopt : std::optional(found->second);
  }
};

}  // namespace tivit::notes
