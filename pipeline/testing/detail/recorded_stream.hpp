#pragma once
// Calls of a stage, put together to the stream that went into it and the one that came out of it.
#include <tivit/recording.hpp>
#include <tivit/testing/event.hpp>

namespace tivit::testing {

class RecordedStream {
 public:
  RecordedStream(const StageSpec& spec, std::string name) : spec_(spec), name_(std::move(name)) {}
  void add(RecordedCall call) { calls_.push_back(std::move(call)); }
  /// Throws Error for calls that do not fit together.
  void read(std::vector<Event>& events, std::vector<Event>& made, std::vector<std::string>& ports);

 private:
  void given(const RecordedCall& call, std::vector<Event>& events, std::vector<std::string>& ports) const;
  void made_by(const RecordedCall& call, std::vector<Event>& made);
  Scope scope_of(const RecordedCall& call) const;

  const StageSpec& spec_;
  const std::string name_;
  std::vector<RecordedCall> calls_;
  std::map<ItemId, std::uint32_t> numbers_;  ///< by scope: what a gather has emitted in it
};

/// The same members, as those of item `number` of another stream: in this epoch, and with ids that no other item's members have.
std::shared_ptr<const Members> renumbered(const Members& members, std::uint32_t epoch, std::size_t number);

}  // namespace tivit::testing
