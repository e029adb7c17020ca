#include <stages/calibrate/made_with.hpp>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <stages/model/model.hpp>
#include <tivit/mix.hpp>

namespace tivit::calibrate {

using nlohmann::json;

std::string fingerprint(const Resource* model) {
  if (!model) return "";
  std::uint64_t bits = 0;
  const auto add = [&bits](const void* data, std::size_t size) {
    bits = mixed(bits ^ size);
    for (std::size_t at = 0; at < size; at += sizeof bits) {
      std::uint64_t word = 0;
      std::memcpy(&word, static_cast<const char*>(data) + at, std::min(sizeof word, size - at));
      bits = mixed(bits ^ word);
    }
  };
  if (const auto* network = dynamic_cast<const model::Model*>(model)) {
    // Not its whole state: what training gathers beside the weights is in no checkpoint.
    for (const auto& [name, value] : network->best_known_weights()) {
      const at::Tensor weights = value.cpu().contiguous();
      const std::string head = name + " " + dtype_name(weights.scalar_type());
      add(head.data(), head.size());
      add(weights.sizes().data(), weights.sizes().size() * sizeof(std::int64_t));
      add(weights.const_data_ptr(), weights.nbytes());
    }
  } else {
    const std::string bytes = model->save_state();
    add(bytes.data(), bytes.size());
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
  if (rules.strength <= 0) return entry;
  auto heads = prior->apply_to;
  std::ranges::sort(heads);  // in which order they are named changes nothing
  entry["key_prior"].update({{"window_s", rules.window_s},
                             {"beta", rules.beta},
                             {"uniform", rules.uniform},
                             {"epsilon", rules.epsilon},
                             {"reference", prior->reference},
                             {"apply_to", heads}});
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
