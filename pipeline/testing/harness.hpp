#pragma once
// One stage between what a test feeds and what it reads, run by the real executor.
//
//   tivit::testing::Harness h("notes/threshold", {{"onset", {0.4}}});
//   h.feed({{"roll", tivit::Payload::of(roll)}}).lose("camera unplugged").feed({{"roll", tivit::Payload::of(roll)}});
//   for (const auto& event : h.run()) …    // item 0/0, item 0/1 lost at before: camera unplugged, item 0/2, end of epoch 0
//
// One value is got with `h({Payload::of(roll)})`. The stage lives as long as the harness: what it holds, it holds from run to run.
#include <tivit/run.hpp>
#include <tivit/testing/detail/small_plan.hpp>
#include <tivit/testing/figures.hpp>
#include <tivit/testing/scratch_folder.hpp>
#include <tivit/testing/virtual_clock.hpp>

namespace tivit::testing {

class Recorded;

/// A resource for bind(). Throws Error for parameters that it refuses or lacks.
std::shared_ptr<Resource> make_resource(const std::string& use, const Settings& settings = {});

class Harness {
 public:
  /// "{folder}" in a text of the settings stands for the harness's folder. Throws Error for a stage that is not there.
  explicit Harness(const std::string& use, Settings settings = {});

  FigureContext context;                ///< seed, mode, device; its directory is a folder that goes with the harness
  int threads = 1;                      ///< workers
  OnError on_error{OnError::Do::skip};  ///< of the stage
  std::string name = "tested";          ///< of the stage in its graph: what it draws depends on it
  bool leased = false;                  ///< items carry a lease, as those of model/forward: in training, gradients are recorded

  Harness& bind(const std::string& parameter, std::shared_ptr<Resource> resource);
  /// Items that follow carry this.
  template <class T>
  Harness& attach(T value) {
    return beside_.set(std::move(value)), *this;
  }
  /// Items that follow lie in scopes of this kind: 0/0/0, 0/0/1, … Gathers that listen to such a scope need no word.
  Harness& inside(const std::string& scope);

  /// The next item: a value for each port, by name; an optional port may be left out, of all items alike.
  Harness& feed(const Inputs& values);
  /// The next item was lost before it came here.
  Harness& lose(const std::string& cause);
  /// The scope around the items ends: "epoch", or the one that they lie inside. The last epoch and the run end by themselves.
  Harness& end(const std::string& scope);
  /// Events with ids of their own, such as recorded ones. `ports` names their values.
  Harness& feed(std::vector<Event> events, std::vector<std::string> ports);
  /// All that went into the stage when it was recorded, which begins as it began then. Throws Error for a recording of another stage.
  Harness& feed(const Recorded& recorded);

  /// Runs what was fed since the last run: everything that came out, in order. Throws what ended the run; an item that failed does not.
  std::vector<Event> run();
  /// One item, values in the order of the ports: what it became, or the exception that the stage threw. No scope ends.
  std::vector<Payload> operator()(const std::vector<Payload>& values) { return item(values).values; }
  /// The same, with what travels beside it.
  Event item(const std::vector<Payload>& values);
  /// The epoch and the run end: the values of the last item that comes of it, or the exception that the stage threw.
  std::vector<Payload> finish();

  /// Of the last run.
  const RunAccount& account() const { return account_; }
  const std::vector<Call>& calls() const { return watch_->calls; }
  const StageSpec& spec() const { return spec_; }
  Stage& stage() { return *watch_->stage; }
  Watch& watch() { return *watch_; }
  /// On which pauses pass at once: `clock().waited_s()` is how long those before further attempts would have been.
  VirtualClock& clock() { return *clock_; }
  const ScratchFolder& folder() const { return folder_; }
  /// From a call of the stage: ends the run under way.
  void cancel();
  /// A fresh stage goes on where this one stands, as in a resumed run.
  void renew();
  /// A fresh stage begins with this state, as save_state() gives it.
  void begin_with(const std::string& state) { make(&state); }
  /// A fresh stage, opened: run() does it by itself, calls by hand need it (`h.open(), h.stage().call(inputs, context)`).
  void open() { make(nullptr); }

 private:
  ItemId next_id();
  void make(const std::string* state);
  std::vector<Event> run_or_throw();

  const StageSpec& spec_;
  Settings settings_;
  ScratchFolder folder_;
  std::shared_ptr<VirtualClock> clock_ = std::make_shared<VirtualClock>(true);
  std::shared_ptr<Watch> watch_ = std::make_shared<Watch>();
  std::vector<std::pair<std::string, std::shared_ptr<Resource>>> resources_;
  Attachments beside_;
  std::string inside_;
  Script script_;
  std::uint32_t epoch_ = 0, scope_ = 0, number_ = 0;
  RunAccount account_;
  Run* run_ = nullptr;
};

}  // namespace tivit::testing
