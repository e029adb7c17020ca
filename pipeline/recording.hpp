#pragma once
// What went into one stage of a run, and what came out: written by `tivit-run --record STAGE`, read here.
//
//   DIR/recording.json   the stage with its parameters and resources, what there is of the run, the format, and once it is closed the
//   number
//                        of calls; where it ended before the run did, why
//   DIR/index.jsonl      one line a call, in the order in which calls ended: item, clip, members, tombstones, outcome; where its values lie
//   DIR/payloads.bin     the values, as their codecs write them
//   DIR/state.cbor       what the stage and its resources held before the first call
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <string>
#include <tivit/snapshot.hpp>
#include <tivit/stage.hpp>
#include <utility>
#include <vector>

namespace tivit {

/// A value as its codec wrote it.
struct RecordedValue {
  std::string type, bytes;  ///< name of the codec, and what it wrote
  Payload payload() const;  ///< throws Error where no codec knows it
};
using RecordedAttachments = std::vector<std::pair<std::string, std::string>>;  ///< codec, bytes

/// A value in its codec's bytes; nothing for an empty payload. Throws Error where the type has no codec.
RecordedValue written(const Payload& payload);
/// Where two values first differ, to be put behind a name: `[3,17]: 0.25, now 0.5`; nothing where they are the same.
std::optional<std::string> difference(const RecordedValue& before, const RecordedValue& now);
/// The same for what travels beside them: `time grid hop_ns: 1, now 2`. The order does not matter.
std::optional<std::string> difference(const RecordedAttachments& before, const RecordedAttachments& now);

/// One call of the stage's own code.
struct RecordedCall {
  enum class What { next, item, add, finish, scope_end } what = What::item;
  ItemId id;
  std::uint32_t epoch = 0;
  Scope scope;                                                ///< finish, scope_end
  std::vector<std::pair<std::string, RecordedValue>> inputs;  ///< by port; a port that is not connected has no type
  RecordedAttachments beside;                                 ///< what came with them
  std::optional<Members> members;                             ///< of a gathered item, lost ones and ends of scopes included
  struct Output {
    std::vector<RecordedValue> values;  ///< by output port
    RecordedAttachments set;            ///< what the stage had set by then
    std::string refused;                ///< why the run did not take it: it does not fit the port; "" where it did
  };
  std::vector<Output> outputs;                                                  ///< one for each item that it made
  enum class Outcome { done, failed, dropped, ended } outcome = Outcome::done;  ///< ended: a source had no more
  std::string cause;                                                            ///< failed, dropped
  std::string name() const;                                                     ///< for messages: "item 2/17", "end of epoch 2"
};

/// Attachments with every value that a codec here knows.
Attachments attachments_of(const RecordedAttachments& recorded);

/// What a stage or a resource was made of.
struct RecordedMaking {
  std::string use, origin;                                         ///< "area/name"; "built in" or the plugin's file
  std::vector<std::pair<std::string, ParameterValue>> parameters;  ///< paths that had to exist are given from the root
};

/// The stage that was recorded, and what there was around it.
struct RecordedStage : RecordedMaking {
  std::string name;                                 ///< in the graph
  std::map<std::string, RecordedMaking> resources;  ///< by the parameter that names them
  std::uint64_t seed = 0;
  bool training = false;
  std::string device = "cpu", precision = "fp32";
};

class Recording {
 public:
  /// A folder that --record made. Throws Error.
  explicit Recording(std::filesystem::path folder);
  const RecordedStage& about() const { return about_; }
  const std::string& stage() const { return about_.name; }
  const std::string& use() const { return about_.use; }
  const std::filesystem::path& folder() const { return folder_; }
  /// What the stage ("stage") and its resources held before the first call. Throws Error.
  Snapshot state() const;
  /// The next call; nothing after the last. A line that a killed run left unfinished is left out.
  std::optional<RecordedCall> next();
  /// After the last: what is known to be missing behind it, in words; "" for a whole recording.
  std::string cut_short() const;

 private:
  std::filesystem::path folder_;
  RecordedStage about_;
  std::ifstream index_, payloads_;
  std::optional<std::uint64_t> calls_;  ///< that it has, as it says; it was not closed: nothing
  std::uint64_t read_ = 0;
  std::string cut_short_;  ///< why the recorder stopped
};

}  // namespace tivit
