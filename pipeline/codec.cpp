#include <tivit/codec.hpp>

#include <algorithm>
#include <deque>
#include <mutex>
#include <tivit/frame_range.hpp>
#include <tivit/json_codec.hpp>

namespace tivit {
namespace {

std::deque<Codec>& codecs() {
  static std::deque<Codec> all;
  return all;
}
std::mutex& guard() {
  static std::mutex mutex;
  return mutex;
}

template <class Wanted>
const Codec* first(const Wanted& wanted) {
  const std::lock_guard lock(guard());
  const auto found = std::find_if(codecs().begin(), codecs().end(), wanted);
  return found == codecs().end() ? nullptr : &*found;
}

std::string byte_difference(std::string_view before, std::string_view now) {
  if (before.size() != now.size()) return std::to_string(before.size()) + " bytes, now " + std::to_string(now.size());
  const auto at = std::mismatch(before.begin(), before.end(), now.begin()).first - before.begin();
  return "[byte " + std::to_string(at) + "]: " + std::to_string(static_cast<unsigned char>(before[static_cast<std::size_t>(at)])) +
         ", now " + std::to_string(static_cast<unsigned char>(now[static_cast<std::size_t>(at)]));
}

using nlohmann::json;

std::string json_difference_at(const std::string& path, const json& before, const json& now) {
  if (before.type() == now.type() && before.is_object()) {
    for (const auto& [key, value] : before.items())
      if (!now.contains(key))
        return path + "." + key + ": " + value.dump() + ", now nothing";
      else if (now.at(key) != value)
        return json_difference_at(path + "." + key, value, now.at(key));
    for (const auto& [key, value] : now.items())
      if (!before.contains(key)) return path + "." + key + ": nothing, now " + value.dump();
  }
  if (before.type() == now.type() && before.is_array()) {
    for (std::size_t i = 0; i < std::min(before.size(), now.size()); ++i)
      if (before[i] != now[i]) return json_difference_at(path + "[" + std::to_string(i) + "]", before[i], now[i]);
    return path + ": " + std::to_string(before.size()) + " entries, now " + std::to_string(now.size());
  }
  return path + ": " + before.dump() + ", now " + now.dump();
}

const bool added = add_json_codec<TimeGrid>(
                       "time grid",
                       [](const TimeGrid& grid) {
                         return json{{"origin_ns", grid.origin}, {"hop_ns", grid.hop_ns}, {"pooled", grid.pooled}};
                       },
                       [](const json& from) {
                         return TimeGrid{from.at("origin_ns"), from.at("hop_ns"), from.value("pooled", 1)};
                       },
                       {{"origin_ns", "i64[]", "/origin_ns", "0"},
                        {"hop_ns", "f64[]", "/hop_ns", "", 1e-3},
                        {"pooled", "i64[]", "/pooled", "1", 1, 1e6}}) &&
                   add_json_codec<SourceName>(
                       "source name",
                       [](const SourceName& name) {
                         return json{{"clip", name.clip}, {"begin_s", name.begin_s}, {"end_s", name.end_s}};
                       },
                       [](const json& from) {
                         return SourceName{from.at("clip"), from.at("begin_s"), from.at("end_s")};
                       },
                       {{"clip", "text", "/clip", ""}, {"begin_s", "f64[]", "/begin_s", "0"}, {"end_s", "f64[]", "/end_s", "-1"}}) &&
                   add_json_codec<FrameRange>(
                       "frame range",
                       [](const FrameRange& range) {
                         return json{{"first", range.first}, {"end", range.end}, {"last", range.last}};
                       },
                       [](const json& from) {
                         return FrameRange{from.at("first"), from.at("end"), from.value("last", std::int64_t{-1})};
                       },
                       {{"first", "i64[]", "/first", ""}, {"end", "i64[]", "/end", ""}, {"last", "i64[]", "/last", "-1", -1}});

}  // namespace

bool add_codec(Codec codec) {
  if (!codec.difference) codec.difference = byte_difference;
  const std::lock_guard lock(guard());
  codecs().push_back(std::move(codec));
  return true;
}

const Codec* codec_for(std::type_index type) {
  return first([&](const Codec& codec) { return codec.type == type; });
}
const Codec* codec_named(std::string_view name) {
  return first([&](const Codec& codec) { return codec.name == name; });
}

std::vector<const Codec*> all_codecs() {
  const std::lock_guard lock(guard());
  std::vector<const Codec*> all;
  for (const auto& codec : codecs()) all.push_back(&codec);
  return all;
}
std::string beside_name(const Codec& codec) {
  std::string name = "beside." + codec.name;
  std::replace(name.begin(), name.end(), ' ', '_');
  return name;
}

std::vector<std::pair<std::string, std::string>> written_attachments(const Attachments& attachments) {
  std::vector<std::pair<std::string, std::string>> written;
  for (const Codec* codec : all_codecs())
    if (const void* value = codec->attached(attachments)) written.emplace_back(codec->name, codec->write(value));
  return written;
}

std::string json_difference(std::string_view before, std::string_view now) {
  const std::string where = json_difference_at("", json::from_cbor(before), json::from_cbor(now));
  return where.starts_with(".") ? where.substr(1) : where;
}

}  // namespace tivit
