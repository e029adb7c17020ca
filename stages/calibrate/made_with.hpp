#pragma once
// What a calibration depends on beside its figures, and whether it is the same where the file is used.
#include <nlohmann/json.hpp>
#include <stages/notes/used_key_prior.hpp>
#include <string>
#include <tivit/resource.hpp>
#include <vector>

namespace tivit::calibrate {

/// Sixteen digits that tell the weights of models apart, those that a checkpoint would have; "" without a model.
std::string fingerprint(const Resource* model);

/// The entry `made_with` of calibration.json: {"model": "…", "key_prior": {"strength": 0.5, …}}; what is not known is left out.
nlohmann::json made_with(const std::string& fingerprint, const notes::UsedKeyPrior* prior);

/// What differs between then and now, a sentence each; what one of them does not say does not differ.
std::vector<std::string> differences(const nlohmann::json& then, const nlohmann::json& now);

}  // namespace tivit::calibrate
