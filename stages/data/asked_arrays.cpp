#include <stages/data/asked_arrays.hpp>

#include <spdlog/spdlog.h>

#include <tivit/error.hpp>

namespace tivit::data {

void AskedArrays::ask(const std::string& name) {
  const std::lock_guard lock(mutex_);
  asked_.insert(name);
  std::erase_if(unused_, [&](const std::string& one) { return one == name || one.starts_with(name + "."); });
}

AskedArrays::~AskedArrays() try {
  if (unused_.empty()) return;
  const std::vector<std::string> asked(asked_.begin(), asked_.end());
  std::string text;
  for (const auto& name : unused_) {
    const std::string near = nearest_name(name, asked);
    text += (text.empty() ? "\"" : ", \"") + name + (near.empty() ? "\"" : "\" (did you mean \"" + near + "\"?)");
  }
  spdlog::warn("{}: no stage asked for {}; asked for: {}", file_, text, quoted_list(asked));
} catch (const std::exception&) {
  return;  // a word less
}

}  // namespace tivit::data
