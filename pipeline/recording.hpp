#pragma once
// What went into one stage of a run, and what came out: written by `tivit-run --record STAGE`, read here.
//
//   DIR/recording.json   the stage, and the format
//   DIR/index.jsonl      one line a call, in the order in which calls ended: item, clip, members, tombstones, outcome; where its values lie
//   DIR/payloads.bin     the values, as their codecs write them
//   DIR/state.cbor       what the stage and its resources held before the first call
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
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
  };
  std::vector<Output> outputs;                                                  ///< one for each item that it made
  enum class Outcome { done, failed, dropped, ended } outcome = Outcome::done;  ///< ended: a source had no more
  std::string cause;                                                            ///< failed, dropped
  std::string name() const;                                                     ///< for messages: "item 2/17", "end of epoch 2"
};

/// Attachments with every value that a codec here knows.
Attachments attachments_of(const RecordedAttachments& recorded);

class Recording {
 public:
  /// A folder that --record made. Throws Error.
  explicit Recording(std::filesystem::path folder);
  const std::string& stage() const { return stage_; }  ///< its name in the graph
  const std::string& use() const { return use_; }      ///< "area/name"
  const std::filesystem::path& folder() const { return folder_; }
  /// The next call; nothing after the last. A line that a killed run left unfinished is left out.
  std::optional<RecordedCall> next();

 private:
  std::filesystem::path folder_;
  std::string stage_, use_;
  std::ifstream index_, payloads_;
};

}  // namespace tivit
