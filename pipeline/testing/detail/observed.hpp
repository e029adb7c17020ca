#pragma once
// One run of a subject, in a form in which two runs can be held against each other.
#include <tivit/testing/conformance.hpp>
#include <tivit/testing/detail/output.hpp>

namespace tivit::testing {

struct Observed {
  std::vector<Output> outputs;
  std::vector<Call> calls;
  std::vector<std::string> odd;
  std::optional<std::int64_t> expected;  ///< items an epoch, as a source says
  std::map<std::string, std::string> files;
  Figures figures;
  RunAccount account;
  std::exception_ptr ended_by;  ///< what the run ended with, if not by itself
  std::string ended_text;

  const StageAccount& stage() const;
  const Output* find(const ItemId& id) const;
};

/// The stream that subjects are given, and variations of it.
struct Stream {
  explicit Stream(const Subject& subject);
  std::vector<Event> events;
  std::vector<std::string> ports;
  std::vector<ItemId> items() const;
  ItemId middle() const;
  std::vector<Event> without(const std::function<bool(const Event&)>& left_out) const;
};

struct Disturbance {
  int threads = 1;
  std::function<void(Harness&, const Call&, Context&)> before = nullptr;
  std::function<void(const Call&, int)> emits = nullptr;
};
Observed observe(const Subject& subject, const std::vector<Event>& events, const std::vector<std::string>& ports,
                 const Disturbance& disturbance = {});
std::unique_ptr<Harness> make_harness(const Subject& subject);

/// The first file, or else figure, in which two runs differ, in words; "" for none.
std::string difference_beside(const Observed& expected, const Observed& got);
/// The same, and what came out before all else.
std::string difference(const Observed& expected, const Observed& got);

}  // namespace tivit::testing
