#pragma once
// Says which keys a recording's picture does not show: often the corners are those of another picture.
#include <mutex>
#include <set>
#include <stages/keyboard/geometry.hpp>
#include <string>

namespace tivit::keyboard {

/// "the picture of 640 x 360 pixels shows 60 of the 88 keys, A1 to D6"; empty where it shows all.
std::string unseen_keys(const KeyGeometry& geometry, PictureSize picture);

/// Warns once for each recording. Safe to call from any thread.
class UnseenKeys {
 public:
  void tell(const std::string& clip, const KeyGeometry& geometry, PictureSize picture);

 private:
  std::mutex mutex_;
  std::set<std::string> told_;
};

}  // namespace tivit::keyboard
