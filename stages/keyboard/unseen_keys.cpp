#include <stages/keyboard/unseen_keys.hpp>

#include <spdlog/spdlog.h>

#include <algorithm>

namespace tivit::keyboard {
namespace {

/// "C4" is middle C.
std::string name_of(const Key& key) {
  constexpr const char* names[12] = {"A", "A#", "B", "C", "C#", "D", "D#", "E", "F", "F#", "G", "G#"};
  return names[key.index % 12] + std::to_string((key.index + 9) / 12);
}

}  // namespace

std::string unseen_keys(const KeyGeometry& geometry, PictureSize picture) {
  const auto seen = std::ranges::count_if(geometry.keys, &Key::present);
  if (seen == std::ssize(geometry.keys)) return {};
  const auto first = std::ranges::find_if(geometry.keys, &Key::present);
  const auto last = std::find_if(geometry.keys.rbegin(), geometry.keys.rend(), [](const Key& key) { return key.present; });
  return "the picture of " + std::to_string(picture.width) + " x " + std::to_string(picture.height) + " pixels shows " +
         std::to_string(seen) + " of the " + std::to_string(geometry.keys.size()) + " keys" +
         (seen == 0 ? "" : ", " + name_of(*first) + " to " + name_of(*last));
}

void UnseenKeys::tell(const std::string& clip, const KeyGeometry& geometry, PictureSize picture) {
  const auto text = unseen_keys(geometry, picture);
  if (text.empty()) return;
  {
    const std::lock_guard lock(mutex_);
    if (!told_.insert(clip).second) return;
  }
  spdlog::warn("{}: by its corners, {}; if it shows more, mark the corners on a picture of this very video", clip, text);
}

}  // namespace tivit::keyboard
