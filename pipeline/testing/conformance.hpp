#pragma once
// What every stage must keep to, whatever it computes; checked by running it in small graphs. One line in a stage's test:
//
//   TIVIT_CONFORMS("notes/threshold");                                // items made up from the types of its ports
//   TIVIT_CONFORMS("notes/threshold", {{"onset", {0.4}}}, items);     // or given
#include <tivit/testing/harness.hpp>

namespace tivit::testing {

/// One item for a stage under test.
struct Given {
  Inputs values;                                         ///< by port
  Attachments beside = {};                               ///< what travels beside them
  std::shared_ptr<const Members> members = nullptr;      ///< what it was gathered from, where the stage asks for it
  std::function<std::vector<Payload>()> make = nullptr;  ///< values that can only be made when their turn has come
};

/// Items by their number in the stream: a list, which is gone through again and again, or a function.
struct Items {
  Items() = default;
  Items(std::vector<Given> list);  // NOLINT(google-explicit-constructor)
  template <class F>
    requires std::is_invocable_r_v<Given, F, std::size_t>
  Items(F function) : at(std::move(function)) {}  // NOLINT(google-explicit-constructor)
  std::function<Given(std::size_t)> at;
};

/// A stage and what it needs to run.
struct Subject {
  std::string use;
  Settings settings = {};                           ///< "{folder}" in a text is a folder of each run's own
  Items items = {};                                 ///< none: made up from the types of the ports, with a TimeGrid and a SourceName
  std::function<void(Harness&)> prepare = nullptr;  ///< before each run: resources, seed, mode, files in the folder
  std::optional<Given> refused = std::nullopt;      ///< an item on which the stage throws
  double stops_within_s = 2;                        ///< after a cancellation, in processor time that it could have had
  std::size_t items_per_epoch = 4;
  bool needs_items = false;  ///< a stream without items is an error that it names
};

/// A promise that a stage broke.
struct Broken {
  std::string check;  ///< "items", "order", "end of scope", "tombstones", "exception", "threads", "cancel", "empty input" or "save/restore"
  std::string text;
  std::string where() const { return check + ": " + text; }
};

/// Runs the stage about ten times. Throws Error for a subject that cannot be run.
std::vector<Broken> broken_promises(const Subject& subject);
/// Throws Error with a line for each promise that was broken.
void must_conform(const Subject& subject);
inline void must_conform(std::string use, Settings settings = {}, Items items = {}) {
  must_conform(Subject{std::move(use), std::move(settings), std::move(items)});
}

#define TIVIT_CONFORMS(...) ::tivit::testing::must_conform(__VA_ARGS__)

}  // namespace tivit::testing
