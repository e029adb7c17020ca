// Key geometries in recordings.
#include <stages/keyboard/key_geometry.hpp>
#include <tivit/json_codec.hpp>

namespace tivit::keyboard {
namespace {
using nlohmann::json;

const bool added = add_json_codec<KeyGeometry>(
    "key geometry",
    [](const KeyGeometry& geometry) {
      json keys = json::array();
      for (const auto& key : geometry.keys)
        keys.push_back({{"index", key.index},
                        {"black", key.black},
                        {"left", key.left},
                        {"right", key.right},
                        {"top", key.top},
                        {"bottom", key.bottom},
                        {"present", key.present}});
      return json{{"width", geometry.width}, {"height", geometry.height}, {"white_width", geometry.white_width}, {"keys", std::move(keys)}};
    },
    [](const json& from) {
      KeyGeometry geometry{from.at("width"), from.at("height"), from.at("white_width"), {}};
      for (const auto& key : from.at("keys"))
        geometry.keys.push_back(
            {key.at("index"), key.at("black"), key.at("left"), key.at("right"), key.at("top"), key.at("bottom"), key.at("present")});
      return geometry;
    },
    {{"width", "i64[]", "/width", "", 1, 1e6},
     {"height", "i64[]", "/height", "", 1, 1e6},
     {"white_width", "f64[]", "/white_width", "", 1e-3},
     {"index", "i64[N]", "/keys/*/index", "", 0, 87},
     {"black", "bool[N]", "/keys/*/black", ""},
     {"left", "f64[N]", "/keys/*/left", ""},
     {"right", "f64[N]", "/keys/*/right", ""},
     {"top", "f64[N]", "/keys/*/top", ""},
     {"bottom", "f64[N]", "/keys/*/bottom", ""},
     {"present", "bool[N]", "/keys/*/present", "true"}});

}  // namespace
}  // namespace tivit::keyboard
