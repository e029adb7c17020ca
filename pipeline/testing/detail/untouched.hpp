#pragma once
// What a stage is given stays as it was: other stages are given the same value.
#include <mutex>
#include <set>
#include <tivit/recording.hpp>
#include <tivit/testing/event.hpp>

namespace tivit::testing {

/// Keeps the bytes of all values that have a codec.
class Untouched {
 public:
  /// Values that are made when their turn has come are kept then; this must live as long as the events given back.
  std::vector<Event> watch(std::vector<Event> events, const std::vector<std::string>& ports);
  /// `wrote into input "roll" of item 0/2[3,17]: 0.25, now 0.5`, for each value that has other bytes now.
  std::vector<std::string> changed() const;

 private:
  struct Kept {
    std::string name;
    Payload payload;
    RecordedValue before;
  };
  void keep(const std::vector<Payload>& values, const ItemId& id, const std::vector<std::string>& ports);

  mutable std::mutex mutex_;
  std::vector<Kept> kept_;
  std::set<const void*> known_;  ///< one value may be given many times
};

}  // namespace tivit::testing
