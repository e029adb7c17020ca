// Notes, and what travels beside them, in recordings.
#include <stages/notes/head_thresholds.hpp>
#include <stages/notes/note.hpp>
#include <stages/notes/pitch_range.hpp>
#include <stages/notes/used_key_prior.hpp>
#include <tivit/detail/json_codec.hpp>

namespace tivit::notes {
namespace {
using nlohmann::json;

const bool added =
    detail::add_json_codec<Notes>(
        "notes",
        [](const Notes& notes) {
          json list = json::array();
          for (const auto& note : notes.list)
            list.push_back({{"onset_s", note.onset_s}, {"offset_s", note.offset_s}, {"pitch", note.pitch}, {"velocity", note.velocity}});
          return json{{"labelled", notes.labelled}, {"notes", std::move(list)}};
        },
        [](const json& from) {
          Notes notes;
          notes.labelled = from.at("labelled");
          for (const auto& note : from.at("notes"))
            notes.list.push_back({note.at("onset_s"), note.at("offset_s"), note.at("pitch"), note.at("velocity")});
          return notes;
        }) &&
    detail::add_json_codec<HeadThresholds>(
        "head thresholds", [](const HeadThresholds& thresholds) { return json(thresholds.probability); },
        [](const json& from) { return HeadThresholds{from.get<std::map<std::string, double>>()}; }) &&
    detail::add_json_codec<PitchRange>(
        "pitch range",
        [](const PitchRange& range) {
          return json{{"lowest", range.lowest}, {"highest", range.highest}};
        },
        [](const json& from) {
          return PitchRange{from.at("lowest"), from.at("highest")};
        }) &&
    detail::add_json_codec<UsedKeyPrior>(
        "key prior",
        [](const UsedKeyPrior& used) {
          const KeyRules& rules = used.rules;
          return json{{"window_s", rules.window_s}, {"beta", rules.beta},       {"uniform", rules.uniform},
                      {"strength", rules.strength}, {"epsilon", rules.epsilon}, {"apply_to", used.apply_to}};
        },
        [](const json& from) {
          return UsedKeyPrior{{from.at("window_s"), from.at("beta"), from.at("uniform"), from.at("strength"), from.at("epsilon")},
                              from.at("apply_to").get<std::vector<std::string>>()};
        });

}  // namespace
}  // namespace tivit::notes
