#pragma once
// What a resumed run needs: the state of every stage and resource at the end of an epoch.
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace tivit {

/// How often a stage was given something and failed, from the beginning of the run on: budgets of failures are for all of it.
struct StageTally {
  std::uint64_t in = 0, failed = 0;
  std::uint64_t failed_scopes = 0;  ///< whose end it failed at; their items were done
  std::uint64_t tried() const { return in + failed_scopes; }
  std::uint64_t failures() const { return failed + failed_scopes; }
  StageTally& operator+=(const StageTally& more) {
    in += more.in, failed += more.failed, failed_scopes += more.failed_scopes;
    return *this;
  }
};

/// Taken as the end of an epoch passes through the graph: what a stage holds when the end reaches it is the work of that
/// epoch and of those before it, and of no later one, however far the stages upstream have run ahead.
struct Snapshot {
  std::uint32_t epochs = 0;                              ///< that are done; a resumed run begins with this one
  std::map<std::string, std::string> stages, resources;  ///< by name: what they save; only those that have state
  std::map<std::string, StageTally> tallies;             ///< by stage
  std::uint64_t metrics_bytes = 0;                       ///< length of metrics.jsonl when the snapshot was complete ...
  std::uint64_t quarantine_bytes = 0;                    ///< ... and of quarantine.jsonl
  std::vector<std::string> entries;                      ///< files and folders that the run directory had then
};

/// As CBOR.
std::string write_snapshot(const Snapshot& snapshot);
/// Throws Error naming `where` for anything but a whole snapshot of this version.
Snapshot read_snapshot(std::string_view bytes, const std::string& where, const std::string& remedy = "remove it to begin the run anew");

}  // namespace tivit
