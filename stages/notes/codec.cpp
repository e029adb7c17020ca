// Notes, and what travels beside them, in recordings.
#include <stages/notes/head_thresholds.hpp>
#include <stages/notes/note.hpp>
#include <stages/notes/pitch_range.hpp>
#include <stages/notes/used_key_prior.hpp>
#include <tivit/json_codec.hpp>

namespace tivit::notes {
namespace {
using nlohmann::json;

const bool added =
    add_json_codec<Notes>(
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
        },
        // An offset may lie before its onset: labels of the world have such notes, and the stages cope with them.
        {{"onset_s", "f64[N]", "/notes/*/onset_s", ""},
         {"offset_s", "f64[N]", "/notes/*/offset_s", ""},
         {"pitch", "i64[N]", "/notes/*/pitch", "", 0, 127},
         {"velocity", "i64[N]", "/notes/*/velocity", "64", 0, 127},
         {"labelled", "bool[]", "/labelled", "true"}}) &&
    add_json_codec<HeadThresholds>(
        "head thresholds", [](const HeadThresholds& thresholds) { return json(thresholds.probability); },
        [](const json& from) { return HeadThresholds{from.get<std::map<std::string, double>>()}; }, {{"*", "f64[]", "/*", "", 0, 1}}) &&
    add_json_codec<PitchRange>(
        "pitch range",
        [](const PitchRange& range) {
          return json{{"lowest", range.lowest}, {"highest", range.highest}};
        },
        [](const json& from) {
          return PitchRange{from.at("lowest"), from.at("highest")};
        },
        {{"lowest", "i64[]", "/lowest", "", 0, 127}, {"highest", "i64[]", "/highest", "", 0, 127}}) &&
    add_json_codec<UsedKeyPrior>(
        "key prior",
        [](const UsedKeyPrior& used) {
          const KeyRules& rules = used.rules;
          return json{{"window_s", rules.window_s}, {"beta", rules.beta},        {"uniform", rules.uniform},   {"strength", rules.strength},
                      {"epsilon", rules.epsilon},   {"apply_to", used.apply_to}, {"reference", used.reference}};
        },
        [](const json& from) {
          return UsedKeyPrior{{from.at("window_s"), from.at("beta"), from.at("uniform"), from.at("strength"), from.at("epsilon")},
                              from.at("apply_to").get<std::vector<std::string>>(),
                              from.at("reference").get<std::string>()};
        },
        {{"window_s", "f64[]", "/window_s", "", 0},
         {"beta", "f64[]", "/beta", "", 0},
         {"uniform", "f64[]", "/uniform", "", 0, 1},
         {"strength", "f64[]", "/strength", "", 0},
         {"epsilon", "f64[]", "/epsilon", "", 0, 1},
         {"apply_to", "names", "/apply_to", ""},
         {"reference", "text", "/reference", "\"\""}});

}  // namespace
}  // namespace tivit::notes
