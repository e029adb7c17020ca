#pragma once
// What `tivit-run … --record STAGE` wrote down, for the harness and the conformance suite.
//
//   tivit::testing::Recorded recorded("runs/eval/record/strips");
//   tivit::testing::Harness h(recorded.use(), recorded.settings());
//   h.feed(recorded);
//   BOOST_TEST(recorded.difference(h.run()) == "");    // or: item 0/3, output "strip"[12,0,7,90]: 118, now 119
//   TIVIT_CONFORMS(recorded.subject());
#include <tivit/recording.hpp>
#include <tivit/testing/conformance.hpp>

namespace tivit::testing {

class Recorded {
 public:
  /// Reads all of it. Throws Error naming the folder or file: nothing was recorded there, another format, a part that is missing or cut
  /// short, a stage that nothing here provides.
  explicit Recorded(const std::filesystem::path& folder);

  const std::string& use() const { return content_->about.use; }
  const Settings& settings() const { return content_->about.parameters; }
  /// What went in, in the order of the stream.
  const std::vector<Event>& events() const { return content_->events; }
  /// What came out; of what was lost in it, the tombstones.
  const std::vector<Event>& made() const { return content_->made; }
  const std::vector<std::string>& ports() const { return content_->ports; }

  /// Resources, name, seed, mode and state are those of the recorded stage. feed() does it too.
  void prepare(Harness& harness) const { content_->prepare(harness); }
  /// The first place at which what came out of a run differs from what was recorded, in words; "" for none.
  std::string difference(const std::vector<Event>& events) const;
  /// The recorded items in turn, and the first again after the last.
  Subject subject() const;

 private:
  struct Content {
    RecordedStage about;
    Snapshot state;
    std::vector<Event> events, made;
    std::vector<std::string> ports;
    void prepare(Harness& harness) const;
  };
  std::shared_ptr<const Content> content_;  ///< a subject holds it too
};

}  // namespace tivit::testing
