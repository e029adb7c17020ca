#include <stages/data/array_set.hpp>
#include <tivit/codec.hpp>
#include <tivit/recording.hpp>

#include "subjects.hpp"

namespace tivit::tests {

std::map<std::string, Subject>& subjects() {
  static std::map<std::string, Subject> all;
  return all;
}

namespace {

// Not recorded by a run: no codec reads it back.
[[maybe_unused]] const bool known = [] {
  Codec codec{"arrays", typeid(data::ArraySet)};
  codec.write = [](const void* value) {
    const auto& set = *static_cast<const data::ArraySet*>(value);
    std::string text = written(Payload::of(set.content.arrays)).bytes;
    for (const auto& [name, value] : set.content.texts) text += name + "=" + value + "\n";
    return text;
  };
  codec.attached = [](const Attachments&) -> const void* { return nullptr; };
  return add_codec(codec);
}();

}  // namespace
}  // namespace tivit::tests
