#include <stages/calibrate/made_with.hpp>

#include <cstdio>
#include <cstring>
#include <tivit/mix.hpp>

namespace tivit::calibrate {

using nlohmann::json;

std::string fingerprint(const Resource* model) {
  if (!model) return "";
  const std::string bytes = model->save_state();
  std::uint64_t bits = bytes.size();
  for (std::size_t at = 0; at < bytes.size(); at += sizeof bits) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data() + at, std::min(sizeof word, bytes.size() - at));
    bits = mixed(bits ^ word);
  }
  char text[17];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(bits));
  return text;
}

json made_with(const std::string& fingerprint, const notes::UsedKeyPrior* prior) {
  json entry = json::object();
  if (!fingerprint.empty()) entry["model"] = fingerprint;
  if (!prior) return entry;
  const auto& rules = prior->rules;
  entry["key_prior"] = {{"strength", rules.strength}};
  if (rules.strength > 0)
    entry["key_prior"].update(
        {{"window_s", rules.window_s}, {"beta", rules.beta}, {"uniform", rules.uniform}, {"apply_to", prior->apply_to}});
  return entry;
}

std::vector<std::string> differences(const json& then, const json& now) {
  std::vector<std::string> all;
  const auto compare = [&](const char* key, const std::string& what) {
    if (then.is_object() && then.contains(key) && now.contains(key) && then[key] != now[key])
      all.push_back(what + ": " + then[key].dump() + " then, " + now[key].dump() + " here");
  };
  compare("key_prior", "another key prior");
  compare("model", "other weights");
  return all;
}

}  // namespace tivit::calibrate
