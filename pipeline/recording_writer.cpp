#include <tivit/recording_stage.hpp>

#include <spdlog/spdlog.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>
#include <tivit/atomic_file.hpp>
#include <tivit/codec.hpp>
#include <tivit/detail/foreign.hpp>
#include <tivit/detail/recording_text.hpp>
#include <tivit/detail/stage_named.hpp>
#include <tivit/detail/value_json.hpp>
#include <tivit/replay_plan.hpp>
#include <tivit/snapshot.hpp>
#include <tivit/text_format.hpp>
#include <tivit/version.hpp>

namespace tivit {
namespace fs = std::filesystem;
namespace {

using nlohmann::ordered_json;

/// Puts values one behind the other, and tells where each lies.
class Placer {
 public:
  Placer(std::ostream& out, std::uint64_t& at) : out_(out), at_(at) {}
  ordered_json value(const std::string& type, const std::string& bytes) {
    out_.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    ordered_json place{{"type", type}, {"at", at_}, {"bytes", bytes.size()}};
    at_ += bytes.size();
    return place;
  }
  ordered_json attachments(const RecordedAttachments& recorded) {
    auto all = ordered_json::array();
    for (const auto& [name, bytes] : recorded) all.push_back(value(name, bytes));
    return all;
  }

 private:
  std::ostream& out_;
  std::uint64_t& at_;
};

ordered_json told(const Scope& scope) { return {{"kind", scope.kind}, {"item", scope.id.text()}}; }

/// Paths that had to exist are still found from another folder.
ParameterValue from_the_root(const ParameterValue& value) {
  if (const auto* path = std::get_if<std::string>(&value.value)) return {fs::absolute(*path).lexically_normal().string()};
  ParameterValue all = value;
  if (auto* list = std::get_if<ParameterValue::List>(&all.value))
    for (auto& one : *list) one = from_the_root(one);
  return all;
}

ordered_json made_of(const StageSpec& spec, const std::vector<std::pair<std::string, ParameterValue>>& parameters) {
  ordered_json made{{"use", spec.name}, {"origin", spec.origin}, {"parameters", ordered_json::object()}};
  for (const auto& [name, value] : parameters) {
    const ParameterSpec* parameter = spec.parameter(name);
    made["parameters"][name] = detail::value_json(parameter && parameter->path_rule == "exists" ? from_the_root(value) : value);
  }
  return made;
}

void must_have_codec(const std::string& what, const Codec* codec, bool as_payload) {
  if (!codec || (as_payload && !codec->payload))
    throw Error(what + " cannot be recorded: no codec is known for it", "record another stage, or add_codec() where the type is declared",
                "--record");
}

}  // namespace

std::string detail::as_written(const std::string& text) {
  return nlohmann::json::parse(nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)).get<std::string>();
}

void check_recordable(const Plan& plan, const std::string& name) {
  const std::size_t at = detail::stage_named(plan, name, "--record");
  const PlanStage& stage = plan.stages[at];
  const auto check = [&](const std::string& port, const PortType& type) {
    if (type.kind != "any")
      must_have_codec("\"" + type.kind + "\" at port \"" + port + "\" of stage \"" + name + "\"", codec_named(type.kind), true);
  };
  for (const auto& input : stage.inputs)
    if (input.producer >= 0) check(input.port, input.type);
  for (const auto& output : stage.spec->outputs) check(output.name, output.type);
  for (const auto& above : leading_to(plan, static_cast<int>(at))) {
    const PlanStage& from = plan.stages[static_cast<std::size_t>(above)];
    for (const auto& type : from.spec->attaches)
      must_have_codec("what stage \"" + from.name + "\" attaches (" + std::string(type.name()) + ")", codec_for(type), false);
  }
}

RecordingWriter::RecordingWriter(fs::path folder, const Plan& plan, const PlanStage& stage, const RunContext& run)
    : folder_(std::move(folder)), stage_(stage.name) {
  fs::remove_all(folder_);
  fs::create_directories(folder_);
  index_.open(folder_ / "index.jsonl");
  payloads_.open(folder_ / "payloads.bin", std::ios::binary);
  must_be_written();
  ordered_json about{{"format", detail::index_format}, {"tivit", version()}, {"stage", stage.name}};
  about.update(made_of(*stage.spec, stage.parameters));
  about["resources"] = ordered_json::object();
  for (const auto& [parameter, index] : stage.resources) {
    const PlanResource& resource = plan.resources[static_cast<std::size_t>(index)];
    about["resources"][parameter] = made_of(*resource.spec, resource.parameters);
  }
  about["run"] = {{"seed", run.seed}, {"training", run.training}, {"device", run.device}, {"precision", run.precision}};
  about_ = about.dump();
  write_file(folder_ / "recording.json", about.dump(2) + "\n");
}

RecordingWriter::~RecordingWriter() {
  try {
    if (!closed_) close("");
  } catch (const std::exception& error) {
    spdlog::warn("stage {}: the recording has no end: {}", stage_, error.what());
  }
}

void RecordingWriter::stop(const std::string& why) {
  if (closed_) return;
  spdlog::warn("stage {} is not recorded any further, after {}: {}", stage_, counted(calls_, "call"), why);
  try {
    close(detail::as_written(why));
  } catch (const std::exception&) {
    // Without the number of calls it is known to be cut short as well.
  }
}

void RecordingWriter::close(const std::string& cut_short) {
  closed_ = true;
  payloads_.close();
  index_.close();
  if (!cut_short.empty()) fs::resize_file(folder_ / "index.jsonl", index_bytes_);  // what is left of a line that found no room
  auto about = ordered_json::parse(about_);
  about["calls"] = calls_;
  if (!cut_short.empty()) about["cut_short"] = cut_short;
  write_file(folder_ / "recording.json", about.dump(2) + "\n");
}

void RecordingWriter::add(const RecordedCall& call) {
  if (closed_) return;
  errno = 0;  // must_be_written() tells of what happens from here on
  Placer placer(payloads_, at_);
  ordered_json line{{"call", detail::what_names[static_cast<int>(call.what)]}, {"item", call.id.text()}, {"epoch", call.epoch}};
  if (!call.scope.kind.empty()) line["scope"] = told(call.scope);
  const Attachments beside = attachments_of(call.beside);
  if (const auto* source = beside.find<SourceName>()) {
    line["clip"] = source->clip;
    if (source->end_s >= source->begin_s) line["begin_s"] = source->begin_s, line["end_s"] = source->end_s;
  }
  line["outcome"] = detail::outcome_names[static_cast<int>(call.outcome)];
  if (!call.cause.empty()) line["cause"] = call.cause;
  line["inputs"] = ordered_json::array();
  for (const auto& [port, value] : call.inputs) {
    ordered_json one{{"port", port}};
    if (!value.type.empty()) one.update(placer.value(value.type, value.bytes));
    line["inputs"].push_back(std::move(one));
  }
  line["beside"] = placer.attachments(call.beside);
  if (call.members) {
    line["members"] = ordered_json::array();
    for (const auto& member : *call.members) {
      ordered_json one;
      if (member.scope_end) {
        one["scope_end"] = told(*member.scope_end);
      } else {
        one = {{"item", member.id.text()}, {"beside", placer.attachments(written_attachments(member.attachments))}};
        if (member.lost) one["lost"] = {{"stage", member.lost->stage}, {"cause", member.lost->cause}, {"dropped", member.lost->dropped}};
      }
      line["members"].push_back(std::move(one));
    }
  }
  line["outputs"] = ordered_json::array();
  for (const auto& output : call.outputs) {
    ordered_json one{{"values", ordered_json::array()}};
    for (const auto& value : output.values) one["values"].push_back(placer.value(value.type, value.bytes));
    one["set"] = placer.attachments(output.set);
    if (!output.refused.empty()) one["refused"] = output.refused;
    line["outputs"].push_back(std::move(one));
  }
  // The line comes last: what it points at is there by then.
  const std::string text = line.dump(-1, ' ', false, ordered_json::error_handler_t::replace) + "\n";
  if (payloads_) payloads_.flush();
  if (payloads_) index_ << text << std::flush;
  must_be_written();
  index_bytes_ += text.size();
  ++calls_;
}

void RecordingWriter::must_be_written() const {
  if (!payloads_ || !index_)
    throw Error("the recording cannot be written" + (errno ? std::string(": ") + std::strerror(errno) : ""), "make room, or record less",
                folder_.string());
}

void RecordingWriter::state(const Stage& stage, const BoundResources& resources) {
  Snapshot snapshot;
  snapshot.stages["stage"] = stage.save_state();
  for (const auto& [parameter, resource] : resources) snapshot.resources[parameter] = resource->save_state();
  const auto nothing = [](const auto& one) { return one.second.empty(); };
  std::erase_if(snapshot.stages, nothing);
  std::erase_if(snapshot.resources, nothing);
  write_file(folder_ / "state.cbor", write_snapshot(snapshot));
}

std::unique_ptr<Stage> recorded_stage(std::unique_ptr<Stage> inner, std::shared_ptr<RecordingWriter> writer) {
  return told_stage(
      std::move(inner), [writer](const RecordedCall& call) { writer->add(call); },
      [writer](const std::exception& error) { writer->stop(detail::short_text(error)); },
      [writer](const Stage& stage, const BoundResources& resources) { writer->state(stage, resources); });
}

}  // namespace tivit
