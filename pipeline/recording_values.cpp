// Values in their codecs' bytes: the one way in which two of them are told apart.
#include <algorithm>
#include <tivit/codec.hpp>
#include <tivit/recording.hpp>

namespace tivit {

RecordedValue written(const Payload& payload) {
  if (!payload) return {};
  const Codec* codec = codec_for(payload.ops().type);
  if (!codec) throw Error("no codec is known for values of type \"" + std::string(payload.ops().name) + "\"", "add_codec() for it");
  std::string bytes = codec->write(payload.share().get());
  return {codec->name, std::move(bytes)};
}

Payload RecordedValue::payload() const {
  if (type.empty()) return {};
  const Codec* codec = codec_named(type);
  if (!codec || !codec->payload) throw Error("no codec here reads values of type \"" + type + "\"", "load the plugin that brings it");
  return codec->payload(bytes);
}

std::optional<std::string> difference(const RecordedValue& before, const RecordedValue& now) {
  const auto type = [](const RecordedValue& value) { return value.type.empty() ? "nothing" : "a \"" + value.type + "\""; };
  if (before.type != now.type) return ": " + type(before) + ", now " + type(now);
  if (before.bytes == now.bytes) return std::nullopt;
  const std::string where = codec_named(before.type)->difference(before.bytes, now.bytes);
  return (where.starts_with("[") || where.starts_with(":") ? "" : " ") + where;
}

std::optional<std::string> difference(const RecordedAttachments& before, const RecordedAttachments& now) {
  const auto in = [](const RecordedAttachments& all, const std::string& name) {
    return std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.first == name; });
  };
  for (const auto& [name, bytes] : before) {
    const auto other = in(now, name);
    if (other == now.end()) return name + ": it is not there now";
    if (const auto where = difference(RecordedValue{name, bytes}, RecordedValue{name, other->second})) return name + *where;
  }
  for (const auto& [name, bytes] : now)
    if (in(before, name) == before.end()) return name + ": it was not there";
  return std::nullopt;
}

Attachments attachments_of(const RecordedAttachments& recorded) {
  Attachments attachments;
  for (const auto& [name, bytes] : recorded)
    if (const Codec* codec = codec_named(name)) codec->attach(bytes, attachments);
  return attachments;
}

}  // namespace tivit
