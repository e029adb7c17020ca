#include <boost/crc.hpp>
#include <nlohmann/json.hpp>
#include <tivit/error.hpp>
#include <tivit/snapshot.hpp>

namespace tivit {
namespace {

constexpr int format = 3;
using nlohmann::json;

/// Of all that the snapshot holds: a flipped bit in a weight would otherwise be trained on.
std::uint32_t checksum(const json& content) {
  const auto bytes = json::to_cbor(content);
  boost::crc_32_type crc;
  crc.process_bytes(bytes.data(), bytes.size());
  return crc.checksum();
}

json bytes_of(const std::map<std::string, std::string>& states) {
  json out = json::object();
  for (const auto& [name, state] : states) out[name] = json::binary({state.begin(), state.end()});
  return out;
}

std::map<std::string, std::string> states_of(const json& from) {
  std::map<std::string, std::string> out;
  for (const auto& [name, state] : from.items()) out[name] = std::string(state.get_binary().begin(), state.get_binary().end());
  return out;
}

json tallies_of(const std::map<std::string, StageTally>& tallies) {
  json out = json::object();
  for (const auto& [name, tally] : tallies) out[name] = {tally.in, tally.failed, tally.failed_scopes};
  return out;
}

}  // namespace

std::string write_snapshot(const Snapshot& snapshot) {
  json content{{"epochs", snapshot.epochs},
               {"stages", bytes_of(snapshot.stages)},
               {"resources", bytes_of(snapshot.resources)},
               {"tallies", tallies_of(snapshot.tallies)},
               {"metrics_bytes", snapshot.metrics_bytes},
               {"quarantine_bytes", snapshot.quarantine_bytes},
               {"entries", snapshot.entries}};
  std::string out;
  json::to_cbor({{"format", format}, {"checksum", checksum(content)}, {"content", std::move(content)}}, out);
  return out;
}

Snapshot read_snapshot(std::string_view bytes, const std::string& where, const std::string& remedy) try {
  const json file = json::from_cbor(bytes);
  if (file.at("format") != format) throw Error("the snapshot has another format", "resume with the version that began the run", where);
  const json& from = file.at("content");
  if (file.at("checksum") != checksum(from)) throw Error("the snapshot is damaged", remedy, where);
  Snapshot snapshot;
  snapshot.epochs = from.at("epochs");
  snapshot.stages = states_of(from.at("stages"));
  snapshot.resources = states_of(from.at("resources"));
  const json tallies = from.value("tallies", json::object());
  for (const auto& [name, tally] : tallies.items()) snapshot.tallies[name] = {tally.at(0), tally.at(1), tally.at(2)};
  snapshot.metrics_bytes = from.at("metrics_bytes");
  snapshot.quarantine_bytes = from.at("quarantine_bytes");
  snapshot.entries = from.value("entries", snapshot.entries);
  return snapshot;
} catch (const json::exception& error) {
  throw Error(std::string("this is no snapshot of a run: ") + error.what(), remedy, where);
}

}  // namespace tivit
