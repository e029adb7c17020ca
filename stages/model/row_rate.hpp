#pragma once
// Rows a second that weights have learned from: a network that knows how fast keys move at 20 rows a second misreads 60.
#include <optional>
#include <tivit/stage.hpp>

namespace tivit::model {

/// Rows a second of what a batch (or a lone item) was made of; nothing where its members differ or carry no TimeGrid.
std::optional<double> rows_per_s(const Context& context);

class RowRate {
 public:
  RowRate() = default;
  /// As a checkpoint tells.
  explicit RowRate(std::optional<double> known) : known_(known) {}

  /// A batch of this rate was learned from. What a checkpoint told counts no more; of several rates none is known.
  void learn(std::optional<double> rows_per_s);
  const std::optional<double>& known() const { return known_; }
  /// Warns, once, of a rate that is another by more than a twentieth. `name` says whose it is.
  void compare(std::optional<double> rows_per_s, const std::string& name);

  bool learned() const { return learned_; }
  void restore(std::optional<double> known, bool learned) { known_ = known, learned_ = learned; }

 private:
  std::optional<double> known_;
  bool learned_ = false, warned_ = false;
};

}  // namespace tivit::model
