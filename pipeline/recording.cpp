#include <tivit/recording.hpp>

#include <nlohmann/json.hpp>
#include <tivit/atomic_file.hpp>
#include <tivit/detail/recording_text.hpp>
#include <tivit/detail/value_json.hpp>
#include <tivit/replay_plan.hpp>
#include <tivit/text_format.hpp>

namespace tivit {
namespace {

using detail::index_format;
using nlohmann::json;

ItemId id_of(const json& text) {
  const auto id = item_id(text.get<std::string>());
  if (!id) throw Error("\"" + text.get<std::string>() + "\" is no item");
  return *id;
}
void read_making(const detail::Json& from, RecordedMaking& into) {
  into.use = from.at("use");
  into.origin = from.at("origin");
  for (const auto& [name, value] : from.at("parameters").items()) into.parameters.emplace_back(name, detail::value_from(value));
}

RecordedStage stage_of(const detail::Json& facts) {
  RecordedStage stage;
  read_making(facts, stage);
  stage.name = facts.at("stage");
  for (const auto& [parameter, resource] : facts.at("resources").items()) read_making(resource, stage.resources[parameter]);
  const auto& run = facts.at("run");
  stage.seed = run.at("seed");
  stage.training = run.at("training");
  stage.device = run.at("device");
  stage.precision = run.at("precision");
  return stage;
}

Scope scope_of(const json& from) { return {from.at("kind"), id_of(from.at("item"))}; }

class Lines {
 public:
  explicit Lines(std::ifstream& payloads) : payloads_(payloads) {}

  RecordedCall call(const json& line) {
    RecordedCall call;
    call.what = detail::what_named(line.at("call"));
    call.id = id_of(line.at("item"));
    call.epoch = line.at("epoch");
    if (line.contains("scope")) call.scope = scope_of(line.at("scope"));
    for (const auto& one : line.at("inputs")) call.inputs.emplace_back(one.at("port"), one.contains("type") ? value(one) : RecordedValue());
    call.beside = attachments(line.at("beside"));
    if (line.contains("members")) {
      call.members.emplace();
      for (const auto& one : line.at("members")) call.members->push_back(member(one));
    }
    for (const auto& one : line.at("outputs")) {
      auto& output = call.outputs.emplace_back();
      for (const auto& made : one.at("values")) output.values.push_back(value(made));
      output.set = attachments(one.at("set"));
      output.refused = one.value("refused", "");
    }
    call.outcome = detail::outcome_named(line.at("outcome"));
    call.cause = line.value("cause", "");
    return call;
  }

 private:
  RecordedValue value(const json& from) {
    RecordedValue value{from.at("type"), std::string(from.at("bytes").get<std::size_t>(), '\0')};
    payloads_.clear();
    payloads_.seekg(from.at("at").get<std::streamoff>());
    payloads_.read(value.bytes.data(), static_cast<std::streamsize>(value.bytes.size()));
    if (!payloads_) throw Error("payloads.bin ends before a value of type \"" + value.type + "\"");
    return value;
  }
  RecordedAttachments attachments(const json& from) {
    RecordedAttachments all;
    for (const auto& one : from) {
      RecordedValue read = value(one);
      all.emplace_back(std::move(read.type), std::move(read.bytes));
    }
    return all;
  }
  Member member(const json& from) {
    if (from.contains("scope_end")) return {{}, {}, std::nullopt, scope_of(from.at("scope_end"))};
    Member member{id_of(from.at("item")), attachments_of(attachments(from.at("beside"))), std::nullopt, std::nullopt};
    if (from.contains("lost"))
      member.lost = Tombstone{from.at("lost").at("stage"), from.at("lost").at("cause"), from.at("lost").at("dropped")};
    return member;
  }
  std::ifstream& payloads_;
};

}  // namespace

std::string RecordedCall::name() const {
  const auto of = [](const ItemId& id) { return id.depth() ? " " + id.text() : std::string(); };
  if (what == What::finish || what == What::scope_end) return "end of " + scope.kind + of(scope.id);
  return "item" + of(id);
}

Recording::Recording(std::filesystem::path folder) : folder_(std::move(folder)) {
  const auto about = folder_ / "recording.json";
  if (!std::filesystem::exists(about))
    throw Error("nothing was recorded here", "`tivit-run GRAPH --record STAGE` makes a recording in RUN/record/STAGE", folder_.string());
  const auto facts = detail::Json::parse(read_file(about), nullptr, false);
  if (!facts.is_object()) throw Error("this is no recording: it is not JSON", "record the stage again", about.string());
  if (const int format = facts.value("format", 0); format != index_format)
    throw Error("the recording has format " + std::to_string(format) + ", this program reads " + std::to_string(index_format),
                "record the stage again", about.string());
  try {
    about_ = stage_of(facts);
    if (facts.contains("calls")) calls_ = facts.at("calls").get<std::uint64_t>();
    cut_short_ = facts.value("cut_short", "");
  } catch (const detail::Json::exception& error) {
    throw Error(std::string("this cannot be read: ") + error.what(), "record the stage again", about.string());
  }
  index_.open(folder_ / "index.jsonl");
  payloads_.open(folder_ / "payloads.bin", std::ios::binary);
  if (!index_ || !payloads_) throw Error("the recording is not complete", "record the stage again", folder_.string());
}

Snapshot Recording::state() const {
  const auto file = folder_ / "state.cbor";
  const char* remedy = "record the stage again";
  if (std::filesystem::exists(file)) return read_snapshot(read_file(file), file.string(), remedy);
  // It is written before the first call.
  if (std::filesystem::file_size(folder_ / "index.jsonl") > 0)
    throw Error("what the stage held before the first call is missing", remedy, file.string());
  return {};
}

std::string Recording::cut_short() const {
  if (!cut_short_.empty()) return "it ends after " + counted(read_, "call") + ": " + cut_short_;
  if (!calls_) return "it has no end after " + counted(read_, "call") + ": the run was killed, or is still going on";
  return read_ == *calls_ ? "" : "it has " + std::to_string(read_) + " of " + counted(*calls_, "call");
}

std::optional<RecordedCall> Recording::next() {
  std::string line;
  if (!std::getline(index_, line)) return std::nullopt;
  const auto parsed = json::parse(line, nullptr, false);
  if (parsed.is_discarded() && index_.peek() == std::char_traits<char>::eof()) return std::nullopt;
  try {
    if (parsed.is_discarded()) throw Error("a line is not JSON");
    auto call = Lines(payloads_).call(parsed);
    ++read_;
    return call;
  } catch (const std::exception& error) {
    throw Error(std::string("this cannot be read: ") + error.what(), "record the stage again", (folder_ / "index.jsonl").string());
  }
}

}  // namespace tivit
