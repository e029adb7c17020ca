// Key geometries in recordings.
#include <stages/keyboard/key_geometry.hpp>
#include <tivit/detail/json_codec.hpp>

namespace tivit::keyboard {
namespace {
using nlohmann::json;

const bool added = detail::add_json_codec<KeyGeometry>(
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
    });

}  // namespace
}  // namespace tivit::keyboard
